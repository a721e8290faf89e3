"""The list of erasures: kept outside of backups, so that a restore brings nobody back who was erased later.

Legal source: Decree 13/2023/NĐ-CP, article 16: personal data that were erased on request stay erased. One JSON
object a line: `dossier`, `erased_at`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from uuid import UUID

import psycopg

from deploy.backup import problems
from shared.clock import from_text, to_text
from shared.errors import RefusedError

_READ = "SELECT dossier_id, erased_at FROM keys.erasure ORDER BY erased_at, dossier_id"

Erasures = Mapping[UUID, datetime]


def recorded(connection: psycopg.Connection) -> dict[UUID, datetime]:
    """Return whose keys were destroyed, and when."""
    return dict(connection.execute(_READ).fetchall())


def as_lines(erasures: Erasures) -> str:
    """Return the list as it is kept."""
    lines = [
        json.dumps({"dossier": str(dossier), "erased_at": to_text(at)}) for dossier, at in erasures.items()
    ]
    return "".join(f"{line}\n" for line in lines)


def read_list(path: Path) -> dict[UUID, datetime]:
    """Return a list that was kept. Raises RefusedError `erasures-unreadable`."""
    found: dict[UUID, datetime] = {}
    line = 0
    try:
        for text in path.read_text(encoding="utf-8").splitlines():
            line += 1
            said = json.loads(text)
            found[UUID(said["dossier"])] = from_text(said["erased_at"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise RefusedError(problems.ERASURES_UNREADABLE, file=path, line=line) from error
    return found
