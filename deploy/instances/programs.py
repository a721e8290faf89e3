"""Where the distribution's packages put the servers' programs."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from deploy.instances.errors import InstanceError

_POSTGRES_PLACES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/libexec/postgresql*")
_RABBIT_PLACES = ("/usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin", "/opt/rabbitmq*/sbin")


def postgres_programs() -> Path:
    """Return the directory of the newest PostgreSQL's `initdb`, `postgres` and `pg_isready`.

    Raises InstanceError when PostgreSQL is not installed.
    """
    return _newest(_POSTGRES_PLACES, "initdb", package="postgresql")


def rabbit_programs() -> Path:
    """Return the directory of the newest RabbitMQ's own `rabbitmq-server` and `rabbitmqctl`.

    Debian's `/usr/sbin/rabbitmqctl` is a wrapper that switches users and only knows the system's
    own instance, so it comes last.
    """
    return _newest(_RABBIT_PLACES, "rabbitmq-server", package="rabbitmq-server")


def epmd() -> Path:
    """Return Erlang's port mapper."""
    return _newest(("/usr/lib/erlang/erts-*/bin",), "epmd", package="erlang-base") / "epmd"


def _newest(places: tuple[str, ...], program: str, package: str) -> Path:
    found = [
        directory
        for place in places
        for directory in Path("/").glob(place.lstrip("/"))
        if (directory / program).is_file()
    ]
    if found:
        return max(found, key=lambda path: [int(number) for number in re.findall(r"\d+", str(path))])
    on_path = shutil.which(program)
    if on_path:
        return Path(on_path).resolve().parent
    msg = f"{program} was not found: install the package {package!r} (deploy/install/system-packages.sh)"
    raise InstanceError(msg)
