"""What is filed when: the dossiers of a scenario at reception."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any

from deploy.play.office_time import DAY, OfficeTime
from deploy.play.scenario import Figures, Filing, Scenario, ScenarioError, apportion
from shared.working_time.calendar import WorkingCalendar
from shared.working_time.due import due_at
from shared.working_time.terms import Term, Unit

_MONDAY = 1.15
"""How much more comes in on a Monday."""
_LAST_DAY = 0.6
"""The part of the last day in which dossiers are received, so that each could still be resolved."""


@dataclass(slots=True)
class Receipt:
    """A dossier at reception; `received` is a position in office time."""

    number: int
    filing: Filing
    channel: str
    received: int
    received_at: datetime
    due: datetime | None
    due_day: int = 0
    """The number of the due time's working day."""
    in_hours: bool = False
    """Whether the limit is in hours, so that minutes count and not dates."""
    marks: set[str] = field(default_factory=set)
    """What is to become of it: pending, overdue, late, near."""


def receipts(
    scenario: Scenario, figures: Figures, time: OfficeTime, calendar: WorkingCalendar, rng: Random
) -> list[Receipt]:
    """Return the dossiers in the order of reception, numbered from 1."""
    positions = _positions(figures.received, time, rng)
    filings = _filings(scenario, figures, rng)
    procedures = {procedure["procedure"]: procedure for procedure in scenario.procedures}
    channels = _channels(scenario, filings, procedures, rng)
    terms = _Terms(procedures)
    drafts = []
    for number, (position, filing, channel) in enumerate(
        zip(positions, filings, channels, strict=True), start=1
    ):
        at = time.at(position)
        receipt = Receipt(number, filing, channel, position, at, None)
        term = terms.of(filing.procedure, channel)
        if term is not None:
            receipt.due = due_at(at, term, calendar).at
            receipt.due_day = time.local_day(receipt.due)
            receipt.in_hours = term.unit is Unit.WORKING_HOUR
        drafts.append(receipt)
    return drafts


class _Terms:
    """The term that applies to a procedure filed through a channel."""

    def __init__(self, procedures: Mapping[str, Mapping[str, Any]]) -> None:
        self._procedures = procedures
        self._known: dict[tuple[str, str], Term | None] = {}

    def of(self, code: str, channel: str) -> Term | None:
        """Return it, or None where law states no limit."""
        if (code, channel) not in self._known:
            procedure = self._procedures[code]
            online = procedure.get("limit_online") if channel == "online" else None
            limit = online or procedure["limit"]
            self._known[code, channel] = Term.parse(limit) if limit else None
        return self._known[code, channel]


def _positions(total: int, time: OfficeTime, rng: Random) -> list[int]:
    monday = [_MONDAY if day.weekday() == 0 else 1.0 for day in time.days]
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
    procedures: Mapping[str, Mapping[str, Any]],
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
            if channels[index] == "direct" and channel in procedures[filing.procedure]["channels"]
        ]
        for index in rng.sample(offering, min(wanted[channel], len(offering))):
            channels[index] = channel
    return channels
