#!/usr/bin/env bash
# python.sh base|dev: makes .venv with the locked packages of base.txt or dev.txt, and the project itself.
#
# Does nothing when that has been done and neither the locks nor pyproject.toml changed since.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=deploy/install/apt.sh
. deploy/install/apt.sh

wanted=${1:-dev}
locks=deploy/requirements
venv=.venv

fingerprint() { cat "$locks/$1.txt" "$locks/build.txt" pyproject.toml | sha256sum; }
is_done() { [ -x $venv/bin/lienthong ] && [ "$(cat "$venv/.lienthong-$1" 2>/dev/null)" = "$(fingerprint "$1")" ]; }

# dev holds all of base.
if is_done "$wanted" || is_done dev; then
    exit 0
fi

find_python() {
    local candidate
    for candidate in ${PYTHON:-} python3.11 python3.12 python3.13 python3; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    echo "Cần Python 3.11 trở lên. / Python 3.11 or newer is needed." >&2
    return 1
}

if [ ! -x $venv/bin/pip ]; then
    python=$(find_python)
    echo "Tạo môi trường / Making the environment $venv ($("$python" --version))"
    "$python" -c 'import ensurepip, venv' 2>/dev/null || apt_install python3-venv
    "$python" -m venv --clear $venv
fi

echo "Cài các gói Python đã khoá / Installing locked Python packages: $locks/$wanted.txt"
pip() { $venv/bin/pip --quiet --disable-pip-version-check --no-input "$@"; }
pip install --require-hashes -r "$locks/$wanted.txt"

# The tool that installs the project is locked too, and kept out of the environment.
tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
pip install --require-hashes --target "$tools" -r $locks/build.txt
PYTHONPATH=$tools pip install --no-deps --no-build-isolation -e .

fingerprint "$wanted" >"$venv/.lienthong-$wanted"
