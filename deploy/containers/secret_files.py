"""The secrets of a stack in containers: made at first start, each owner's in a folder of its own.

    operator/    passwords of all roles and accounts, the servers' administrators
    postgres/    the superuser's password
    rabbitmq/    the administrator's account, as a piece of configuration
    tokens/      digests of HTTP tokens, read by every service
    reader/      the address of the views that other tools read
    audit/       the auditor's address of the database, and the key that signs checkpoints
    <service>/   addresses with the service's own passwords; intake's also the master key, statistics' the key that signs reports

In the compose file each folder is a volume that only its owner mounts.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from deploy.files import MASTER_KEY, PASSWORDS, REPORT_KEY, SIGNING_KEY, TOKENS
from deploy.names import SERVICES
from deploy.provision import AUDIT, DATABASE, READER, SERVICES_ACCOUNT, VHOST, Passwords, role_of
from shared.master_key import create_master_key
from shared.signing import Signer

SUPERUSER = "lienthong_admin"
BROKER_ADMIN = "lienthong-admin"
DATABASE_ADDRESS = "database"
KEYS_ADDRESS = "keys-database"
BROKER_ADDRESS = "broker"
DATABASE_ADMIN = "database-admin"
BROKER_MANAGEMENT = "broker-management"

OURS = 0o600
THE_SERVERS = 0o644
"""A server runs as another user; no other part mounts its folder."""


def create_secrets(directory: Path, postgres: str, rabbitmq: str) -> list[str]:
    """Write the secrets that are missing under `directory` and return their names.

    `postgres` is where PostgreSQL will listen (host:port), `rabbitmq` RabbitMQ's host and port of AMQP.
    What is there already stays, so that running it again changes nothing.
    """
    made: list[str] = []
    passwords = passwords_of(directory)

    def put(name: str, text: Callable[[], str], mode: int = OURS) -> None:
        if _put(directory / name, text, mode):
            made.append(name)

    put("postgres/superuser-password", lambda: secrets.token_urlsafe(24), THE_SERVERS)
    put("rabbitmq/admin.conf", _administrator, THE_SERVERS)
    superuser = _read(directory / "postgres/superuser-password")
    administrator = _read(directory / "rabbitmq/admin.conf").split("default_pass = ")[1].split()[0]
    put(f"operator/{DATABASE_ADMIN}", lambda: _dsn(postgres, SUPERUSER, superuser, "postgres"))
    host = rabbitmq.rpartition(":")[0]
    put(
        f"operator/{BROKER_MANAGEMENT}",
        lambda: f"http://{BROKER_ADMIN}:{quote(administrator)}@{host}:15672",
    )
    for service in SERVICES:
        role = role_of(service)
        put(
            f"{service}/{DATABASE_ADDRESS}",
            lambda role=role: _dsn(postgres, role, passwords.of(role), DATABASE),  # type: ignore[misc]
        )
        put(f"{service}/{BROKER_ADDRESS}", lambda: _amqp(rabbitmq, passwords.of(SERVICES_ACCOUNT)))
        _link_tokens(directory, service)
    put(
        f"intake/{KEYS_ADDRESS}",
        lambda: _dsn(postgres, role_of("keys"), passwords.of(role_of("keys")), DATABASE),
    )
    put(
        f"audit/{DATABASE_ADDRESS}",
        lambda: _dsn(postgres, role_of(AUDIT), passwords.of(role_of(AUDIT)), DATABASE),
    )
    put(
        f"reader/{DATABASE_ADDRESS}",
        lambda: _dsn(postgres, role_of(READER), passwords.of(role_of(READER)), DATABASE),
    )
    for name in (f"audit/{SIGNING_KEY}", f"statistics/{REPORT_KEY}"):
        if not (directory / name).exists():
            Signer.of(directory / name)
            made.append(name)
    if not (directory / "intake" / MASTER_KEY).exists():
        create_master_key(directory / "intake" / MASTER_KEY)
        made.append(f"intake/{MASTER_KEY}")
    return made


def passwords_of(directory: Path) -> Passwords:
    """Return the passwords of all roles and accounts."""
    return Passwords(directory / "operator" / PASSWORDS)


def _put(path: Path, text: Callable[[], str], mode: int) -> bool:
    if path.exists():
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as file:
        file.write(text())
    new.chmod(mode)
    new.replace(path)
    return True


def _link_tokens(directory: Path, service: str) -> None:
    """Let a service's home lead to the one file of tokens, wherever both are mounted side by side."""
    link = directory / service / TOKENS
    if not link.is_symlink():
        link.symlink_to(Path("..") / "tokens" / TOKENS)


def _administrator() -> str:
    return (
        f"default_user = {BROKER_ADMIN}\n"
        f"default_pass = {secrets.token_urlsafe(24)}\n"
        "default_user_tags.administrator = true\n"
    )


def _dsn(address: str, role: str, password: str, database: str) -> str:
    return f"postgresql://{role}:{quote(password)}@{address}/{database}"


def _amqp(address: str, password: str) -> str:
    return f"amqp://{SERVICES_ACCOUNT}:{quote(password)}@{address}/{quote(VHOST, safe='')}"


def _read(path: Path) -> str:
    return path.read_text(encoding="ascii")
