"""Requests that share a unit of work are each answered for themselves, and only after the commit."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest

from shared.clock import SetClock
from shared.errors import RefusedError
from shared.persistence import grouping
from shared.persistence.database import DatabaseUnavailableError
from shared.persistence.grouping import GroupCommit, Request
from tests.builders.messaging import POISONED, Process, dossier
from tests.integration.messaging.conftest import OpenDatabase

pytestmark = pytest.mark.integration

FIRST, SECOND = dossier(1), dossier(2)
Work = Callable[[], dict[str, Any]]


@pytest.fixture
def process(open_named: OpenDatabase, clock: SetClock) -> Process:
    return Process(open_named("process"), clock)


@pytest.fixture
def group(process: Process) -> GroupCommit:
    return GroupCommit(process.unit, process.clock)


def noting(process: Process, root: UUID, text: str) -> Work:
    """Return the work of noting a text; its answer says how many notes there are."""

    def work() -> dict[str, Any]:
        notes = process.application.notes(process.act(root))
        notes.note(process.act(root), text)
        return {"notes": len(notes.texts)}

    return work


def refusing() -> dict[str, Any]:
    raise RefusedError(POISONED, text="this")


def refusing_after(work: Work) -> Work:
    """Return work that does half of a deed before it is refused."""

    def run() -> dict[str, Any]:
        work()
        raise RefusedError(POISONED, text="this")

    return run


def failing(error: BaseException) -> Work:
    def run() -> dict[str, Any]:
        raise error

    return run


def keyed(work: Work, key: str, said: bytes = b"it", principal: str = "desk") -> Request:
    return Request(work, principal, key, said)


def code_of(request: Request) -> str:
    assert isinstance(request.error, RefusedError)
    return request.error.code


def test_one_that_is_refused_touches_no_other(process: Process, group: GroupCommit) -> None:
    requests = [
        Request(noting(process, FIRST, "a")),
        Request(refusing),
        Request(noting(process, FIRST, "b")),
    ]
    group.run(requests)
    assert [request.answer for request in requests] == [{"notes": 1}, None, {"notes": 2}]
    assert code_of(requests[1]) == "poisoned"
    assert process.notes(FIRST) == ["a", "b"]


def test_a_refusal_after_half_a_deed_is_undone_and_touches_no_other(
    process: Process, group: GroupCommit
) -> None:
    requests = [
        Request(noting(process, FIRST, "a")),
        Request(refusing_after(noting(process, FIRST, "half"))),
        Request(noting(process, SECOND, "b")),
    ]
    group.run(requests)
    assert [request.answer for request in requests] == [{"notes": 1}, None, {"notes": 1}]
    assert code_of(requests[1]) == "poisoned"
    assert (process.notes(FIRST), process.notes(SECOND)) == (["a"], ["b"])


def test_one_that_fails_unexpectedly_touches_no_other(process: Process, group: GroupCommit) -> None:
    requests = [
        Request(noting(process, FIRST, "a")),
        Request(failing(ValueError("a fault of ours"))),
        Request(noting(process, FIRST, "b")),
    ]
    group.run(requests)
    assert [request.answer for request in requests] == [{"notes": 1}, None, {"notes": 2}]
    with pytest.raises(ValueError, match="a fault of ours"):
        requests[1].result()
    assert process.notes(FIRST) == ["a", "b"]


def test_a_key_that_no_column_can_hold_touches_no_other(process: Process, group: GroupCommit) -> None:
    requests = [
        keyed(noting(process, FIRST, "a"), "k\0"),
        keyed(noting(process, FIRST, "b"), "k"),
    ]
    group.run(requests)
    assert requests[1].answer is not None
    assert "b" in process.notes(FIRST)


def test_the_same_key_gets_the_same_answer_again(process: Process, group: GroupCommit) -> None:
    first = group.run_one(keyed(noting(process, FIRST, "a"), "k"))
    again = group.run_one(keyed(noting(process, FIRST, "a"), "k"))
    assert first == again == {"notes": 1}
    assert process.notes(FIRST) == ["a"]


def test_the_same_key_twice_in_one_group_is_carried_out_once(process: Process, group: GroupCommit) -> None:
    requests = [keyed(noting(process, FIRST, "a"), "k") for _ in range(3)]
    group.run(requests)
    assert [request.answer for request in requests] == [{"notes": 1}] * 3
    assert process.notes(FIRST) == ["a"]


def test_the_same_key_with_another_body_is_refused(process: Process, group: GroupCommit) -> None:
    group.run_one(keyed(noting(process, FIRST, "a"), "k"))
    with pytest.raises(RefusedError) as refusal:
        group.run_one(keyed(noting(process, FIRST, "b"), "k", b"something else"))
    assert refusal.value.code == "idempotency-key-reused"
    assert process.notes(FIRST) == ["a"]


def test_the_same_key_with_another_body_in_the_same_group_is_refused_alone(
    process: Process, group: GroupCommit
) -> None:
    requests = [
        keyed(noting(process, FIRST, "a"), "k"),
        keyed(noting(process, FIRST, "b"), "k", b"something else"),
        keyed(noting(process, FIRST, "c"), "another"),
    ]
    group.run(requests)
    assert [request.answer for request in requests] == [{"notes": 1}, None, {"notes": 2}]
    assert code_of(requests[1]) == "idempotency-key-reused"
    assert process.notes(FIRST) == ["a", "c"]


def test_a_key_whose_request_was_refused_is_free_even_within_the_group(
    process: Process, group: GroupCommit
) -> None:
    requests = [keyed(refusing, "k"), keyed(noting(process, FIRST, "a"), "k", b"corrected")]
    group.run(requests)
    assert code_of(requests[0]) == "poisoned"
    assert requests[1].answer == {"notes": 1}
    assert group.run_one(keyed(refusing, "k", b"corrected")) == {"notes": 1}


def test_one_principal_s_keys_are_not_another_s(process: Process, group: GroupCommit) -> None:
    for principal in ("desk", "agency"):
        group.run_one(keyed(noting(process, FIRST, principal), "k", principal=principal))
    assert process.notes(FIRST) == ["desk", "agency"]


def test_the_same_key_at_two_processes_at_once_is_carried_out_once(
    open_named: OpenDatabase, clock: SetClock
) -> None:
    processes = [Process(open_named("process"), clock) for _ in range(2)]
    for n in range(20):
        requests = [keyed(noting(process, FIRST, f"{n}"), f"k{n}") for process in processes]
        together = threading.Barrier(2)

        def run(process: Process, request: Request, together: threading.Barrier = together) -> None:
            together.wait(30)
            GroupCommit(process.unit, clock).run([request])

        threads = [threading.Thread(target=run, args=pair) for pair in zip(processes, requests, strict=True)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert [request.answer for request in requests] == [{"notes": n + 1}] * 2
    assert processes[0].notes(FIRST) == [f"{n}" for n in range(20)]


def test_nobody_is_answered_before_the_commit(
    process: Process, group: GroupCommit, monkeypatch: pytest.MonkeyPatch
) -> None:
    requests = [Request(noting(process, FIRST, "a")), Request(refusing)]
    seen: list[bool] = []
    flush = process.application.flush

    def look_then_flush() -> int:
        seen.extend(request.done.is_set() for request in requests)
        return flush()

    monkeypatch.setattr(process.application, "flush", look_then_flush)
    group.run(requests)
    assert seen == [False, False]
    assert all(request.done.is_set() for request in requests)


def away(monkeypatch: pytest.MonkeyPatch, process: Process, *, after: int = 0) -> None:
    """Let the database go away at the commit that follows so many others."""
    flush, flushed = process.application.flush, 0

    def fail() -> int:
        nonlocal flushed
        flushed += 1
        if flushed > after:
            raise DatabaseUnavailableError("away")
        return flush()

    monkeypatch.setattr(process.application, "flush", fail)


def test_when_the_database_is_away_all_fail_and_nothing_is_kept(
    process: Process, group: GroupCommit, monkeypatch: pytest.MonkeyPatch
) -> None:
    requests = [keyed(noting(process, FIRST, "a"), "k"), Request(refusing)]
    with monkeypatch.context() as patched:
        away(patched, process)
        with pytest.raises(DatabaseUnavailableError):
            group.run(requests)
    assert [type(request.error) for request in requests] == [DatabaseUnavailableError] * 2
    assert process.notes(FIRST) == []
    assert group.run_one(keyed(noting(process, FIRST, "a"), "k")) == {"notes": 1}


def test_who_was_told_of_a_failure_is_not_carried_out_later(
    process: Process, group: GroupCommit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grouping, "LARGEST_GROUP", 2)
    requests = [Request(noting(process, FIRST, f"{n}")) for n in range(6)]
    with monkeypatch.context() as patched:
        away(patched, process, after=1)
        with pytest.raises(DatabaseUnavailableError):
            group.run(requests)
    group.run_one(Request(noting(process, SECOND, "x")))
    answered = [request.answer is not None for request in requests]
    assert answered == [True, True, False, False, False, False]
    assert process.notes(FIRST) == ["0", "1"]


def test_who_was_carried_out_alone_is_not_told_of_another_s_failure(
    process: Process, group: GroupCommit, monkeypatch: pytest.MonkeyPatch
) -> None:
    requests = [
        Request(noting(process, FIRST, "a")),
        Request(refusing_after(noting(process, FIRST, "half"))),
        Request(noting(process, FIRST, "b")),
    ]
    away(monkeypatch, process, after=1)
    with pytest.raises(DatabaseUnavailableError):
        group.run(requests)
    assert (requests[0].answer, requests[0].error) == ({"notes": 1}, None)
    assert isinstance(requests[2].error, DatabaseUnavailableError)
    assert process.notes(FIRST) == ["a"]


def test_those_who_wait_do_not_end_with_the_one_who_runs_the_group(
    process: Process, group: GroupCommit
) -> None:
    running, go_on = threading.Event(), threading.Event()

    def ended() -> dict[str, Any]:
        running.set()
        go_on.wait(30)
        raise SystemExit

    def run(requests: Sequence[Request]) -> None:
        with suppress(SystemExit):
            group.run(requests)

    first, second = Request(ended), Request(noting(process, FIRST, "a"))
    threads = [threading.Thread(target=run, args=([request],)) for request in (first, second)]
    threads[0].start()
    assert running.wait(30)
    threads[1].start()
    go_on.set()
    for thread in threads:
        thread.join(30)
    assert isinstance(first.error, DatabaseUnavailableError)
    assert second.answer == {"notes": 1}


def test_many_at_once_share_few_units(process: Process, group: GroupCommit) -> None:
    requests = [Request(noting(process, dossier(n), "a")) for n in range(200)]
    units = 0
    run = process.unit.run

    def count(work: Any) -> Any:
        nonlocal units
        units += 1
        return run(work)

    process.unit.run = count  # type: ignore[method-assign]
    threads = [threading.Thread(target=group.run, args=([request],)) for request in requests]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert all(request.answer == {"notes": 1} for request in requests)
    assert units < len(requests)
