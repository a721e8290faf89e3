#!/usr/bin/env bash
# Installs PostgreSQL and RabbitMQ from the distribution when they are missing.
#
# Only their programs are wanted: `lienthong up` and the tests run instances of their own. So the
# services that the packages bring are neither started now nor at the next boot. What was installed
# before stays as it is.
set -euo pipefail
cd "$(dirname "$0")"
# shellcheck source=deploy/install/apt.sh
. ./apt.sh

has() { compgen -G "$1" >/dev/null; }

missing=()
has '/usr/lib/postgresql/*/bin/initdb' || command -v initdb >/dev/null || missing+=(postgresql)
has '/usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server' || command -v rabbitmq-server >/dev/null ||
    missing+=(rabbitmq-server)

if [ ${#missing[@]} -eq 0 ]; then
    exit 0
fi
apt_install "${missing[@]}"
if [ -d /run/systemd/system ]; then
    $(privilege) systemctl disable --quiet "${missing[@]}" || true
fi
