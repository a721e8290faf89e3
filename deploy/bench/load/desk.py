"""The one-stop desks: clients of intake's HTTP doors, each waiting for its answer before it asks again."""

from __future__ import annotations

import http.client
import json
import queue
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from time import monotonic
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import orjson

from deploy.bench.load.journal import Journal

SINGLE, BATCH = "single", "batch"
_ANSWER_SECONDS = 30.0
_OK, _CREATED = 200, 201


class RefusedHereError(Exception):
    """A door refused what the load sent: the bench is at fault, or the stack is."""


@dataclass(frozen=True, slots=True)
class Job:
    """One submission or hand-back to send."""

    action: str
    """`submit` or `hand-back`."""
    data: dict[str, Any]
    dossier: str | None = None
    key: str = field(default_factory=lambda: str(uuid4()))


Jobs = queue.SimpleQueue[Job | None]
"""What the desks have to do; None sends one client home."""


class Door:
    """One kept connection to a service."""

    def __init__(self, url: str, token: str) -> None:
        address = urlsplit(url)
        self._connection = http.client.HTTPConnection(
            str(address.hostname), address.port, timeout=_ANSWER_SECONDS
        )
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def ask(self, method: str, path: str, body: bytes, key: str | None = None) -> bytes:
        """Return the answer's body. Raises RefusedHereError."""
        headers = {**self._headers, "Idempotency-Key": key} if key else self._headers
        self._connection.request(method, path, body, headers)
        response = self._connection.getresponse()
        answer = response.read()
        if response.status not in {_OK, _CREATED}:
            raise RefusedHereError(f"{method} {path}: {response.status} {answer[:500]!r}")
        return answer

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def single_client(door: Door, jobs: Jobs, journal: Journal) -> None:
    """Send one job a request until sent home."""
    with closing(door):
        while job := jobs.get():
            sent_at = monotonic()
            path = "/v1/submissions" if job.dossier is None else f"/v1/dossiers/{job.dossier}/{job.action}"
            answer = json.loads(door.ask("POST", path, orjson.dumps(job.data), job.key))
            _note(journal, SINGLE, job, answer, sent_at)


def batch_client(door: Door, jobs: Jobs, journal: Journal, most: int) -> None:
    """Send what there is to do, up to `most` jobs a request, until sent home."""
    with closing(door):
        while job := jobs.get():
            batch = [job]
            going_home = _add_waiting(batch, jobs, most)
            send_batch(door, batch, journal)
            if going_home:
                return


def send_batch(door: Door, batch: Sequence[Job], journal: Journal) -> None:
    """Send jobs in one request and note those that were accepted. Raises RefusedHereError when any was not.

    Sent again, each has its effect once: its key says that it is the same.
    """
    sent_at = monotonic()
    answers = door.ask("POST", "/v1/batches", b"\n".join(map(_line, batch))).splitlines()
    for job, line in zip(batch, answers, strict=True):
        result = orjson.loads(line)
        if result["status"] != _OK:
            raise RefusedHereError(f"{job.action}: {line[:500]!r}")
        _note(journal, BATCH, job, result["answer"], sent_at)


def _add_waiting(batch: list[Job], jobs: Jobs, most: int) -> bool:
    """Fill the batch with what waits already; True when the client is sent home."""
    while len(batch) < most:
        try:
            job = jobs.get_nowait()
        except queue.Empty:
            return False
        if job is None:
            return True
        batch.append(job)
    return False


def _line(job: Job) -> bytes:
    line = {"key": job.key, "action": job.action, "data": job.data}
    if job.dossier is not None:
        line["dossier"] = job.dossier
    return orjson.dumps(line)


def _note(journal: Journal, door: str, job: Job, answer: dict[str, Any], sent_at: float) -> None:
    journal.sent[answer["dossier"], job.action] = sent_at
    journal.by_door[door] = journal.by_door.get(door, 0) + 1


def put_reference(url: str, token: str, value: dict[str, Any]) -> None:
    """Tell a service its reference data. Raises RefusedHereError."""
    with closing(Door(url, token)) as door:
        door.ask("PUT", "/v1/reference", orjson.dumps(value))
