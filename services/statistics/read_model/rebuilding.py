"""How the rebuild that this process runs, or ran last, goes on: for a progress bar."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from time import monotonic
from typing import Any, Literal

from services.statistics.problems import REBUILD_UNDER_WAY
from services.statistics.read_model import versions
from services.statistics.read_model.builds import Builder, Outcome
from shared.acts import Actor
from shared.clock import Clock, to_text
from shared.errors import RefusedError

State = Literal["none", "running", "finished", "differs", "failed"]


class Rebuilding:
    """Runs one rebuild at a time and remembers how it stands; nothing is kept when the process ends."""

    def __init__(
        self,
        builder: Builder,
        clock: Clock,
        pause: Callable[[], None] = lambda: None,
        now: Callable[[], float] = monotonic,
    ) -> None:
        """`pause` lets others go on between two batches."""
        self._pause = pause
        self._builder = builder
        self._clock = clock
        self._now = now
        self._state: State = "none"
        self._facts: dict[str, Any] = {}
        self._began = self._counted = 0.0

    def claim(self, actor: Actor) -> None:
        """Say that a rebuild is about to run. Raises RefusedError with `rebuild-under-way`."""
        if self._state == "running":
            raise RefusedError(REBUILD_UNDER_WAY, name=versions.NAME)
        self._state = "running"
        self._began = self._counted = self._now()
        self._facts = {
            "begun_at": to_text(self._clock.now()),
            "begun_by": actor.subject,
            "done": 0,
            "of": None,
        }

    def run(self, actor: Actor, *, accept_differences: bool) -> Outcome:
        """Run what was claimed. Raises what `Builder.rebuild` raises; how it ended stands in `standing` then."""
        state: State = "failed"
        try:
            outcome = self._builder.rebuild(
                actor, accept_differences=accept_differences, on_progress=self._count
            )
            state = "finished" if outcome.swapped else "differs"
            self._facts |= {"outcome": rebuild_of(outcome)}
        except RefusedError as refused:
            self._facts |= {"code": refused.problem.code}
            raise
        finally:
            self._facts |= {"ended_at": to_text(self._clock.now())}
            self._state = state
        return outcome

    def standing(self) -> dict[str, Any]:
        """Return how it stands: entries of the ledger done, of how many, how many a second, seconds left."""
        facts = {**dict.fromkeys(_FACTS), **self._facts}
        spent, done = self._counted - self._began, facts["done"] or 0
        rate = done / spent if spent > 0 else 0.0
        left = facts["of"] - done if self._state == "running" and facts["of"] is not None else None
        return {
            "state": self._state,
            **facts,
            "per_second": round(rate),
            "seconds_left": None
            if left is None
            else 0
            if left <= 0
            else round(left / rate)
            if rate
            else None,
        }

    def _count(self, done: int, of: int) -> None:
        self._facts |= {"done": done, "of": max(done, of)}
        self._counted = self._now()
        self._pause()


_FACTS = ("begun_at", "begun_by", "ended_at", "done", "of", "code", "outcome")


def rebuild_of(outcome: Outcome) -> dict[str, Any]:
    """Return what a rebuild came to."""
    return {
        "version": outcome.version,
        "ledger_sequence": outcome.ledger_sequence,
        "rows": outcome.digest.rows,
        "sha256": outcome.digest.sha256,
        "previous_sha256": outcome.previous.sha256 if outcome.previous else None,
        "swapped": outcome.swapped,
        "differences": [asdict(difference) for difference in outcome.differences[:100]],
    }
