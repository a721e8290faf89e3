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
from shared.persistence.database import Transaction
from shared.persistence.unit_of_work import UnitOfWork

LARGEST_GROUP = 500

KEY_REUSED = Problem(
    "idempotency-key-reused",
    422,
    "Mã chống trùng {key} đã được dùng cho một yêu cầu khác",
    "The idempotency key {key} was used for a different request",
)


@dataclass(slots=True)
class Request:
    """One request for a unit of work. `work` checks, records, and returns the JSON answer."""

    work: Callable[[], dict[str, Any]]
    principal: str = ""
    key: str | None = None
    fingerprint: bytes = b""
    """What the request said, to tell a repeated request from a reused key."""
    done: threading.Event = field(default_factory=threading.Event)
    answer: dict[str, Any] | None = None
    error: BaseException | None = None

    @property
    def digest(self) -> str:
        """The digest of what the request said."""
        return hashlib.sha256(self.fingerprint).hexdigest()

    def result(self) -> dict[str, Any]:
        """Return the answer or raise the refusal."""
        if self.error is not None:
            raise self.error
        if self.answer is None:
            msg = "the request was not run"
            raise RuntimeError(msg)
        return self.answer


class GroupCommit:
    """Runs requests in shared units of work."""

    def __init__(self, unit: UnitOfWork, clock: Clock) -> None:
        self._unit = unit
        self._clock = clock
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
        answered = self._answered(tx, group)
        fresh: list[dict[str, Any]] = []
        for request in group:
            request.answer = request.error = None
            previous = answered.get((request.principal, request.key or ""))
            before = self._unit.application.pending()
            try:
                if previous is not None:
                    request.answer = _same_answer(request, previous)
                    continue
                request.answer = request.work()
            except RefusedError as refusal:
                if self._unit.application.pending() != before:
                    raise _DirtyRefusalError(refusal) from refusal
                request.error = refusal
                continue
            if request.key is not None:
                row = self._row(request)
                answered[request.principal, request.key] = (row["digest"], row["response"])
                fresh.append(row)
        if fresh:
            tx.execute_many(
                "INSERT INTO idempotency (key, principal, request_digest, status, response, created_at)"
                " VALUES (:key, :principal, :digest, 200, :response, :now)",
                fresh,
            )

    def _answered(self, tx: Transaction, group: Sequence[Request]) -> dict[tuple[str, str], tuple[str, bytes]]:
        keys = [request.key for request in group if request.key is not None]
        if not keys:
            return {}
        rows = tx.execute(
            "SELECT principal, key, request_digest, response FROM idempotency WHERE key IN :keys",
            {"keys": keys},
        )
        return {(row[0], row[1]): (row[2], bytes(row[3])) for row in rows}

    def _row(self, request: Request) -> dict[str, Any]:
        return {
            "key": request.key,
            "principal": request.principal,
            "digest": request.digest,
            "response": orjson.dumps(request.answer),
            "now": self._clock.now(),
        }


class _DirtyRefusalError(Exception):
    """A request recorded something and was then refused: its unit may not be committed."""

    def __init__(self, refusal: RefusedError) -> None:
        self.refusal = refusal
        super().__init__(str(refusal))


def _same_answer(request: Request, previous: tuple[str, bytes]) -> dict[str, Any]:
    digest, response = previous
    if digest != request.digest:
        raise RefusedError(KEY_REUSED, key=request.key)
    answer: dict[str, Any] = orjson.loads(response)
    return answer
