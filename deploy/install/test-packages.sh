#!/usr/bin/env bash
# Installs what only tests need, from the distribution, when it is missing: Java and Node for the example
# connectors, a browser for the console; and in CI Prometheus, for its alert rules.
# Where nothing can be installed those tests are skipped, except with CI set.
set -euo pipefail
cd "$(dirname "$0")"
# shellcheck source=deploy/install/apt.sh
. ./apt.sh

missing=()
command -v javac >/dev/null || missing+=(default-jdk-headless)
[ -e /usr/share/java/amqp-client.jar ] || missing+=(librabbitmq-client-java)
[ -e /usr/share/java/slf4j-api.jar ] || missing+=(libslf4j-java)
[ -e /usr/share/java/gson.jar ] || missing+=(libgoogle-gson-java)
command -v node >/dev/null || missing+=(nodejs)
command -v npm >/dev/null || missing+=(npm)
command -v chromium >/dev/null || missing+=(chromium)
command -v chromedriver >/dev/null || missing+=(chromium-driver)
# Its rules are checked by Prometheus itself; elsewhere nobody wants a server for that, unless it is asked for.
if [ -n "${CI:-}" ] || [ "${1:-}" = prometheus ]; then command -v promtool >/dev/null || missing+=(prometheus); fi

[ ${#missing[@]} -ne 0 ] || exit 0
apt_install "${missing[@]}" || [ -z "${CI:-}" ]
