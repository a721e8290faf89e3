"""The read model as known at a moment is the one that the ledger's first entries give, whole."""

from __future__ import annotations

from contextlib import suppress

import pytest

from services.statistics.ledger import entries
from services.statistics.read_model import earlier, versions
from services.statistics.read_model.dump import lines
from services.statistics.read_model.working_set import WorkingSet
from shared.clock import SetClock
from shared.persistence.migrations import PLUMBING, migrate
from tests.builders.statistics import a_province, an_eventful_province
from tests.fixtures.databases import Open
from tests.integration.statistics.conftest import MIGRATIONS, Office

pytestmark = pytest.mark.integration

EVENTFUL = an_eventful_province()
_STRAIGHT = 90


class _RollbackError(Exception):
    pass


def as_known(office: Office, last: int) -> tuple[list[bytes], list[bytes]]:
    """Return the dump of what `earlier` builds, and of the entries up to `last` projected one by one."""
    found: tuple[list[bytes], list[bytes]] = [], []
    with suppress(_RollbackError), office.database.transaction() as tx:
        earlier.build(tx, last)
        versions.create(tx, _STRAIGHT)
        straight = WorkingSet(_STRAIGHT, new=True)
        straight.take(tx, entries.read(tx, 0, last))
        straight.write(tx)
        found = list(lines(tx, earlier.VERSION)), list(lines(tx, _STRAIGHT))
        raise _RollbackError
    return found


def test_after_every_entry_it_is_what_was_known_by_then(office: Office) -> None:
    office.take(EVENTFUL)
    for last in (*range(0, len(EVENTFUL), 7), len(EVENTFUL)):
        earlier_on, straight = as_known(office, last)
        assert earlier_on == straight, last


def test_dossiers_that_moved_on_since_lose_what_came_later(office: Office) -> None:
    messages = a_province(3)
    office.take(messages[:-3])
    known = as_known(office, len(messages) - 3)[1]
    office.take(messages[-3:])
    earlier_on, straight = as_known(office, len(messages) - 3)
    assert earlier_on == straight == known


def test_live_tables_of_another_layout_are_not_taken_over(office: Office) -> None:
    office.take(EVENTFUL)
    office.ask("UPDATE read_model SET layout = 1")
    office.ask("DELETE FROM dossier_v1")
    earlier_on, straight = as_known(office, len(EVENTFUL))
    assert earlier_on == straight


def test_a_dossier_that_moves_while_its_rows_are_taken_is_projected_again(
    open_postgres: Open, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, another_office = Office(open_postgres(), clock), Office(open_postgres(), clock)
    migrate(office.database, [PLUMBING, MIGRATIONS])
    office.builder.define()
    office.take(EVENTFUL[:-1])
    last = len(EVENTFUL) - 1
    take = versions.at_version
    told: list[str] = []

    def interrupted(sql: str, version: int) -> str:
        if "INSERT INTO leg_v0" in sql and not told:
            told.append(sql)
            another_office.take(EVENTFUL[-1:])
        return take(sql, version)

    monkeypatch.setattr("services.statistics.read_model.earlier.versions.at_version", interrupted)
    earlier_on, straight = as_known(office, last)
    assert told
    assert earlier_on == straight
