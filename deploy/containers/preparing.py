"""Before the services of a stack in containers start: roles, schemas, accounts, policies, migrations."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from deploy.composition.parts import migration_sets
from deploy.containers.management import Management
from deploy.containers.secret_files import (
    BROKER_MANAGEMENT,
    DATABASE_ADDRESS,
    DATABASE_ADMIN,
    KEYS_ADDRESS,
    passwords_of,
)
from deploy.names import SERVICES
from deploy.provision import provision_broker, provision_database
from shared.persistence.migrations import Migration, MigrationSet, Phase, migrate
from shared.persistence.postgres import PostgresDatabase

DEPLOY = Path(__file__).parent.parent
KEYS = MigrationSet("keys", DEPLOY.parent / "shared" / "persistence" / "keys_migrations")


def prepare(secrets: Path, report: Callable[[str], None], phase: Phase = "all") -> list[Migration]:
    """Make what is missing on the servers that `secrets` speaks of; return the migrations applied.

    Running it again changes nothing. Raises what the servers raise: nothing is retried here, since
    the compose file starts it when both are healthy.
    """
    passwords = passwords_of(secrets)
    report("PostgreSQL: roles, schemas")
    provision_database(_read(secrets / "operator" / DATABASE_ADMIN), passwords)
    report("RabbitMQ: accounts, policies")
    provision_broker(Management(_read(secrets / "operator" / BROKER_MANAGEMENT)), passwords)
    applied: list[Migration] = []
    addresses = {name: secrets / name / DATABASE_ADDRESS for name in SERVICES}
    for schema, address in {**addresses, "keys": secrets / "intake" / KEYS_ADDRESS}.items():
        report(f"migrations: {schema}")
        database = PostgresDatabase(_read(address), schema, 1)
        try:
            applied += migrate(database, [KEYS] if schema == "keys" else migration_sets(schema), phase)
        finally:
            database.close()
    return applied


def _read(path: Path) -> str:
    return path.read_text(encoding="ascii").strip()
