from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from random import Random
from threading import Event
from uuid import UUID, uuid4

import pytest
from eventsourcing.persistence import IntegrityError, StoredEvent

from shared.partitions import partition_of
from shared.persistence.database import Database
from shared.persistence.joining import HalfDoneError
from shared.persistence.recorder import LogEntry, LogRecorder
from tests.fixtures.databases import Open


def events(originator_id: UUID, versions: Iterable[int]) -> list[StoredEvent]:
    return [StoredEvent(originator_id, version, "test.happened", b"{}") for version in versions]


def fill(log: LogRecorder, partitions: Iterable[int]) -> list[int]:
    """Record one event in each of these partitions, in order, some at a time."""
    wanted = list(partitions)
    stored = [StoredEvent(uuid4(), 1, "test.happened", str(n).encode()) for n in range(len(wanted))]
    for start in range(0, len(wanted), 7):
        log.insert_events(stored[start : start + 7], partitions=wanted[start : start + 7])
    return wanted


def mixed(seed: int) -> list[int]:
    """Return a hundred partitions in some order."""
    return Random(seed).choices(range(4), k=100)  # noqa: S311 - any mixture will do


def test_the_partition_follows_from_the_aggregate_unless_it_is_given(log: LogRecorder) -> None:
    one = uuid4()
    log.insert_events(events(one, [1]))
    log.insert_events(events(one, [2]), partitions=[3])
    assert [entry.partition for entry in log.read_log(0, 10)] == [partition_of(str(one)), 3]


def test_an_entry_is_the_event_as_it_was_stored(log: LogRecorder) -> None:
    stored = StoredEvent(uuid4(), 1, "test.happened", b"\x00\xff")
    log.insert_events([stored])
    [entry] = log.read_log(0, 10)
    assert entry.stored_event() == stored
    assert (entry.position, entry.previous_in_partition) == (1, 0)


@pytest.mark.parametrize("page", [1, 2, 3, 50, 1000])
def test_each_entry_names_the_one_before_it_in_its_partition(log: LogRecorder, page: int) -> None:
    partitions = fill(log, mixed(page))
    entries: list[LogEntry] = []
    while found := log.read_log(entries[-1].position if entries else 0, page):
        entries += found

    assert [entry.position for entry in entries] == list(range(1, 101))
    assert [entry.partition for entry in entries] == partitions
    last: dict[int, int] = {}
    for entry in entries:
        assert entry.previous_in_partition == last.get(entry.partition, 0)
        last[entry.partition] = entry.position


def test_a_partition_is_read_as_it_stands_in_the_log(log: LogRecorder) -> None:
    fill(log, mixed(1))
    whole = [entry for entry in log.read_log(0, 1000) if entry.partition == 2]
    assert log.read_partition(2, 0, 1000) == whole
    assert log.read_partition(2, whole[3].position, 5) == whole[4:9]
    assert (
        log.read_partition(2, whole[3].position + 1, 5)
        == [entry for entry in whole if entry.position > whole[3].position + 1][:5]
    )
    assert log.read_partition(2, whole[-1].position, 5) == []


def test_the_last_of_a_partition_is_known_as_of_any_position(log: LogRecorder) -> None:
    fill(log, [0, 1, 0, 2])
    assert [log.last_in_partition(0, position) for position in range(5)] == [0, 1, 1, 3, 3]
    assert log.last_in_partition(3, 4) == 0


def test_many_aggregates_are_read_in_one_go(log: LogRecorder) -> None:
    one, two, unknown = uuid4(), uuid4(), uuid4()
    log.insert_events([*events(one, [1, 2]), *events(two, [1])])
    log.insert_events(events(one, [3]))
    assert log.select_many([two, unknown, one]) == {
        one: events(one, [1, 2, 3]),
        two: events(two, [1]),
        unknown: [],
    }
    assert log.select_many([]) == {}


def test_events_become_durable_with_the_transaction_around_them(database: Database, log: LogRecorder) -> None:
    def outer() -> None:
        with database.transaction():
            log.insert_events(events(uuid4(), [1, 2]))
            assert log.max_notification_id() == 2
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        outer()
    assert log.max_notification_id() is None


def test_positions_have_no_gap_after_writes_that_were_rolled_back(log: LogRecorder) -> None:
    one = uuid4()
    assert log.insert_events(events(one, [1, 2])) == [1, 2]
    with pytest.raises(IntegrityError):
        log.insert_events([*events(uuid4(), [1]), *events(one, [2])])
    assert log.insert_events(events(one, [3])) == [3]
    assert [entry.position for entry in log.read_log(0, 10)] == [1, 2, 3]


def test_a_version_conflict_cannot_be_passed_over(database: Database, log: LogRecorder) -> None:
    def outer() -> None:
        with database.transaction():
            log.insert_events(events(uuid4(), [1]))
            with pytest.raises(IntegrityError):
                log.insert_events(events(one, [1]))

    one = uuid4()
    log.insert_events(events(one, [1]))
    with pytest.raises(HalfDoneError):
        outer()
    assert log.max_notification_id() == 1


def test_a_reader_at_the_end_sees_every_event_in_order_while_four_write(
    database: Database,
    log: LogRecorder,
    open_database: Open,
) -> None:
    # Positions are right only if a reader that is always at the end passes over nothing.
    rounds, failures = 60, 15
    reader = LogRecorder(open_database())
    done = Event()

    def follow() -> list[LogEntry]:
        seen: list[LogEntry] = []
        while True:
            at_end = done.is_set()
            found = reader.read_log(seen[-1].position if seen else 0, 50)
            seen += found
            if at_end and not found:
                return seen

    def write(seed: int) -> int:
        random, written = Random(seed), 0  # noqa: S311 - any mixture will do
        for number in range(rounds):
            size = random.randint(1, 20)
            batch = events(uuid4(), range(1, size + 1))
            if number % (rounds // failures) == 0:
                with pytest.raises(IntegrityError):
                    log.insert_events([*batch, batch[0]])
            else:
                log.insert_events(batch)
                written += size
        return written

    with ThreadPoolExecutor(5) as threads:
        following = threads.submit(follow)
        try:
            written = sum(threads.map(write, range(4)))
        finally:
            done.set()
        seen = following.result()

    assert [entry.position for entry in seen] == list(range(1, written + 1))
    assert len({(entry.originator_id, entry.originator_version) for entry in seen}) == written
    for partition in range(4):
        of_partition = [entry for entry in seen if entry.partition == partition]
        assert all(
            later.previous_in_partition == earlier.position for earlier, later in pairwise(of_partition)
        )


def test_the_log_goes_on_after_closing_and_opening(
    database: Database,
    log: LogRecorder,
    open_database: Open,
) -> None:
    log.insert_events(events(one := uuid4(), [1, 2]))
    database.close()
    again = LogRecorder(open_database())
    assert again.insert_events(events(one, [3])) == [3]
    assert again.select_events(one) == events(one, [1, 2, 3])


def test_aggregates_without_an_end_are_found_page_by_page(log: LogRecorder) -> None:
    ids = sorted(uuid4() for _ in range(7))
    ended, other = ids[2], ids[4]
    for one in ids:
        topic = "test.begun" if one != other else "test.other-begun"
        log.insert_events([StoredEvent(one, 1, topic, b"{}"), StoredEvent(one, 2, "test.went-on", b"{}")])
    log.insert_events([StoredEvent(ended, 3, "test.ended", b"{}")])

    found: list[UUID] = []
    while page := log.unfinished("test.begun", ["test.ended", "test.gone"], found[-1] if found else None, 2):
        found += page

    assert found == [one for one in ids if one not in {ended, other}]
