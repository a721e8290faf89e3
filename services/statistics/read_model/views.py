"""Views for other tools, such as a province's own business intelligence: the live version under names that stay.

They lie in a schema of their own, with a role that reads it and nothing else. Only PostgreSQL has them.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from services.statistics.read_model.versions import at_version
from shared.persistence.database import Transaction
from shared.persistence.sql import split

SCHEMA = "reports"
READER = "lienthong_reader"

_IS_THERE = "SELECT 1 FROM information_schema.schemata WHERE schema_name = :schema"


def show(tx: Transaction, version: int) -> None:
    """Let the views show a version; nothing where nobody made the schema."""
    if not tx.execute(_IS_THERE, {"schema": SCHEMA}):
        return
    for statement in _definitions(version):
        name = statement.partition("CREATE VIEW ")[2].partition(" ")[0]
        tx.execute(f"DROP VIEW IF EXISTS {name}")
        tx.execute(statement)
    tx.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA {SCHEMA} TO {READER}")


@lru_cache(maxsize=8)
def _definitions(version: int) -> tuple[str, ...]:
    script = (Path(__file__).parent / "views.sql").read_text("utf-8")
    return tuple(split(at_version(script, version)))
