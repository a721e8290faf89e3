"""A small HTTP client: one kept connection, bearer token, JSON, patience while a service is away."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Mapping, Sequence
from time import monotonic
from typing import Any
from urllib.parse import urlencode, urlsplit

import orjson

_PAUSE = 0.2
_AWAY = (ConnectionError, http.client.HTTPException, TimeoutError, OSError)


class DoorError(Exception):
    """A service turned a request down, or stayed away. `code` is the problem's, or `unreachable`."""

    def __init__(self, code: str, text: str, vi: str | None = None, en: str | None = None) -> None:
        self.code = code
        self.vi, self.en = vi, en
        """The problem in both languages, where the service said it; the text says where it was asked, too."""
        super().__init__(text)


class Client:
    """Calls one service. For one thread at a time; works in plain and in green threads.

    What a service may have carried out already is sent again: every call must be safe to repeat.
    """

    def __init__(self, url: str, token: str, patience: float = 60.0) -> None:
        parts = urlsplit(url)
        self._host, self._port, self._base = parts.hostname or "", parts.port, parts.path.rstrip("/")
        self._token = token
        self._patience = patience
        self._connection: http.client.HTTPConnection | None = None

    def get(self, path: str, **query: str | int) -> Any:
        """Return the JSON at a path. Raises DoorError."""
        asked = f"{path}?{urlencode(query)}" if query else path
        return orjson.loads(self._call("GET", asked, b"", {}))

    def get_file(self, path: str, **query: str | int) -> bytes:
        """Return what stands at a path, as it is. Raises DoorError."""
        return self._call("GET", f"{path}?{urlencode(query)}" if query else path, b"", {})

    def get_lines(self, path: str, **query: str | int) -> list[Any]:
        """Return the JSON values that stand one a line at a path. Raises DoorError."""
        asked = f"{path}?{urlencode(query)}" if query else path
        return [orjson.loads(line) for line in self._call("GET", asked, b"", {}).splitlines()]

    def put(self, path: str, value: Any, key: str) -> Any:
        """Put JSON. Raises DoorError."""
        headers = {"Content-Type": "application/json", "Idempotency-Key": key}
        return orjson.loads(self._call("PUT", path, orjson.dumps(value), headers))

    def post(self, path: str, value: Any, key: str) -> Any:
        """Post JSON. Raises DoorError."""
        headers = {"Content-Type": "application/json", "Idempotency-Key": key}
        return orjson.loads(self._call("POST", path, orjson.dumps(value), headers))

    def lines(self, path: str, lines: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Post a batch and return the answer to each line, in their order. Raises DoorError."""
        body = b"\n".join(map(orjson.dumps, lines)) + b"\n"
        answer = self._call("POST", path, body, {"Content-Type": "application/x-ndjson"})
        answers = [orjson.loads(line) for line in answer.splitlines()]
        if len(answers) != len(lines):
            raise DoorError("unexpected", f"{path} gave {len(answers)} answers to {len(lines)} lines")
        return answers

    def close(self) -> None:
        """Let go of the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _call(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> bytes:
        give_up_at = monotonic() + self._patience
        while True:
            status, text = self._try(method, path, body, headers)
            if status is not None and status < http.HTTPStatus.BAD_REQUEST:
                return text
            away = status is None or status == http.HTTPStatus.SERVICE_UNAVAILABLE
            if not away or monotonic() > give_up_at:
                raise _refusal(status, f"{method} {self._host}:{self._port}{path}", text)
            threading.Event().wait(_PAUSE)

    def _try(
        self, method: str, path: str, body: bytes, headers: Mapping[str, str]
    ) -> tuple[int | None, bytes]:
        """Return status and body; no status when the service could not be reached."""
        try:
            if self._connection is None:
                self._connection = http.client.HTTPConnection(self._host, self._port, timeout=self._patience)
            sent = {"Authorization": f"Bearer {self._token}", **headers}
            self._connection.request(method, f"{self._base}{path}", body or None, sent)
            response = self._connection.getresponse()
            return response.status, response.read()
        except _AWAY as error:
            self.close()
            return None, str(error).encode()


def _refusal(status: int | None, what: str, text: bytes) -> DoorError:
    if status is None:
        return DoorError("unreachable", f"{what}: {text.decode(errors='replace')}")
    try:
        problem = orjson.loads(text)
        text_en = f"{what}: {status} {problem['code']}: {problem['title']}"
        return DoorError(problem["code"], text_en, problem.get("title_vi"), problem["title"])
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return DoorError("unexpected", f"{what}: {status} {text[:200].decode(errors='replace')}")
