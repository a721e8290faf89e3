"""Group commit: requests that come while a unit of work is under way share the next one.

Each request is answered for itself: one that is refused changes nothing and does not touch the
others. A request with an `Idempotency-Key` that was answered before gets the same answer again.
"""

from __future__ import annotations

import hashlib
import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from shared.clock import Clock
from shared.errors import Problem, RefusedError
from shared.event_sourcing import Application, recorded_by_this_thread
from shared.log import said
from shared.persistence.database import DatabaseUnavailableError, Transaction
from shared.persistence.unit_of_work import UnitOfWork

log = logging.getLogger(__name__)

LARGEST_GROUP = 500

KEY_REUSED = Problem(
    "idempotency-key-reused",
    422,
    "Mã chống trùng {key} đã được dùng cho một yêu cầu khác",
    "The idempotency key {key} was used for a different request",
)


Answer = dict[str, Any]


@dataclass(slots=True, eq=False)
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

    def fail(self, error: BaseException) -> None:
        """End the request without an answer."""
        self.answer, self.error = None, error
        self.done.set()

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


@dataclass(frozen=True, slots=True)
class Attempt:
    """Work of which a refusal is to be kept as well, in the unit that would have carried it out."""

    work: Callable[[], Answer]
    refused: Callable[[RefusedError], None]
    """May record; it is told of a refusal that is final."""

    def __call__(self) -> Answer:
        """Do the work. Raises RefusedError."""
        return self.work()


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
            if isinstance(outcome, RefusedError) and isinstance(work, Attempt):
                work.refused(outcome)
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

        Raises DatabaseUnavailableError when the database went away: then those without an answer
        will not be carried out. Whether they were, if the connection was lost during a commit, nobody
        knows: asking again under the same key tells.
        """
        self._waiting.extend(requests)
        try:
            with self._turn:
                while not all(request.done.is_set() for request in requests):
                    if group := self._next_group():
                        self._commit(group)
        finally:
            _fail(requests, DatabaseUnavailableError("the request was not run"))
        for request in requests:
            if isinstance(request.error, DatabaseUnavailableError):
                raise request.error

    def run_one(self, request: Request) -> Answer:
        """Run one request and return its answer or raise its refusal."""
        self.run([request])
        return request.result()

    def _next_group(self) -> list[Request]:
        group = [self._waiting.popleft() for _ in range(min(LARGEST_GROUP, len(self._waiting)))]
        return [request for request in group if not request.done.is_set()]

    def _commit(self, group: Sequence[Request]) -> None:
        try:
            self._run_group(group)
        except DatabaseUnavailableError as error:
            # Nobody is to be told of a failure and then be carried out.
            _fail([*group, *self._waiting], error)
        finally:
            # Also when whoever runs the group is being ended: the others must not wait for ever.
            _fail(group, DatabaseUnavailableError("the group was interrupted"))

    def _run_group(self, group: Sequence[Request]) -> None:
        """Run a group; what stands in the way of all together must not stand in the way of each."""
        try:
            self._unit.run(lambda tx: self._together(tx, group))
        except DatabaseUnavailableError:
            raise
        except Exception as error:
            log.info(
                "a group of %d falls back to one request at a time",
                len(group),
                exc_info=error,
                extra=said("group-split"),
            )
            for request in group:
                self._run_alone(request)
        else:
            for request in group:
                request.done.set()

    def _run_alone(self, request: Request) -> None:
        try:
            self._unit.run(lambda tx: self._together(tx, [request]))
        except DatabaseUnavailableError:
            raise
        except _DirtyRefusalError as dirty:
            request.fail(dirty.refusal)
        except Exception as error:
            log.exception("a request failed", extra=said("request-failed", problem="unexpected"))
            request.fail(error)
        request.done.set()

    def _together(self, tx: Transaction, group: Sequence[Request]) -> None:
        pending = self._not_answered_yet(tx, group)
        while pending:
            pending = self._first_of_each(tx, pending)

    def _first_of_each(self, tx: Transaction, pending: Sequence[Request]) -> list[Request]:
        """Run the first request of each key; return those that must be run after it was refused."""
        firsts = {_identity(request): request for request in reversed(pending)}
        running = [request for request in pending if firsts[_identity(request)] is request]
        for request, outcome in zip(running, self._run_many([it.item for it in running]), strict=True):
            if isinstance(outcome, RefusedError):
                request.error = outcome
            else:
                request.answer = outcome
        self._remember(tx, [request for request in running if request.key and request.answer is not None])
        left: list[Request] = []
        for request in pending:
            first = firsts[_identity(request)]
            if first is request:
                continue
            if first.digest == request.digest:
                request.answer, request.error = first.answer, first.error
            elif first.answer is not None:
                request.error = RefusedError(KEY_REUSED, key=request.key)
            else:
                left.append(request)
        return left

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


def _fail(requests: Sequence[Request], error: DatabaseUnavailableError) -> None:
    for request in requests:
        if not request.done.is_set():
            request.fail(error)


def _identity(request: Request) -> object:
    """Return what two requests of one group share when one of them is to be answered as the other."""
    return (request.principal, request.key) if request.key else id(request)
