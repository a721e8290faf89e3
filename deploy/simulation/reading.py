"""What a simulation reads of a running system: with a client that can only get, in a role that may only read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from deploy.own_tokens import own_token
from deploy.play.client import Client, DoorError
from deploy.reach import Reached
from deploy.recorded import recorded
from deploy.simulation.history import Document, History, read

READER = "auditor"
"""A role that may read the ledger and change nothing."""


class ReadingClient(Client):
    """A client that refuses to send anything but GET."""

    def _call(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> bytes:
        if method != "GET":
            raise DoorError("read-only", f"{method} {path}: a simulation only reads")
        return super()._call(method, path, body, headers)


class Recording:
    """The ledger, and the definitions of processes."""

    def __init__(self, statistics: Client, routing: Client) -> None:
        self._statistics, self._routing = statistics, routing

    def history(self, progress: Callable[[int], None] | None = None) -> History:
        """Return all that is recorded. Raises DoorError."""
        return read(filter(_is_of_dossiers, recorded(self._statistics)), progress)

    def definition(self, process: str, version: int) -> dict[str, Any] | None:
        """Return a version's definition, None for one that routing does not know. Raises DoorError."""
        try:
            found = self._routing.get(f"/v1/processes/{quote(process, safe='')}/versions/{version}")
        except DoorError as error:
            if error.code == "process-unknown":
                return None
            raise
        return dict(found["definition"])

    def close(self) -> None:
        """Let go of the connections."""
        self._statistics.close()
        self._routing.close()


def _is_of_dossiers(document: Document) -> bool:
    """Leave out what statistics records of itself: who read, what was rebuilt."""
    return not str(document["source"]).startswith("/lienthong/statistics/")


def recording(reached: Reached) -> Recording:
    """Return what can be read of a system within reach."""
    token = own_token(reached.home, READER)
    return Recording(
        ReadingClient(reached.urls["statistics"], token), ReadingClient(reached.urls["routing"], token)
    )
