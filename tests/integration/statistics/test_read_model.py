"""The live tables follow the ledger; a rebuild gives the same ones while appending and reading go on."""

from __future__ import annotations

import threading
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.statistics.domain.read_model import ReadModel
from services.statistics.projection.columns import DOSSIER, LAYOUT, LEG, TABLES
from services.statistics.projection.rows import complete
from services.statistics.read_model import builds, dump, versions, working_set
from services.statistics.read_model.dump import Digest, digest, lines
from services.statistics.read_model.working_set import WorkingSet
from shared.clock import SetClock
from shared.errors import RefusedError
from shared.persistence.database import Transaction
from shared.persistence.migrations import PLUMBING, migrate
from tests.builders.statistics import a_province, an_eventful_province, leg_of, root_of, with_bodies
from tests.fixtures.databases import Open
from tests.integration.statistics.conftest import MIGRATIONS, Office

pytestmark = pytest.mark.integration

MESSAGES = a_province(2)
EVENTFUL = an_eventful_province()


def test_the_live_tables_say_what_the_ledger_says(office: Office) -> None:
    office.take(MESSAGES)
    with office.database.transaction() as tx:
        dossiers = versions.load(tx, 1, DOSSIER, [str(root_of(0)), str(root_of(1)), str(root_of(2))])
        legs = versions.load(tx, 1, LEG, [str(leg_of(1, 2, 2))])
    assert set(dossiers) == {str(root_of(0)), str(root_of(1))}
    assert dossiers[str(root_of(1))]["resolved_at"] == "2019-07-08T01:00:00.000000Z"
    assert dossiers[str(root_of(1))]["historical"] is False
    assert legs[str(leg_of(1, 2, 2))]["outcome"] == "completed"
    assert office.live() == versions.Live(1, len(MESSAGES), LAYOUT)


def test_rows_come_back_from_the_database_as_they_were_written(office: Office) -> None:
    office.take(EVENTFUL)
    with office.database.transaction() as tx:
        fresh = WorkingSet(1, new=True)
        fresh.take(tx, [body for _message, body in with_bodies(EVENTFUL)])
        for table in TABLES:
            expected = fresh._rows.by_table[table]
            versions_rows = versions.load(tx, 1, table, list(expected))
            for row in expected.values():
                complete(table, row)
            assert versions_rows == expected


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_however_messages_interleave_and_batches_are_cut_the_dump_is_the_same(
    office: Office, data: st.DataObject
) -> None:
    shuffled = data.draw(interleavings())
    sizes = st.integers(1, 40)
    with _scratch(office) as tx:
        straight = WorkingSet(90, new=True)
        straight.take(tx, [body for _message, body in with_bodies(EVENTFUL)])
        straight.write(tx)
        start = 0
        while start < len(shuffled):
            end = start + data.draw(sizes)
            # A new set each time loads its rows again, as after a restart.
            batch = WorkingSet(91, kept_rows=2)
            batch.take(tx, [body for _message, body in with_bodies(shuffled[start:end])])
            batch.shrink(tx)
            batch.write(tx)
            start = end
        assert list(lines(tx, 90)) == list(lines(tx, 91))
        assert digest(tx, 90) == digest(tx, 91)


@st.composite
def interleavings(draw: st.DrawFn) -> list[Any]:
    """Every order that keeps the messages of one dossier and one source in order."""
    queues: dict[tuple[str, str | None], list[Any]] = {}
    for message in EVENTFUL:
        queues.setdefault((message.source, message.rootid), []).append(message)
    turns = draw(st.permutations([key for key, queue in queues.items() for _ in queue]))
    iterators = {key: iter(queue) for key, queue in queues.items()}
    return [next(iterators[key]) for key in turns]


def test_rows_that_do_not_fit_into_memory_are_written_and_read_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.take(sorted(a_province(12), key=lambda message: message.time))
    monkeypatch.setattr(builds, "BATCH", 10)
    monkeypatch.setattr(working_set.WorkingSet.__init__, "__kwdefaults__", {"new": False, "kept_rows": 4})
    outcome = office.builder.rebuild()
    assert outcome.previous == outcome.digest
    assert outcome.digest.rows > 30


def test_a_rebuild_gives_the_same_tables_and_goes_live(office: Office) -> None:
    office.take(MESSAGES)
    before = office.digest()
    outcome = office.builder.rebuild()
    assert (outcome.version, outcome.swapped, outcome.differences) == (2, True, [])
    assert outcome.digest == outcome.previous == before == office.digest()
    assert office.live() == versions.Live(2, len(MESSAGES), LAYOUT)


def test_messages_go_into_the_version_that_is_live(office: Office) -> None:
    office.take(MESSAGES[:40])
    office.builder.rebuild()
    office.take(MESSAGES[40:])
    assert office.live() == versions.Live(2, len(MESSAGES), LAYOUT)
    assert office.builder.rebuild().differences == []


