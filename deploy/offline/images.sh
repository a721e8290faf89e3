#!/usr/bin/env bash
# Builds every image that docker-compose.yml needs without an image registry: PostgreSQL, RabbitMQ and Python come
# from the distribution's packages (debootstrap, docker import), Python's packages from a wheelhouse downloaded here
# and checked by hash. Only this machine fetches anything; inside of containers nothing does.
#
# images.sh [IMAGE...]: base, postgres, rabbitmq, lienthong; all of them when none is named. As root, on Debian or Ubuntu.
# Settable: DOCKER (its program), LIENTHONG_MIRROR (of the distribution), LIENTHONG_OFFLINE_DIR (what it works in).
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=deploy/install/apt.sh
. deploy/install/apt.sh

say() { echo "== $*"; }
fail() {
    echo "$*" >&2
    exit 1
}

[ "$(id -u)" -eq 0 ] || fail "Cần quyền root. / This needs root: debootstrap makes whole systems in a folder."

needed=()
command -v debootstrap >/dev/null || needed+=(debootstrap)
# Debian's own: another program of that name may stand before it in the PATH.
[ -x /usr/bin/docker ] || [ -n "${DOCKER:-}" ] || needed+=(docker.io docker-compose)
/usr/bin/python3 -c 'import ensurepip, venv' 2>/dev/null || needed+=(python3-venv)
[ ${#needed[@]} -eq 0 ] || apt_install "${needed[@]}"
docker=${DOCKER:-/usr/bin/docker}
"$docker" info >/dev/null 2>&1 ||
    fail "Docker không trả lời; hãy bật: / No Docker engine answers; start it: systemctl start docker"

# shellcheck source=/dev/null
. /etc/os-release
suite=${VERSION_CODENAME:?}
mirror=${LIENTHONG_MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' "Codename: $suite" | sed -n 1p)}
[ -n "$mirror" ] || fail "Không rõ kho gói, hãy đặt LIENTHONG_MIRROR. / No mirror known: set LIENTHONG_MIRROR."
work=${LIENTHONG_OFFLINE_DIR:-.run/images}
mkdir -p "$work"
work=$(cd "$work" && pwd)
python=(python3 python3-venv python-is-python3 ca-certificates tzdata)

# A system without services or documents, kept for the next run. Named anew only when whole.
bare() {
    [ -d "$work/bare" ] && return
    say "debootstrap $suite: $mirror"
    rm -rf "$work/bare.new"
    debootstrap --variant=minbase "$suite" "$work/bare.new" "$mirror" >"$work/debootstrap.log" ||
        fail "debootstrap: xem / see $work/debootstrap.log"
    # This machine's own sources, for what came after the release: security above all.
    rm -rf "$work/bare.new/etc/apt"
    cp -aL /etc/apt "$work/bare.new/etc/apt"
    mkdir -p "$work/bare.new/usr/share/keyrings" "$work/bare.new/etc/dpkg/dpkg.cfg.d"
    cp -aL /usr/share/keyrings/. "$work/bare.new/usr/share/keyrings/"
    printf 'path-exclude /usr/share/%s/*\n' doc man locale info >"$work/bare.new/etc/dpkg/dpkg.cfg.d/lienthong"
    printf '#!/bin/sh\nexit 101\n' >"$work/bare.new/usr/sbin/policy-rc.d"
    chmod 755 "$work/bare.new/usr/sbin/policy-rc.d"
    mv "$work/bare.new" "$work/bare"
}

# system NAME PACKAGE...: $work/NAME is the bare system with these packages.
system() {
    local root=$work/$1
    shift
    say "apt: $*"
    rm -rf "$root"
    cp -a "$work/bare" "$root"
    cp -L /etc/resolv.conf "$root/etc/resolv.conf"
    # No cluster is made: each volume gets one of its own.
    mkdir -p "$root/etc/postgresql-common"
    echo 'create_main_cluster = false' >"$root/etc/postgresql-common/createcluster.conf"
    inside() { chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 \
        DEBIAN_FRONTEND=noninteractive "$@"; }
    {
        inside apt-get -qq update
        inside apt-get -qq -y -o Dpkg::Use-Pty=0 upgrade
        inside apt-get -qq -y -o Dpkg::Use-Pty=0 install --no-install-recommends "$@"
        inside apt-get clean
    } >"$root.log" 2>&1 || fail "apt: xem / see $root.log"
    # Nothing of this machine stays: neither its sources nor its names.
    rm -rf "$root"/etc/apt/sources.list* "$root"/etc/apt/auth.conf* "$root"/etc/apt/apt.conf.d \
        "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/*.bin "$root"/var/log/*.log "$root"/var/log/apt \
        "$root"/usr/share/doc/* "$root"/usr/share/man/* "$root"/usr/sbin/policy-rc.d
    : >"$root/etc/resolv.conf"
    rm -f "$root/etc/hostname" "$root/etc/machine-id"
}

# import NAME IMAGE CHANGE...: $work/NAME becomes an image.
import() {
    local root=$work/$1 image=$2 changes=() change
    shift 2
    for change in "$@"; do changes+=(--change "$change"); done
    tar --numeric-owner -C "$root" -c . | "$docker" import "${changes[@]}" - "$image" >/dev/null
    rm -rf "$root"
    say "$image"
}

base() {
    bare
    system base "${python[@]}"
    import base lienthong-base:offline 'ENV LANG=C.UTF-8' 'CMD ["python3"]'
}

postgres() {
    bare
    system postgres postgresql
    local programs
    programs=$(cd "$work/postgres" && ls -d usr/lib/postgresql/*/bin)
    install -m 755 deploy/offline/postgres-entrypoint.sh "$work/postgres/usr/local/bin/postgres-entrypoint"
    # What a new volume takes over; a folder of its own, so that PostgreSQL's upgrades find it by the same name.
    install -d -m 700 "$work/postgres/var/lib/postgresql/data"
    chroot "$work/postgres" chown postgres:postgres /var/lib/postgresql/data
    # A tmpfs laid over a folder takes its mode over, and belongs to root: as in the registry's image, who runs
    # there must be able to write whoever it is.
    install -d -m 3777 "$work/postgres/run/postgresql"
    import postgres lienthong-postgres:offline 'ENV LANG=C.UTF-8' "ENV PATH=/$programs:/usr/local/bin:/usr/bin:/bin" \
        'ENV PGDATA=/var/lib/postgresql/data' 'USER postgres' 'EXPOSE 5432' 'VOLUME /var/lib/postgresql/data' \
        'ENTRYPOINT ["postgres-entrypoint"]' 'CMD ["postgres", "-c", "listen_addresses=*"]'
}

rabbitmq() {
    bare
    system rabbitmq rabbitmq-server
    local root=$work/rabbitmq
    rm -rf "$root/var/lib/rabbitmq" # the package's cookie would be everybody's
    install -d -m 700 "$root/var/lib/rabbitmq"
    chroot "$root" chown rabbitmq:rabbitmq /var/lib/rabbitmq
    install -d -m 1777 "$root/var/log/rabbitmq" # as for PostgreSQL's socket
    echo '[rabbitmq_management,rabbitmq_auth_mechanism_ssl].' >"$root/etc/rabbitmq/enabled_plugins"
    # As the registry's image: guest may come from outside. Where RABBITMQ_CONFIG_FILES names an administrator,
    # as the compose file does, neither this file nor guest is there.
    mkdir -p "$root/etc/rabbitmq/conf.d"
    echo 'loopback_users.guest = false' >"$root/etc/rabbitmq/conf.d/10-guest.conf"
    import rabbitmq lienthong-rabbitmq:offline 'ENV LANG=C.UTF-8' 'ENV HOME=/var/lib/rabbitmq' \
        'ENV PATH=/usr/lib/rabbitmq/bin:/usr/sbin:/usr/bin:/bin' 'USER rabbitmq' 'WORKDIR /var/lib/rabbitmq' \
        'EXPOSE 5672 15672' 'VOLUME /var/lib/rabbitmq' 'CMD ["rabbitmq-server"]'
}

# The packages lie in an image that only the build sees, with the setting that nothing else be asked for them.
lienthong() {
    "$docker" image inspect lienthong-base:offline >/dev/null 2>&1 || base
    say "pip download: deploy/requirements/base.txt, build.txt"
    # The distribution's Python, as in the image, so that the wheels fit it.
    rm -rf "$work/pip" "$work/wheels"
    /usr/bin/python3 -m venv "$work/pip"
    mkdir -p "$work/wheels/wheels"
    local lock
    for lock in base build; do
        "$work/pip/bin/pip" --quiet --disable-pip-version-check --no-input download --require-hashes \
            --dest "$work/wheels/wheels" --requirement "deploy/requirements/$lock.txt"
    done
    tar --numeric-owner --owner=0 --group=0 -C "$work/wheels" -c . | "$docker" import - lienthong-wheels:offline >/dev/null
    printf 'FROM lienthong-base:offline\nENV PIP_NO_INDEX=1 PIP_FIND_LINKS=/wheels\nCOPY --from=lienthong-wheels:offline /wheels /wheels\n' |
        "$docker" build --quiet --tag lienthong-build:offline - >/dev/null
    DOCKER_BUILDKIT=0 "$docker" build --network none --build-arg BASE_IMAGE=lienthong-base:offline \
        --build-arg BUILD_IMAGE=lienthong-build:offline --file deploy/Dockerfile --tag lienthong:offline . \
        >"$work/build.log" 2>&1 || fail "docker build: xem / see $work/build.log"
    rm -rf "$work/pip" "$work/wheels"
    say lienthong:offline
}

[ $# -gt 0 ] || set -- base postgres rabbitmq lienthong
for image in "$@"; do "$image"; done
"$docker" image ls --format '{{.Repository}}:{{.Tag}}  {{.Size}}' | grep ':offline' | sort
cat <<'END'
Dùng: ghi vào tệp .env / To use them, put into a file .env beside docker-compose.yml:
LIENTHONG_BASE_IMAGE=lienthong-base:offline
LIENTHONG_POSTGRES_IMAGE=lienthong-postgres:offline
LIENTHONG_RABBITMQ_IMAGE=lienthong-rabbitmq:offline
LIENTHONG_IMAGE=lienthong:offline
END
