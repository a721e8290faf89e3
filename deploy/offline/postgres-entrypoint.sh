#!/bin/sh
# Entry of the PostgreSQL image that `make images-offline` makes; it takes the variables of the registry's image that
# the compose file and the tests set: PGDATA, POSTGRES_USER, POSTGRES_DB, POSTGRES_PASSWORD(_FILE), POSTGRES_INITDB_ARGS.
# Runs as `postgres`. An empty PGDATA is filled first, by a server that nobody reaches over the network.
set -eu

if [ "${1:-}" = postgres ] && [ ! -s "$PGDATA/PG_VERSION" ]; then
    user=${POSTGRES_USER:-postgres}
    database=${POSTGRES_DB:-$user}
    given=${POSTGRES_PASSWORD_FILE:-}
    if [ -z "$given" ]; then
        given=/tmp/.superuser-password
        (umask 077 && printf '%s\n' "${POSTGRES_PASSWORD:?POSTGRES_PASSWORD or POSTGRES_PASSWORD_FILE is needed}" >"$given")
    fi
    # shellcheck disable=SC2086  # several arguments are meant
    initdb --pgdata="$PGDATA" --username="$user" --pwfile="$given" ${POSTGRES_INITDB_ARGS:-}
    [ -n "${POSTGRES_PASSWORD_FILE:-}" ] || rm -f "$given"
    echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
    if [ "$database" != postgres ]; then
        printf 'CREATE DATABASE "%s"\n' "$database" |
            postgres --single -D "$PGDATA" -c listen_addresses= postgres >/dev/null
    fi
fi
exec "$@"