def test_a_rebuild_while_messages_are_appended_misses_none(
    office: Office,
    another_office: Office,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    messages = a_province(30)
    office.take(messages[:300])
    monkeypatch.setattr(builds, "BATCH", 50)
    seen, half = threading.Event(), len(messages[300:]) // 2

    def append() -> None:
        another_office.take(messages[300 : 300 + half], batch=3)
        seen.set()
        another_office.take(messages[300 + half :], batch=3)

    appending = threading.Thread(target=append)

    def on_progress(_done: int, _of: int) -> None:
        if not seen.is_set():
            if not appending.is_alive():
                appending.start()
            assert seen.wait(60)

    outcome = office.builder.rebuild(on_progress=on_progress)
    appending.join()
    assert outcome.differences == []
    assert outcome.ledger_sequence >= 300 + half
    assert office.live() == versions.Live(2, len(messages), LAYOUT)
    assert office.verify().broken is None
    assert office.builder.rebuild().differences == []


def test_what_comes_while_the_last_batch_is_built_is_taken_in_too(
    office: Office, another_office: Office
) -> None:
    messages = a_province(3)
    office.take(messages[:60])
    rest = iter(messages[60:])

    def append_one(*_progress: int) -> None:
        another_office.take([next(rest)])

    outcome = office.builder.rebuild(on_progress=append_one)
    assert (outcome.ledger_sequence, outcome.differences) == (61, [])
    assert office.builder.rebuild().differences == []


def test_nothing_is_appended_between_the_comparison_and_the_swap(
    office: Office,
    another_office: Office,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    messages = a_province(3)
    office.take(messages[:60])
    appending = threading.Thread(target=another_office.take, args=(messages[60:],))

    def slow_digest(tx: Transaction, version: int) -> Digest:
        if not appending.ident:
            appending.start()
            appending.join(0.5)  # time enough to slip in, were the ledger open
        return digest(tx, version)

    monkeypatch.setattr(builds, "digest", slow_digest)
    outcome = office.builder.rebuild()
    appending.join()
    monkeypatch.undo()
    assert outcome.ledger_sequence == 60
    assert office.live() == versions.Live(2, len(messages), LAYOUT)
    assert office.builder.rebuild().differences == []


def test_readers_during_a_rebuild_see_whole_versions_only(
    office: Office,
    another_office: Office,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    messages = a_province(20)
    office.take(messages)
    monkeypatch.setattr(builds, "BATCH", 25)
    seen: list[tuple[int, int]] = []

    def look(*_progress: int) -> None:
        with another_office.database.transaction() as tx:
            live = versions.live(tx)
            [(rows,)] = tx.execute(versions.at_version("SELECT count(*) FROM dossier_v#", live.version))
        seen.append((live.version, rows))

    office.builder.rebuild(on_progress=look)
    look()
    assert len(seen) > 3
    assert set(seen[:-1]) == {(1, 20)}
    assert seen[-1] == (2, 20)


def test_a_rebuild_that_was_killed_is_started_again(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.take(MESSAGES)
    monkeypatch.setattr(builds, "BATCH", 20)

    def killed(done: int, _of: int) -> None:
        if done >= 40:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        office.builder.rebuild(on_progress=killed)
    assert office.live().version == 1
    outcome = office.builder.rebuild()
    assert (outcome.version, outcome.differences) == (3, [])
    assert office.live().version == 3


def test_one_rebuild_runs_at_a_time(office: Office, another_office: Office) -> None:
    office.take(MESSAGES)
    refusals: list[str] = []

    def begin_another(*_progress: int) -> None:
        with pytest.raises(RefusedError) as refused:
            another_office.builder.rebuild()
        refusals.append(refused.value.code)

    office.builder.rebuild(on_progress=begin_another)
    assert refusals == ["rebuild-under-way"]


def test_a_row_that_was_tampered_with_is_reported_and_put_right(office: Office) -> None:
    office.take(MESSAGES)
    office.ask("UPDATE dossier_v1 SET verdict = 'late' WHERE root_id = :root", root=root_of(0))
    outcome = office.builder.rebuild()
    assert [(one.table, one.key) for one in outcome.differences] == [("dossier", str(root_of(0)))]
    assert outcome.digest != outcome.previous
    assert office.ask("SELECT verdict FROM dossier_v2 WHERE root_id = :root", root=root_of(0)) == [("early",)]


def test_differences_that_nobody_accepted_leave_the_live_version_where_it_is(office: Office) -> None:
    office.take(MESSAGES)
    office.ask("DELETE FROM leg_v1 WHERE leg_id = :leg", leg=leg_of(0, 1, 1))
    outcome = office.builder.rebuild(accept_differences=False)
    assert (outcome.swapped, [one.key for one in outcome.differences]) == (False, [str(leg_of(0, 1, 1))])
    assert office.live().version == 1
    assert office.builder.rebuild(accept_differences=True).swapped
    assert office.live().version == 3


def test_a_rebuild_from_a_ledger_with_a_hole_comes_to_an_end_and_shows_the_difference(office: Office) -> None:
    office.take(MESSAGES)
    office.ask("DELETE FROM ledger WHERE sequence = :last", last=len(MESSAGES))
    outcome = office.builder.rebuild(accept_differences=False)
    assert [one.key for one in outcome.differences] == [MESSAGES[-1].rootid]


def test_tables_that_nobody_reads_any_more_are_dropped(office: Office) -> None:
    office.take(MESSAGES)
    for _ in range(3):
        office.builder.rebuild()
    present = [version for version in range(1, 6) if _is_there(office, version)]
    assert present == [3, 4]


def test_rebuilds_and_swaps_are_events(office: Office) -> None:
    office.take(MESSAGES)
    outcome = office.builder.rebuild()
    events = office.application.mapper
    stored = office.application.recorder.select_notifications(1, 10)
    found = [events.to_domain_event(notification) for notification in stored]
    assert [notification.topic for notification in stored] == [
        "statistics.read-model.defined",
        "statistics.read-model.rebuild-started",
        "statistics.read-model.swapped",
    ]
    swapped = found[-1]
    assert isinstance(swapped, ReadModel.Swapped)
    assert (swapped.version, swapped.ledger_sequence) == (2, len(MESSAGES))
    assert swapped.digest == swapped.previous_digest == outcome.digest.sha256


def test_setting_up_twice_changes_nothing(office: Office, another_office: Office) -> None:
    office.take(MESSAGES)
    another_office.builder.define()
    office.builder.define()
    assert office.live() == versions.Live(1, len(MESSAGES), LAYOUT)


def test_tables_of_another_layout_are_left_alone_until_a_rebuild(office: Office) -> None:
    office.take(MESSAGES[:30])
    office.ask("UPDATE read_model SET layout = 0")
    office.take(MESSAGES[30:])
    assert office.live() == versions.Live(1, 30, 0)
    outcome = office.builder.rebuild()
    assert (outcome.previous, outcome.swapped) == (None, True)
    assert office.live() == versions.Live(2, len(MESSAGES), LAYOUT)


def test_before_it_is_set_up_there_is_nothing_to_read_or_rebuild(
    open_database: Open, clock: SetClock
) -> None:
    database = open_database()
    migrate(database, [PLUMBING, MIGRATIONS])
    bare = Office(database, clock)
    for ask in (bare.live, bare.builder.rebuild):
        with pytest.raises(RefusedError, match="read-model-undefined"):
            ask()


def test_both_engines_give_the_same_dump(open_postgres: Open, open_sqlite: Open) -> None:
    digests = []
    for open_one in (open_postgres, open_sqlite):
        database = open_one()
        with database.transaction() as tx:
            versions.create(tx, 5)
            rows = WorkingSet(5, new=True)
            rows.take(tx, [body for _message, body in with_bodies(EVENTFUL)])
            rows.write(tx)
            digests.append(digest(tx, 5))
    assert digests[0] == digests[1]


def test_a_dump_holds_every_row_in_order_of_its_key_however_it_is_paged(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.take(a_province(20))
    whole = office.digest()
    monkeypatch.setattr(dump, "PAGE", 3)
    assert office.digest() == whole
    with office.database.transaction() as tx:
        keys = [(table, row[0]) for table, row in map(orjson.loads, dump.lines(tx, 1))]
    assert len(set(keys)) == len(keys) == whole.rows == 20 + 60 + 2 * 3 + 1
    assert keys == sorted(keys, key=lambda key: ([table.name for table in TABLES].index(key[0]), key[1]))


def test_columns_in_code_are_the_columns_of_the_tables(office: Office) -> None:
    for table in TABLES:
        columns = ", ".join(table.columns)
        assert office.ask(f"SELECT {columns} FROM {table.name}_v1") == []
        [(definition,)] = [
            (statement,) for statement in versions._definitions(1) if f"TABLE {table.name}_v1 " in statement
        ]
        assert definition.count(",\n") + 1 == len(table.columns)


class _scratch:  # noqa: N801 - used like a function
    """A transaction with empty versions 90 and 91, of which nothing stays."""

    def __init__(self, office: Office) -> None:
        self._open = office.database.transaction()

    def __enter__(self) -> Transaction:
        self._tx = self._open.__enter__()
        for version in (90, 91):
            versions.create(self._tx, version)
        return self._tx

    def __exit__(self, *error: Any) -> None:
        for version in (90, 91):
            if error[0] is None:
                versions.drop(self._tx, version)
        self._open.__exit__(*error)


def _is_there(office: Office, version: int) -> bool:
    try:
        office.ask(f"SELECT 1 FROM dossier_v{version}")
    except Exception:  # noqa: BLE001 - each engine has its own
        return False
    return True
