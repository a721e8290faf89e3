"""Group commit: requests that come while a unit of work is under way share the next one.

Each request is answered for itself: one that is refused changes nothing and does not touch the
others. A request with an `Idempotency-Key` that was answered before gets the same answer again.
"""

from __future__ import annotations

import hashlib
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from shared.clock import Clock
from shared.errors import Problem, RefusedError
from shared.event_sourcing import Application, recorded_by_this_thread
from shared.persistence.database import Transaction
from shared.persistence.unit_of_work import UnitOfWork

LARGEST_GROUP = 500

KEY_REUSED = Problem(
    "idempotency-key-reused",
    422,
    "Mã chống trùng {key} đã được dùng cho một yêu cầu khác",
    "The idempotency key {key} was used for a different request",
)


Answer = dict[str, Any]


@dataclass(slots=True)
class Request:
    """One request for a unit of work."""

    item: Any
    """What the group's `run_many` understands."""
    principal: str = ""
    key: str | None = None
    fingerprint: bytes = b""
    """What the request said, to tell a repeated request from a reused key."""
    done: threading.Event = field(default_factory=threading.Event)
    answer: Answer | None = None
    error: BaseException | None = None

    @property
    def digest(self) -> str:
        """The digest of what the request said."""
        return hashlib.sha256(self.fingerprint).hexdigest()

    def result(self) -> Answer:
        """Return the answer or raise the refusal."""
        if self.error is not None:
            raise self.error
        if self.answer is None:
            msg = "the request was not run"
            raise RuntimeError(msg)
        return self.answer


RunMany = Callable[[Sequence[Any]], Sequence[Answer | RefusedError]]
"""Carries out items inside the open unit; an item that is refused must leave nothing behind."""


def one_by_one(application: Application) -> RunMany:
    """Return a `RunMany` for items that are functions without arguments.

    A refusal may rest on an aggregate that was kept from an earlier unit, so it is asked for twice.
    """

    def run_many(items: Sequence[Callable[[], Answer]]) -> list[Answer | RefusedError]:
        outcomes: list[Answer | RefusedError] = []
        for work in items:
            outcome = attempt(work)
            if isinstance(outcome, RefusedError):
                application.doubt()
                outcome = attempt(work)
            outcomes.append(outcome)
        return outcomes

    return run_many


def attempt(work: Callable[[], Answer]) -> Answer | RefusedError:
    """Return the answer or the refusal; a refusal after half a deed undoes the whole group."""
    before = recorded_by_this_thread()
    try:
        return work()
    except RefusedError as refusal:
        if recorded_by_this_thread() != before:
            raise _DirtyRefusalError(refusal) from refusal
        return refusal


class GroupCommit:
    """Runs requests in shared units of work."""

    def __init__(self, unit: UnitOfWork, clock: Clock, run_many: RunMany | None = None) -> None:
        self._unit = unit
        self._clock = clock
        self._run_many = run_many or one_by_one(unit.application)
        self._waiting: deque[Request] = deque()
        self._turn = threading.Lock()

    def run(self, requests: Sequence[Request]) -> None:
        """Run the requests; when this returns each has its answer or its error, durably.

        Raises DatabaseUnavailableError when the database is away: then none was carried out.
        """
        self._waiting.extend(requests)
        with self._turn:
            while not all(request.done.is_set() for request in requests):
                group = [self._waiting.popleft() for _ in range(min(LARGEST_GROUP, len(self._waiting)))]
                self._commit(group)

    def run_one(self, request: Request) -> Answer:
        """Run one request and return its answer or raise its refusal."""
        self.run([request])
        return request.result()

    def _commit(self, group: Sequence[Request]) -> None:
        try:
            try:
                self._unit.run(lambda tx: self._together(tx, group))
            except _DirtyRefusalError:
                for request in group:
                    self._alone(request)
        except BaseException as error:
            for request in group:
                request.error = error
            raise
        finally:
            for request in group:
                request.done.set()

    def _alone(self, request: Request) -> None:
        try:
            self._unit.run(lambda tx: self._together(tx, [request]))
        except _DirtyRefusalError as dirty:
            request.error = dirty.refusal

    def _together(self, tx: Transaction, group: Sequence[Request]) -> None:
        fresh = self._not_answered_yet(tx, group)
        firsts = {_identity(request): request for request in reversed(fresh)}
        running = [request for request in fresh if firsts[_identity(request)] is request]
        outcomes = self._run_many([request.item for request in running]) if running else []
        for request, outcome in zip(running, outcomes, strict=True):
            if isinstance(outcome, RefusedError):
                request.error = outcome
            else:
                request.answer = outcome
        for request in fresh:
            first = firsts[_identity(request)]
            if first is not request:
                request.answer, request.error = first.answer, first.error
        self._remember(tx, [request for request in running if request.key and request.answer is not None])

    def _not_answered_yet(self, tx: Transaction, group: Sequence[Request]) -> list[Request]:
        """Return the requests to carry out; answer those whose key was answered before."""
        answered = self._answered(tx, group)
        fresh: list[Request] = []
        for request in group:
            request.answer = request.error = None
            previous = answered.get((request.principal, request.key or ""))
            if previous is None:
                fresh.append(request)
            elif previous[0] == request.digest:
                request.answer = orjson.loads(previous[1])
            else:
                request.error = RefusedError(KEY_REUSED, key=request.key)
        return fresh

    def _answered(
        self, tx: Transaction, group: Sequence[Request]
    ) -> dict[tuple[str, str], tuple[str, bytes]]:
        keys = [request.key for request in group if request.key is not None]
        if not keys:
            return {}
        rows = tx.execute(
            "SELECT principal, key, request_digest, response FROM idempotency WHERE key IN :keys",
            {"keys": keys},
        )
        return {(row[0], row[1]): (row[2], bytes(row[3])) for row in rows}

    def _remember(self, tx: Transaction, requests: Sequence[Request]) -> None:
        if not requests:
            return
        now = self._clock.now()
        tx.execute_many(
            "INSERT INTO idempotency (key, principal, request_digest, status, response, created_at)"
            " VALUES (:key, :principal, :digest, 200, :response, :now)",
            [
                {
                    "key": request.key,
                    "principal": request.principal,
                    "digest": request.digest,
                    "response": orjson.dumps(request.answer),
                    "now": now,
                }
                for request in requests
            ],
        )


class _DirtyRefusalError(Exception):
    """A request recorded something and was then refused: its unit may not be committed."""

    def __init__(self, refusal: RefusedError) -> None:
        self.refusal = refusal
        super().__init__(str(refusal))


def _identity(request: Request) -> object:
    """Return what two requests of one group share when they are the same request sent twice."""
    return (request.principal, request.key, request.digest) if request.key else id(request)
