"""When the last agency is done, so that the verdict can only be the one that was planned."""

from __future__ import annotations

from random import Random

from deploy.play.office_time import DAY, HOUR, OfficeTime
from deploy.play.outcomes import LATE, NEAR
from deploy.play.receipts import Receipt
from deploy.play.scenario import ScenarioError

_MINUTE = 60

Range = tuple[int, int]


def end_of(receipt: Receipt, early: float, time: OfficeTime, rng: Random) -> int:
    """Return the position at which the last leg is completed. Raises ScenarioError when there is none."""
    soonest = receipt.soonest
    if receipt.due is None:
        return rng.randint(soonest, max(soonest, min(receipt.received + 10 * DAY, time.end)))
    if LATE in receipt.marks:
        return _late(receipt, soonest, time, rng)
    if NEAR in receipt.marks:
        choices = [_near(receipt, time), *_in_time(receipt, soonest, time)]
    else:
        choices = _in_time(receipt, soonest, time)
        if rng.random() >= early:
            choices.reverse()
    for low, high in choices:
        low, high = max(low, soonest), min(high, time.end)  # noqa: PLW2901
        if low <= high:
            return _towards_the_end(low, high, rng)
    raise ScenarioError(f"dossier {receipt.number} cannot be resolved in time")


def _in_time(receipt: Receipt, soonest: int, time: OfficeTime) -> list[Range]:
    """Return where an end is early, and where it is on time by the date (or as little early by the clock)."""
    due = _due(receipt, time)
    if receipt.in_hours:
        return [(soonest, due - HOUR), (due - HOUR, due - 1)]
    opening = receipt.due_day * DAY
    return [(soonest, opening - 1), (opening, opening + DAY - 1)]


def _near(receipt: Receipt, time: OfficeTime) -> Range:
    """Return where an end is in time and within a working hour of the due moment, before or after."""
    due = _due(receipt, time)
    if receipt.in_hours:
        return due - HOUR, due - 1
    opening = receipt.due_day * DAY
    return max(opening, due - HOUR), min(opening + DAY - 1, due + HOUR)


def _late(receipt: Receipt, soonest: int, time: OfficeTime, rng: Random) -> int:
    due = _due(receipt, time)
    first = max(soonest, due + _MINUTE if receipt.in_hours else (receipt.due_day + 1) * DAY)
    if first > time.end:
        raise ScenarioError(f"dossier {receipt.number} cannot be late within the period")
    if NEAR in receipt.marks:
        return rng.randint(first, max(first, min(due + HOUR, time.end)))
    return min(first + int(rng.expovariate(1 / (3 * DAY))), rng.randint(first, time.end))


def _due(receipt: Receipt, time: OfficeTime) -> int:
    assert receipt.due  # noqa: S101
    return time.position(receipt.due)


def _towards_the_end(low: int, high: int, rng: Random) -> int:
    return low + int((high - low) * rng.betavariate(2.5, 1.2))
