"""How a rebuild's progress is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from services.statistics.problems import READ_MODEL_UNDEFINED
from services.statistics.read_model.builds import Outcome
from services.statistics.read_model.dump import Digest
from services.statistics.read_model.rebuilding import Rebuilding
from shared.acts import Actor
from shared.clock import SystemClock
from shared.errors import RefusedError

SOMEBODY = Actor("administrator", "Nguyễn Văn An")


class Building:
    """Stands for what builds: counts to what it is told, and looks at what is said meanwhile."""

    def __init__(self, counts: list[tuple[int, int]], refuses: bool = False) -> None:
        self.counts, self.refuses = counts, refuses
        self.seen: list[dict[str, Any]] = []
        self.look: Callable[[], dict[str, Any]] = dict

    def rebuild(self, _actor: Actor, *, accept_differences: bool, on_progress: Any) -> Outcome:
        for done, of in self.counts:
            on_progress(done, of)
            self.seen.append(self.look())
        if self.refuses:
            raise RefusedError(READ_MODEL_UNDEFINED, name="dossiers")
        return Outcome(2, 300, Digest("ab", 7), Digest("ab", 7), swapped=accept_differences)


def rebuilding(building: Building, times: list[float]) -> Rebuilding:
    found = Rebuilding(building, SystemClock(), now=iter(times).__next__)  # type: ignore[arg-type]
    building.look = found.standing
    return found


def test_it_says_how_many_are_done_how_fast_and_how_long_it_takes() -> None:
    building = Building([(100, 300), (200, 300), (300, 300)])
    found = rebuilding(building, [10.0, 11.0, 12.0, 13.0])
    assert found.standing()["state"] == "none"
    found.claim(SOMEBODY)
    assert found.standing()["seconds_left"] is None
    found.run(SOMEBODY, accept_differences=True)
    told = [(one["done"], one["of"], one["per_second"], one["seconds_left"]) for one in building.seen]
    assert told == [(100, 300, 100, 2), (200, 300, 100, 1), (300, 300, 100, 0)]
    ended = found.standing()
    assert (ended["state"], ended["outcome"]["version"], ended["begun_by"]) == (
        "finished",
        2,
        "Nguyễn Văn An",
    )


def test_one_that_runs_keeps_others_out_and_one_that_ended_early_does_not() -> None:
    found = rebuilding(Building([(1, 5)], refuses=True), [1.0, 1.0, 2.0, 2.0])
    found.claim(SOMEBODY)
    with pytest.raises(RefusedError) as refused:
        found.claim(SOMEBODY)
    assert refused.value.problem.code == "rebuild-under-way"
    with pytest.raises(RefusedError):
        found.run(SOMEBODY, accept_differences=True)
    assert (found.standing()["state"], found.standing()["code"]) == ("failed", "read-model-undefined")
    found.claim(SOMEBODY)
    assert (found.standing()["state"], found.standing()["code"]) == ("running", None)


def test_what_differs_is_not_called_finished() -> None:
    found = rebuilding(Building([]), [1.0])
    found.claim(SOMEBODY)
    found.run(SOMEBODY, accept_differences=False)
    assert found.standing()["state"] == "differs"
