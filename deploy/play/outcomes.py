"""Which dossiers stay pending, which come late, which end close to their due moment."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from random import Random

from deploy.play.office_time import DAY, HOUR, OfficeTime
from deploy.play.receipts import Receipt
from deploy.play.scenario import Figures, Mix, ScenarioError
from shared.clock import VIETNAM

PENDING, OVERDUE, LATE, NEAR, WITHDRAWN = "pending", "overdue", "late", "near", "withdrawn"

_NEAR_OF_LATE = 0.1
_MINUTE = 60


def mark(receipts: Sequence[Receipt], figures: Figures, mix: Mix, time: OfficeTime, rng: Random) -> None:
    """Mark what is to become of each dossier. Raises ScenarioError when the figures cannot come out."""
    _mark_pending(receipts, figures.pending, mix.pending_overdue, time, rng)
    _mark_late(receipts, figures.late, mix, time, rng)
    _mark_near(receipts, round(mix.near_due * figures.resolved), mix, time, rng)


def _mark_pending(
    receipts: Sequence[Receipt], count: int, overdue_share: float, time: OfficeTime, rng: Random
) -> None:
    """Mark the newest and longest, with some luck either way, and a few that should be done long since."""
    limited = [receipt for receipt in receipts if receipt.due and not receipt.marks]
    stuck = [receipt for receipt in limited if receipt.soonest > time.end]
    if len(stuck) > count:
        raise ScenarioError(f"{len(stuck)} dossiers cannot be resolved in time, {count} may be pending")
    for receipt in stuck:
        receipt.marks.add(PENDING)
    limited = [receipt for receipt in limited if not receipt.marks]
    count -= len(stuck)
    newness = {
        receipt.number: receipt.received + min(receipt.due_day, len(time.days)) * DAY + rng.gauss(0, 5 * DAY)
        for receipt in limited
    }

    def newest(among: Iterable[Receipt]) -> list[Receipt]:
        return sorted(among, key=lambda receipt: -newness[receipt.number])

    behind = newest(receipt for receipt in limited if receipt.due_day < len(time.days))
    ahead = newest(receipt for receipt in limited if receipt.due_day >= len(time.days))
    overdue = max(round(count * overdue_share), count - len(ahead))
    if overdue > len(behind):
        raise ScenarioError(f"{count} pending of {len(limited)} dossiers cannot be")
    for receipt in behind[:overdue]:
        receipt.marks |= {PENDING, OVERDUE}
    for receipt in ahead[: count - overdue]:
        receipt.marks.add(PENDING)


def _mark_late(receipts: Sequence[Receipt], count: int, mix: Mix, time: OfficeTime, rng: Random) -> None:
    possible = [
        receipt for receipt in receipts if receipt.due and not receipt.marks and _can_be_late(receipt, time)
    ]
    close = [receipt for receipt in possible if _late_within_the_hour(receipt, time)]
    near = _special_first(close, round(count * _NEAR_OF_LATE), mix, rng)
    chosen = {receipt.number for receipt in near}
    rest = [receipt for receipt in possible if receipt.number not in chosen]
    if count - len(near) > len(rest):
        raise ScenarioError(f"{count} late of {len(possible)} dossiers that fell due cannot be")
    for receipt in near:
        receipt.marks |= {LATE, NEAR}
    for receipt in rng.sample(rest, count - len(near)):
        receipt.marks.add(LATE)


def _mark_near(receipts: Sequence[Receipt], count: int, mix: Mix, time: OfficeTime, rng: Random) -> None:
    count -= sum(NEAR in receipt.marks for receipt in receipts)
    possible = [
        receipt
        for receipt in receipts
        if receipt.due
        and not receipt.marks
        and receipt.due_day < len(time.days)
        # With an hour to spare, so that it can still end where it is to end.
        and receipt.soonest + HOUR < time.position(receipt.due)
    ]
    for receipt in _special_first(possible, count, mix, rng):
        receipt.marks.add(NEAR)


def _special_first(among: Sequence[Receipt], count: int, mix: Mix, rng: Random) -> list[Receipt]:
    """Choose `count`, half of them due on the special days as far as there are such."""

    def special(receipt: Receipt) -> bool:
        return receipt.due is not None and receipt.due.astimezone(VIETNAM).date() in mix.near_due_days

    first, others = _split(among, special)
    chosen = rng.sample(first, min(len(first), (count + 1) // 2))
    return chosen + rng.sample(others, max(0, min(len(others), count - len(chosen))))


def _split(among: Iterable[Receipt], test: Callable[[Receipt], bool]) -> tuple[list[Receipt], list[Receipt]]:
    parts: tuple[list[Receipt], list[Receipt]] = ([], [])
    for receipt in among:
        parts[not test(receipt)].append(receipt)
    return parts


def _can_be_late(receipt: Receipt, time: OfficeTime) -> bool:
    assert receipt.due  # noqa: S101
    if receipt.in_hours:
        return time.position(receipt.due) + 2 * _MINUTE < time.end
    return receipt.due_day + 1 < len(time.days)


def _late_within_the_hour(receipt: Receipt, time: OfficeTime) -> bool:
    """Tell whether late can mean less than a working hour: limits in days are judged by the date."""
    assert receipt.due  # noqa: S101
    return receipt.in_hours or time.position(receipt.due) > (receipt.due_day + 1) * DAY - HOUR + _MINUTE
