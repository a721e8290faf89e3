"""What pages need to answer one request: the services' doors with the person's token, words, forms."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from werkzeug.wrappers import Request, Response

from deploy.console.sessions import Session
from deploy.play.client import Client, DoorError

PATIENCE_SECONDS = 5.0
"""A page says that a service is away rather than keep a person waiting."""


@dataclass(frozen=True, slots=True)
class Asking:
    """One request of somebody who is signed in."""

    request: Request
    session: Session
    urls: Mapping[str, str]
    render: Callable[..., Response]
    lasts: Callable[[], bool] = lambda: True
    """Whether the session still goes on; to ask prolongs nothing."""

    def get(self, service: str, path: str, **query: str | int) -> Any:
        """Return what a service answers. Raises DoorError."""
        with closing(self._client(service)) as client:
            return client.get(path, **query)

    def get_file(self, service: str, path: str, **query: str | int) -> bytes:
        """Return what stands at a service's path, as it is. Raises DoorError."""
        with closing(self._client(service)) as client:
            return client.get_file(path, **query)

    def post(self, service: str, path: str, value: Any) -> Any:
        """Post a form's content under the key that the form was made with: twice sent, it counts once.

        Raises DoorError.
        """
        key = self.request.form.get("key") or secrets.token_urlsafe(16)
        with closing(self._client(service)) as client:
            return client.post(path, value, f"console/{key}")

    def try_get(self, service: str, path: str, **query: str | int) -> tuple[Any, DoorError | None]:
        """Return what a service answers, or why it does not."""
        try:
            return self.get(service, path, **query), None
        except DoorError as error:
            return None, error

    def tell(self, kind: str, vi: str, en: str) -> None:
        """Say something on the next page: kind is `good` or `bad`."""
        self.session.said.append((kind, vi, en))

    def tell_refusal(self, error: DoorError) -> None:
        """Say on the next page why a service refused."""
        self.tell("bad", f"{error.vi or error} ({error.code})", f"{error.en or error} ({error.code})")

    def _client(self, service: str) -> Client:
        return Client(self.urls[service], self.session.token, PATIENCE_SECONDS)
