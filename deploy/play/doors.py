"""The services' doors, as a player finds them, and what is common to everything that goes through them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any

from deploy.play.client import Client
from shared.messaging.broker import Broker

BATCH = 1000
"""The most lines that a door takes in at once."""
PAUSE = 0.05
"""Seconds to wait before looking again when nothing was there."""


class PlayError(Exception):
    """The play cannot go on; the text names the dossiers and what they lack."""


@dataclass(frozen=True, slots=True)
class Doors:
    """Where the services are, and as whom the player comes."""

    intake_url: str
    routing_url: str
    processing_url: str
    statistics_url: str
    administrator_token: str
    historian_token: str
    broker: Broker
    """As an account that reads the queues of all connected agencies, unless `broker_of` is given."""
    broker_of: Callable[[str], Broker] | None = None
    """The broker as an agency's own account sees it, where senders are verified."""


class Clients:
    """Open connections to the services, as historian."""

    def __init__(self, doors: Doors) -> None:
        self.intake = Client(doors.intake_url, doors.historian_token)
        self.routing = Client(doors.routing_url, doors.historian_token)
        self.processing = Client(doors.processing_url, doors.historian_token)

    def close(self) -> None:
        """Let go of them."""
        for client in (self.intake, self.routing, self.processing):
            client.close()


class Patience:
    """Bounds how long nothing may happen."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._since = monotonic()

    @property
    def waited(self) -> float:
        """Seconds since something happened."""
        return monotonic() - self._since

    def renew(self) -> None:
        """Note that something happened."""
        self._since = monotonic()

    def pause(self, missing: Callable[[], str]) -> None:
        """Wait a moment. Raises PlayError, saying what is missing, when nothing happened for too long."""
        if self.waited > self._seconds:
            raise PlayError(f"nothing happened for {self._seconds:.0f} s: {missing()}")
        threading.Event().wait(PAUSE)


def batches(lines: list[Any], size: int = BATCH) -> list[list[Any]]:
    """Cut a list into lists of at most `size`."""
    return [lines[start : start + size] for start in range(0, len(lines), size)]


def refused(answer: Mapping[str, Any], again_on: frozenset[str]) -> bool:
    """Tell whether a line was turned down for a reason that passes. Raises PlayError for any other."""
    problem = answer.get("problem")
    if problem is None:
        return False
    if problem["code"] in again_on:
        return True
    raise PlayError(f"{answer.get('key')}: {problem['code']}: {problem['title']}")


def some(names: list[str], most: int = 5) -> str:
    """Return the first few of many names."""
    rest = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + rest
