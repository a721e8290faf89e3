"""The unit of work over aggregates: one object each, saved at once, believed only when committed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import pytest
from eventsourcing.persistence import RecordConflictError, StoredEvent

import shared.event_sourcing
from shared.acts import SYSTEM, Act, Actor
from shared.clock import to_text
from shared.partitions import partition_of
from shared.persistence.database import Transaction
from shared.persistence.migrations import PLUMBING, migrate
from shared.persistence.recorder import LogRecorder
from shared.persistence.sqlite import SqliteDatabase
from shared.persistence.unit_of_work import ATTEMPTS_ON_CONFLICT, UnitOfWork
from tests.builders.messaging import Notebook, Notes, dossier

NOW = datetime(2026, 3, 2, 1, 0, 0, 1, tzinfo=UTC)
FIRST, SECOND, THIRD = dossier(1), dossier(2), dossier(3)


class CountingRecorder(LogRecorder):
    """Counts what it is asked."""

    def __init__(self, database: SqliteDatabase) -> None:
        super().__init__(database)
        self.asked = 0
        self.inserted = 0

    def select_events(self, *args: Any, **kwargs: Any) -> Sequence[StoredEvent]:
        self.asked += 1
        return super().select_events(*args, **kwargs)

    def select_many(self, *args: Any, **kwargs: Any) -> Mapping[UUID, Sequence[StoredEvent]]:
        self.asked += 1
        return super().select_many(*args, **kwargs)

    def insert_events(self, *args: Any, **kwargs: Any) -> Sequence[int] | None:
        self.inserted += 1
        return super().insert_events(*args, **kwargs)


class Desk:
    """One process."""

    def __init__(self, database: SqliteDatabase) -> None:
        self.database = database
        self.recorder = CountingRecorder(database)
        self.application = Notebook(self.recorder)
        self.unit = UnitOfWork(database, self.application)

    def note(self, root: UUID, *texts: str) -> None:
        notes = self.application.notes(act(root))
        for text in texts:
            notes.note(act(root), text)

    def write(self, root: UUID, *texts: str) -> None:
        self.unit.run(lambda _tx: self.note(root, *texts))

    def log(self) -> list[tuple[UUID, str]]:
        events = (self.application.mapper.to_domain_event(event) for event in self.stored())
        return [(event.originator_id, event.text) for event in events if isinstance(event, Notes.Noted)]

    def stored(self) -> list[StoredEvent]:
        return [entry.stored_event() for entry in self.recorder.read_log(0, 1000)]


def act(root: UUID) -> Act:
    return Act(Actor(SYSTEM, "tests"), NOW, NOW, NOW, root)


def abandon(desk: Desk, *roots: UUID) -> None:
    """Begin a unit that notes something on these dossiers and then fails."""

    def work(_tx: Transaction) -> None:
        for root in roots:
            desk.note(root, "abandoned")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        desk.unit.run(work)


@pytest.fixture
def open_desk(tmp_path: Path) -> Callable[[], Desk]:
    database = SqliteDatabase(tmp_path / "desk.sqlite")
    migrate(database, [PLUMBING])
    return lambda: Desk(database)


@pytest.fixture
def desk(open_desk: Callable[[], Desk]) -> Desk:
    return open_desk()


def test_an_aggregate_is_one_object_throughout_a_unit(desk: Desk) -> None:
    desk.write(FIRST, "a")
    desk.application._kept.clear()
    with desk.unit.begin():
        assert desk.application.find(FIRST) is desk.application.find(FIRST)
        desk.application.prefetch([FIRST])
        assert desk.application.find(FIRST) is desk.application._unit[FIRST]


def test_what_is_not_there_is_none_and_changes_nothing(desk: Desk) -> None:
    with desk.unit.begin():
        assert desk.application.find(FIRST) is None
        assert desk.application.pending() == 0


def test_a_unit_s_events_are_saved_in_one_insert_each_aggregate_s_in_order(desk: Desk) -> None:
    def work(_tx: Transaction) -> None:
        desk.note(FIRST, "a")
        desk.note(SECOND, "x")
        desk.note(FIRST, "b")
        assert desk.application.pending() == 5

    desk.unit.run(work)
    assert desk.recorder.inserted == 1
    assert desk.log() == [(FIRST, "a"), (FIRST, "b"), (SECOND, "x")]


def test_an_event_lies_in_its_dossier_s_partition(desk: Desk) -> None:
    with desk.unit.begin():
        leg = Notes.begin(Notes.Begun, THIRD, act(FIRST))
        desk.application.add(leg)
    (entry,) = desk.recorder.read_log(0, 10)
    assert (entry.originator_id, entry.partition) == (THIRD, partition_of(str(FIRST)))


def test_a_unit_that_is_abandoned_leaves_nothing_in_memory_either(desk: Desk) -> None:
    desk.write(FIRST, "a")
    abandon(desk, FIRST, SECOND)
    assert desk.application._kept == {}
    assert desk.application._unit == {}
    desk.write(FIRST, "c")
    assert desk.log() == [(FIRST, "a"), (FIRST, "c")]


def test_a_unit_whose_commit_fails_leaves_nothing_in_memory_either(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Failing:
        cleared = 0

        def flush(self, _tx: Transaction) -> None:
            raise ZeroDivisionError

        def clear(self) -> None:
            self.cleared += 1

    failing = Failing()
    with monkeypatch.context() as patched:
        patched.setattr(desk.unit, "_collaborators", (failing,))
        with pytest.raises(ZeroDivisionError):
            desk.write(FIRST, "a")
    assert (failing.cleared, desk.application._kept, desk.log()) == (1, {}, [])


def test_an_aggregate_is_kept_for_the_next_unit(desk: Desk) -> None:
    desk.write(FIRST, "a")
    asked = desk.recorder.asked
    desk.write(FIRST, "b")
    assert desk.recorder.asked == asked


def test_one_that_another_process_changed_is_read_again_after_the_conflict(
    open_desk: Callable[[], Desk],
) -> None:
    one, other = open_desk(), open_desk()
    one.write(FIRST, "a")
    other.write(FIRST, "b")
    one.write(FIRST, "c")
    assert one.log() == [(FIRST, "a"), (FIRST, "b"), (FIRST, "c")]
    with one.unit.begin():
        assert one.application.notes(act(FIRST)).texts == ("a", "b", "c")


def test_a_unit_that_never_gets_through_gives_up(desk: Desk) -> None:
    tries = 0

    def work(_tx: Transaction) -> None:
        nonlocal tries
        tries += 1
        raise RecordConflictError

    with pytest.raises(RecordConflictError):
        desk.unit.run(work)
    assert tries == ATTEMPTS_ON_CONFLICT


def test_doubt_forgets_what_was_only_read(open_desk: Callable[[], Desk]) -> None:
    one, other = open_desk(), open_desk()
    one.write(FIRST, "a")
    other.write(FIRST, "b")
    with one.unit.begin():
        assert one.application.notes(act(FIRST)).texts == ("a",), "kept from before"
        one.note(SECOND, "x")
        one.application.doubt()
        assert one.application.notes(act(FIRST)).texts == ("a", "b")
        assert one.application.pending() == 2, "what was recorded in this unit stays"
    assert one.log()[-1] == (SECOND, "x")


def test_many_aggregates_are_loaded_in_one_query(desk: Desk) -> None:
    for root in (FIRST, SECOND):
        desk.write(root, "a", "b")
    desk.application._kept.clear()
    asked = desk.recorder.asked
    with desk.unit.begin():
        desk.application.prefetch([FIRST, SECOND, THIRD, FIRST])
        assert [desk.application.notes(act(root)).texts for root in (FIRST, SECOND)] == [("a", "b")] * 2
        assert desk.recorder.asked == asked + 1
        assert desk.application.find(THIRD) is None


def test_prefetching_does_not_replace_what_the_unit_has_changed(desk: Desk) -> None:
    desk.write(FIRST, "a")
    with desk.unit.begin():
        desk.note(FIRST, "b")
        desk.application.prefetch([FIRST])
        assert desk.application.notes(act(FIRST)).texts == ("a", "b")
    assert desk.log() == [(FIRST, "a"), (FIRST, "b")]


def test_only_so_many_aggregates_are_kept_the_latest_used(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared.event_sourcing, "KEPT_AGGREGATES", 2)
    for root in (FIRST, SECOND, FIRST, THIRD):
        desk.write(root, "a")
    assert list(desk.application._kept) == [FIRST, THIRD]


def test_a_replayed_aggregate_equals_the_live_one(desk: Desk) -> None:
    desk.write(FIRST, "a", "b")
    live = desk.application._kept[FIRST]
    replayed: Notes = desk.application.repository.get(FIRST)
    assert vars(replayed) == vars(live)


def test_stored_events_are_plain_json_with_the_recorded_time(desk: Desk) -> None:
    desk.write(FIRST, "đất")
    stored = desk.stored()[-1]
    assert stored.topic == "tests.notes.noted"
    assert orjson.loads(stored.state) == {
        "timestamp": "2026-03-02T01:00:00.000001+00:00",
        "act": {
            "role": "system",
            "subject": "tests",
            "happened_at": to_text(NOW),
            "received_at": to_text(NOW),
            "root": str(FIRST),
        },
        "text": "đất",
    }


def test_the_waiting_are_woken_after_the_commit_and_only_for_events(desk: Desk) -> None:
    seen: list[int] = []
    desk.unit.after_commit(lambda: seen.append(len(desk.stored())))
    desk.unit.run(lambda _tx: None)
    desk.write(FIRST, "a")
    abandon(desk, FIRST)
    assert seen == [2]
