"""Running numbers of dossier codes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from services.intake.ports import DeskDay
from shared.persistence.database import Database

# excluded.last_taken and not excluded.last: the latter counts from the desk's start.
_INCREMENT = """
    INSERT INTO desk_counter (desk_code, day, last, last_taken) VALUES #
    ON CONFLICT (desk_code, day) DO UPDATE
        SET last = desk_counter.last + excluded.last_taken, last_taken = excluded.last_taken
    RETURNING desk_code, day, last
"""
_INCREMENT_ROW = """(:desk#, :day#, :taken# - 1 + coalesce(
    (SELECT first FROM desk_counter_start WHERE desk_code = :desk#), 1), :taken#)"""
_START = """
    INSERT INTO desk_counter_start (desk_code, first) VALUES (:desk_code, :first)
    ON CONFLICT (desk_code) DO UPDATE SET first = excluded.first
"""


class DeskCounters:
    """Running numbers without gaps or duplicates, however many processes take them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, wanted: Mapping[DeskDay, int]) -> dict[DeskDay, int]:
        """Take so many numbers for each desk and day, in one round trip; return the first of each.

        Joins the open transaction, so numbers of a unit that fails are given again. The rows are
        locked in one order for all, and no others.
        """
        if not wanted:
            return {}
        keys = sorted(wanted)
        parameters: dict[str, Any] = {}
        for n, (desk_code, day) in enumerate(keys):
            parameters |= {f"desk{n}": desk_code, f"day{n}": day.isoformat(), f"taken{n}": wanted[keys[n]]}
        with self._database.transaction() as tx:
            rows = tx.execute(_increment(len(keys)), parameters)
        return {
            (desk_code, date.fromisoformat(day)): last - wanted[desk_code, date.fromisoformat(day)] + 1
            for desk_code, day, last in rows
        }

    def start_at(self, desk_code: str, first: int) -> None:
        """Let the desk's numbers begin at `first` on every day that has none yet."""
        with self._database.transaction() as tx:
            tx.execute(_START, {"desk_code": desk_code, "first": first})


@cache
def _increment(keys: int) -> str:
    rows = ", ".join(_INCREMENT_ROW.replace("#", str(n)) for n in range(keys))
    return _INCREMENT.replace("#", rows)
