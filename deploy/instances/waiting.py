"""Waiting for another process: with a deadline, never for a guessed time."""

from __future__ import annotations

import time
from collections.abc import Callable

PAUSE_SECONDS = 0.05


def until(condition: Callable[[], bool], seconds: float) -> bool:
    """Ask `condition` again and again; True once it holds, False when `seconds` have passed."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(PAUSE_SECONDS)  # noqa: TID251 - a foreign process has nothing to wait on
    return True
