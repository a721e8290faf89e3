"""What can go wrong with a private instance."""

from __future__ import annotations

from pathlib import Path

TAIL_LINES = 30


class InstanceError(Exception):
    """A private instance could not be set up, started, asked or stopped; the text says why."""


def with_tail(sentence: str, log: Path) -> InstanceError:
    """Return an error that ends with what the server said last."""
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-TAIL_LINES:]
    except OSError:
        lines = []
    tail = "\n".join(lines) or "(nothing)"
    return InstanceError(f"{sentence}\nThe end of {log}:\n{tail}")
