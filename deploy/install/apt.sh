# shellcheck shell=bash
# Installing packages of a Debian-like distribution; sourced by the scripts beside it.

# As root? With sudo that asks for no password? Prints the prefix; fails when neither.
privilege() {
    if [ "$(id -u)" -eq 0 ]; then
        echo ""
    elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
        echo "sudo"
    else
        return 1
    fi
}

# apt_install PACKAGE...: says what it installs, and leaves no service running that was not before.
# A subshell: its EXIT trap takes back what it changed, and leaves the caller's traps alone.
apt_install() (
    local prefix policy=/usr/sbin/policy-rc.d
    if ! command -v apt-get >/dev/null; then
        echo "Thiếu gói / Missing packages: $*" >&2
        echo "Máy này không có apt: hãy tự cài. / This machine has no apt: please install them yourself." >&2
        exit 1
    fi
    if ! prefix=$(privilege); then
        echo "Thiếu gói / Missing packages: $*" >&2
        echo "Cần quyền root. / This needs root. Chạy / Run: sudo apt-get install $*" >&2
        exit 1
    fi
    echo "Cài từ bản phân phối (apt) / Installing from the distribution (apt): $*"
    if [ ! -e "$policy" ]; then
        # 101: "action forbidden by policy"; packages then do not start what they bring.
        printf '#!/bin/sh\nexit 101\n' | $prefix tee "$policy" >/dev/null
        $prefix chmod 755 "$policy"
        # shellcheck disable=SC2064  # the values of now are meant
        trap "$prefix rm -f $policy" EXIT
    fi
    run_apt() { $prefix env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 "$@"; }
    run_apt install -y --no-install-recommends "$@" >/dev/null 2>&1 || {
        run_apt update && run_apt install -y --no-install-recommends "$@" >/dev/null
    }
)
