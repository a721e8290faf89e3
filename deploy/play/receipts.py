"""What is filed when: the dossiers of a scenario at reception."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from random import Random

from deploy.play.happenings import Script
from deploy.play.office_time import DAY, OfficeTime
from deploy.play.scenario import Figures, Filing, Scenario, ScenarioError, apportion
from deploy.play.ways import Leg, Ways
from shared.working_time.terms import Unit

_MONDAY = 1.15
"""How much more comes in on a Monday."""
_LAST_DAY = 0.6
"""The part of the last day in which dossiers are received, so that each could still be resolved."""


QUICKEST = 20 * 60
"""The shortest time from reception to result along a plain sequence of legs, in seconds."""


@dataclass(slots=True)
class Receipt:
    """A dossier at reception; `received` is a position in office time."""

    number: int
    filing: Filing
    channel: str
    received: int
    received_at: datetime
    legs: Sequence[Leg]
    in_hours: bool
    """Whether the limit is in hours, so that minutes count and not dates."""
    due: datetime | None = None
    due_day: int = 0
    """The number of the due time's working day."""
    soonest: int = 0
    """The position at which the last leg can be completed, if everybody hurries."""
    script: Script | None = None
    """How its people are, unless its legs are a plain sequence and nothing unusual happens."""
    marks: set[str] = field(default_factory=set)
    """What is to become of it: pending, overdue, late, near, withdrawn."""

    def set_due(self, due: datetime | None, time: OfficeTime) -> None:
        """Note when it is due."""
        self.due = due
        self.due_day = time.local_day(due) if due else 0


def receipts(
    scenario: Scenario, figures: Figures, ways: Ways, time: OfficeTime, rng: Random
) -> list[Receipt]:
    """Return the dossiers in the order of reception, numbered from 1."""
    positions = _positions(figures.received, time, rng, scenario.received_until)
    filings = _filings(scenario, figures, rng)
    _bring_forward(filings, positions, time, rng)
    channels = _channels(scenario, filings, ways, rng)
    drafts = []
    for number, (position, filing, channel) in enumerate(
        zip(positions, filings, channels, strict=True), start=1
    ):
        at = time.at(position)
        in_hours = ways.unit(filing, channel) is Unit.WORKING_HOUR
        legs = ways.legs(filing, channel, at)
        receipt = Receipt(number, filing, channel, position, at, legs, in_hours)
        receipt.set_due(ways.due(filing, channel, at), time)
        receipt.soonest = position + QUICKEST
        drafts.append(receipt)
    return drafts


def _bring_forward(filings: list[Filing], positions: Sequence[int], time: OfficeTime, rng: Random) -> None:
    """Let dossiers that need many days change places with others that came in sooner."""
    for index in reversed(range(len(filings))):
        latest = time.end - filings[index].days_needed * DAY
        if not filings[index].days_needed or positions[index] <= latest:
            continue
        sooner = [
            other
            for other in range(index)
            if positions[other] <= latest and filings[other].days_needed < filings[index].days_needed
        ]
        if sooner:
            other = rng.choice(sooner)
            filings[index], filings[other] = filings[other], filings[index]


def _positions(total: int, time: OfficeTime, rng: Random, last: date | None) -> list[int]:
    days = [day for day in time.days if last is None or day <= last]
    monday = [_MONDAY if day.weekday() == 0 else 1.0 for day in days]
    busy = apportion(total, [weight * rng.uniform(0.8, 1.2) for weight in monday])
    positions = []
    for number, count in enumerate(busy):
        seconds = int(DAY * _LAST_DAY) if number == len(time.days) - 1 else DAY - 1
        positions += [number * DAY + rng.randint(0, seconds) for _ in range(count)]
    return sorted(positions)


def _filings(scenario: Scenario, figures: Figures, rng: Random) -> list[Filing]:
    usual = [filing for filing in scenario.mix.filings if not filing.no_verdict]
    counts = apportion(figures.received - figures.no_verdict, [filing.weight for filing in usual])
    filings = [filing for filing, count in zip(usual, counts, strict=True) for _ in range(count)]
    rng.shuffle(filings)
    odd = [filing for filing in scenario.mix.filings if filing.no_verdict]
    for number in range(figures.no_verdict):
        if not odd:
            raise ScenarioError(f"{scenario.name}: no filing of the mix is without a verdict")
        filings.insert(rng.randint(0, len(filings) // 2), odd[number % len(odd)])
    return filings


def _channels(
    scenario: Scenario,
    filings: Sequence[Filing],
    ways: Ways,
    rng: Random,
) -> list[str]:
    """Share the channels out over all dossiers, as far as their procedures offer them."""
    shares = scenario.mix.channels
    wanted = dict(zip(shares, apportion(len(filings), list(shares.values())), strict=True))
    channels = ["direct"] * len(filings)
    for channel in sorted(wanted.keys() - {"direct"}):
        offering = [
            index
            for index, filing in enumerate(filings)
            if channels[index] == "direct" and channel in ways.procedure(filing).channels
        ]
        for index in rng.sample(offering, min(wanted[channel], len(offering))):
            channels[index] = channel
    return channels
