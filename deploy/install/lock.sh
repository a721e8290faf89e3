#!/usr/bin/env bash
# Locks every deploy/requirements/*.in into a .txt with hashes and without addresses.
#
# lock.sh [--upgrade]: without it, versions that still fit stay as they are.
set -euo pipefail
cd "$(dirname "$0")/../.."

tools=.run/lock
if [ ! -x $tools/bin/uv ]; then
    python3 -m venv $tools
    $tools/bin/pip --quiet install --require-hashes -r deploy/requirements/lock.txt
fi
for wanted in deploy/requirements/*.in; do
    UV_CUSTOM_COMPILE_COMMAND="make lock" $tools/bin/uv pip compile --quiet --no-emit-index-url \
        --no-emit-find-links --generate-hashes --universal --python-version 3.11 "$@" \
        "$wanted" -o "${wanted%.in}.txt"
done
