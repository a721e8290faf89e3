"""Waiting for what other processes do, with a deadline."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from deploy.instances.waiting import until

SECONDS = 30.0

Value = TypeVar("Value")


def eventually(question: Callable[[], Value], what: str, seconds: float = SECONDS) -> Value:
    """Return the first answer that is true; fail when none came in time."""
    answers: list[Value] = []

    def holds() -> bool:
        answers[:] = [question()]
        return bool(answers[0])

    assert until(holds, seconds), f"not within {seconds:.0f} s: {what}; it is {answers[0]!r}"
    return answers[0]
