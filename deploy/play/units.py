"""Scenarios that say how many dossiers each unit resolved, and how many of them were filed online.

Sources print a province's ratio and how many units are over a target, seldom more. From that this makes whole
numbers, always the same ones: a unit over the target has six of ten dossiers filed online, the others share in
what the province's ratio leaves over, in proportion to their size and each below the target.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from deploy.play.acts import ACCEPT, COMPLETE, Act, PlannedDossier, Turn
from deploy.play.office_time import DAY, HOUR, OfficeTime
from deploy.play.scenario import Scenario, ScenarioError, UnitPlan, UnitShare, apportion
from deploy.play.ways import Ways
from shared.working_time.vietnam import vietnam_calendar

LEAST = 3
"""Dossiers of the smallest unit: with fewer none is below half and yet has one that was filed online."""
_OVER = Decimal("0.6")
_LATER = Decimal("0.2")
_HALF = 2
_POST = 0.1
"""Of what is not filed online."""
_CARRIED = 0.2
"""Of what is resolved after the count: received on the day of the count."""
_HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Count:
    """One unit's dossiers: up to the count, and from then to the cut-off."""

    share: UnitShare
    resolved: int
    online: int
    later: int
    later_online: int

    @property
    def is_over(self) -> bool:
        """Whether it reached half at the count."""
        return _HALF * self.online >= self.resolved

    @property
    def is_over_at_cut_off(self) -> bool:
        """Whether it has reached half by the cut-off."""
        return _HALF * (self.online + self.later_online) >= self.resolved + self.later


def counts(plan: UnitPlan, scale: float) -> list[Count]:
    """Return each unit's numbers at a scale; the province's ratio comes out to the hundredth.

    Raises ScenarioError when no whole numbers do.
    """
    least = LEAST * len(plan.units)
    resolved, online = _whole(plan.ratio, max(least, round(plan.resolved * scale)))
    extra = apportion(resolved - least, [share.weight for share in plan.units])
    sizes = [LEAST + more for more in extra]
    over = [
        _up(_OVER * size) if share.reaches == "before" else 0
        for share, size in zip(plan.units, sizes, strict=True)
    ]
    most = [0 if has else (size - 1) // _HALF for has, size in zip(over, sizes, strict=True)]
    below = _shared(online - sum(over), most)
    return [
        _count(share, size, had or got)
        for share, size, had, got in zip(plan.units, sizes, over, below, strict=True)
    ]


def plan_units(scenario: Scenario, scale: float) -> list[PlannedDossier]:
    """Return the dossiers of a scenario by unit, in the order of reception. Raises ScenarioError."""
    plan = scenario.units
    if plan is None:
        raise ScenarioError(f"{scenario.name} does not say what each unit did")
    numbers = counts(plan, scale)
    calendar = vietnam_calendar()
    rng = Random(f"{scenario.name}/{scenario.seed}/{sum(one.resolved for one in numbers)}")  # noqa: S311
    drafts = [
        *_drafts(OfficeTime(calendar, scenario.first, plan.counted_until), numbers, rng, later=False),
        *_drafts(OfficeTime(calendar, plan.counted_until, scenario.last), numbers, rng, later=True),
    ]
    drafts.sort(key=lambda draft: draft.time.at(draft.received))
    ways = Ways(scenario, calendar)
    play = f"{scenario.name}.{scenario.seed}.{scenario.last:%Y%m%d}.{len(drafts)}"
    return [
        _dossier(scenario, play, number, draft, ways, rng) for number, draft in enumerate(drafts, start=1)
    ]


@dataclass(frozen=True, slots=True)
class _Draft:
    """A dossier at reception, in the office time of its part of the year."""

    time: OfficeTime
    received: int
    share: UnitShare
    channel: str
    carried: bool
    """Whether it comes in on the day of the count and is resolved after it."""


def _drafts(time: OfficeTime, numbers: Sequence[Count], rng: Random, *, later: bool) -> Iterator[_Draft]:
    """Yield who files what when: early enough to be resolved in the same part of the year."""
    first = DAY if later else 0
    for one in numbers:
        resolved, online = (one.later, one.later_online) if later else (one.resolved, one.online)
        for number in range(resolved):
            other = "post" if rng.random() < _POST else "direct"
            carried = later and rng.random() < _CARRIED
            received = rng.randint(0, DAY - 1) if carried else rng.randint(first, time.end - 3 * DAY)
            yield _Draft(time, received, one.share, "online" if number < online else other, carried)


def _dossier(
    scenario: Scenario, play: str, number: int, draft: _Draft, ways: Ways, rng: Random
) -> PlannedDossier:
    time, share = draft.time, draft.share
    at = time.at(draft.received)
    taken = draft.received + rng.randint(HOUR // 6, 2 * HOUR)
    done = max(taken, DAY if draft.carried else 0) + rng.randint(HOUR, DAY + 4 * HOUR)
    (leg,) = ways.legs(share.filing, draft.channel, at)
    told = (Act(ACCEPT, time.at(taken)), Act(COMPLETE, time.at(done)))
    turn = Turn(1, leg["agency"], at, told, closed_at=time.at(done), outcome="completed")
    return PlannedDossier(
        play=play,
        seed=scenario.seed,
        number=number,
        filing=share.filing,
        channel=draft.channel,
        components=ways.components(share.filing),
        received_at=at,
        turns=(turn,),
        resolved_at=time.at(done),
        handed_back_at=time.at(min(done + rng.randint(HOUR // 6, HOUR), time.end)),
        manner="online" if draft.channel == "online" else "direct",
    )


def _count(share: UnitShare, resolved: int, online: int) -> Count:
    later = max(LEAST, _up(_LATER * resolved))
    if share.reaches == "by-cut-off":
        missing = resolved - _HALF * online
        later = max(later, missing)
        return Count(share, resolved, online, later, later)
    # Whoever is over stays so, whoever is below too.
    if share.reaches == "before":
        return Count(share, resolved, online, later, _up(_OVER * later))
    most = (resolved + later - 1) // _HALF - online
    return Count(share, resolved, online, later, min(most, round(later * online / resolved)))


def _whole(ratio: str, at_least: int) -> tuple[int, int]:
    """Return the smallest total from `at_least` on, with the part of it, that make a ratio in per cent."""
    wanted = Decimal(ratio)
    for total in range(at_least, at_least + 10_000):
        part = int((total * wanted / 100).to_integral_value(ROUND_HALF_UP))
        if (Decimal(100 * part) / total).quantize(_HUNDREDTH, ROUND_HALF_UP) == wanted:
            return total, part
    raise ScenarioError(f"no whole numbers make {ratio} %")


def _shared(total: int, most: Sequence[int]) -> list[int]:
    """Share a total out in proportion to the most that each can have. Raises ScenarioError."""
    if not 0 <= total <= sum(most):
        raise ScenarioError(f"{total} online dossiers cannot be those of units below the target")
    return apportion(total, list(most))


def _up(value: Decimal) -> int:
    return int(value.to_integral_value("ROUND_CEILING"))


def over_by_level(
    scenario: Scenario, numbers: Sequence[Count], *, at_cut_off: bool
) -> Mapping[str, list[int]]:
    """Return for each level how many units are over, of how many."""
    levels = {agency["agency"]: agency["level"] for agency in scenario.agencies}
    found: dict[str, list[int]] = {}
    for one in numbers:
        of = found.setdefault(levels[one.share.unit], [0, 0])
        of[0] += one.is_over_at_cut_off if at_cut_off else one.is_over
        of[1] += 1
    return found
