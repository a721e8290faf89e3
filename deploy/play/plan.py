"""Who does what when: a pure function of scenario and scale. Only actions and their times, never a verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from random import Random
from typing import Any

from deploy.play.ends import end_of
from deploy.play.office_time import DAY, HOUR, OfficeTime, first_day
from deploy.play.outcomes import PENDING, mark
from deploy.play.people import person
from deploy.play.receipts import Receipt, receipts
from deploy.play.scenario import Figures, Filing, Scenario, scaled
from services.routing.rules.planning import plan as plan_legs
from services.routing.rules.structure import Registry
from shared.working_time.vietnam import vietnam_calendar


@dataclass(frozen=True, slots=True)
class PlannedLeg:
    """What an agency does on a leg, and when; None: not yet."""

    agency: str
    accepted_at: datetime | None = None
    completed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PlannedDossier:
    """What happens to one dossier. Times lie in Viet Nam's office hours."""

    play: str
    """Names the scenario, its seed, last day and size: two plays never share a key."""
    seed: int
    number: int
    """Counted from 1 in the order of reception."""
    filing: Filing
    channel: str
    components: tuple[str, ...]
    received_at: datetime
    legs: tuple[PlannedLeg, ...]
    """Every leg of its way, the first first."""
    handed_back_at: datetime | None
    manner: str

    @property
    def resolved_at(self) -> datetime | None:
        """When the last agency is done, or None while pending."""
        return self.legs[-1].completed_at

    @property
    def submission(self) -> dict[str, Any]:
        """The submission as the door takes it in; the applicant does not exist."""
        filing = self.filing
        submission: dict[str, Any] = {
            "procedure": filing.procedure,
            "desk": filing.desk,
            "channel": self.channel,
            "applicant_kind": filing.applicant,
            "person": person(self.seed, self.number, filing.applicant),
            "components": [{"code": code, "copies": 1} for code in self.components],
            "happened_at": self.received_at.isoformat(),
            "accept": True,
        }
        if filing.area:
            submission["area"] = filing.area
        return submission

    def key(self, act: str) -> str:
        """Return the idempotency key of an act on this dossier: the same in every run."""
        return f"{self.play}/{self.number}/{act}"


def plan(scenario: Scenario, scale: float = 1.0) -> list[PlannedDossier]:
    """Return the dossiers of a scenario at a scale, in the order of reception.

    The same seed gives the same plan. Due times are computed as the officers of an agency would, to
    know what is in time. Raises ScenarioError when the scenario's figures cannot come out.
    """
    figures = scaled(scenario.figures, scale)
    calendar = vietnam_calendar()
    time = OfficeTime(calendar, scenario.first, scenario.last)
    rng = Random(f"{scenario.name}/{scenario.seed}/{figures.received}")  # noqa: S311
    drafts = receipts(scenario, figures, time, calendar, rng)
    mark(drafts, figures, scenario.mix, time, rng)
    planner = _Planner(scenario, figures, time, rng)
    return [planner.dossier(draft) for draft in drafts]


def moved(scenario: Scenario, last: date) -> Scenario:
    """Return the scenario as if it had been in a period of as many working days that ends on `last`.

    For showing it as of today: what agencies' own systems say must not lie far back.
    """
    calendar = vietnam_calendar()
    days = calendar.working_days_between(scenario.first, scenario.last)
    return replace(scenario, first=first_day(calendar, last, days), last=last)


class _Planner:
    """Turns marked receipts into dossiers with all their times."""

    def __init__(self, scenario: Scenario, figures: Figures, time: OfficeTime, rng: Random) -> None:
        self._scenario = scenario
        self._time = time
        self._rng = rng
        self._ways = Ways(scenario)
        self._play = f"{scenario.name}.{scenario.seed}.{scenario.last:%Y%m%d}.{figures.received}"

    def dossier(self, receipt: Receipt) -> PlannedDossier:
        """Return the plan of one dossier."""
        mix, rng, filing = self._scenario.mix, self._rng, receipt.filing
        agencies = self._ways.agencies(filing)
        handed_back = None
        if PENDING in receipt.marks:
            legs = self._begun(receipt, agencies)
        else:
            end = end_of(receipt, mix.early, self._time, rng)
            legs = self._done(receipt.received, end, agencies)
            if rng.random() >= mix.not_collected:
                handed_back = self._in_period(end + 300 + int(rng.expovariate(1 / DAY)))
        return PlannedDossier(
            play=self._play,
            seed=self._scenario.seed,
            number=receipt.number,
            filing=filing,
            channel=receipt.channel,
            components=self._ways.components(filing),
            received_at=receipt.received_at,
            legs=legs,
            handed_back_at=handed_back,
            manner=_manner(receipt.channel, rng),
        )

    def _done(self, start: int, end: int, agencies: Sequence[str]) -> tuple[PlannedLeg, ...]:
        """Share the time out over the legs; each is taken on soon after the one before is done."""
        # The first agencies do most of the work, the desk only takes the result.
        parts = [self._rng.uniform(1, 2) * (len(agencies) - number) for number in range(len(agencies))]
        legs: list[PlannedLeg] = []
        before, gone = start, 0.0
        for agency, part in zip(agencies, parts, strict=True):
            gone += part
            done = end if len(legs) == len(agencies) - 1 else start + int((end - start) * gone / sum(parts))
            taken = before + int(min(done - before, 2 * HOUR) * self._rng.uniform(0.05, 0.6))
            legs.append(PlannedLeg(agency, self._time.at(taken), self._time.at(done)))
            before = done
        return tuple(legs)

    def _begun(self, receipt: Receipt, agencies: Sequence[str]) -> tuple[PlannedLeg, ...]:
        """Let a pending dossier come as far as it can have come by the end of the period."""
        rng = self._rng
        done = rng.choice([0, 0, *range(len(agencies))])
        until = min(self._time.end, receipt.received + int(rng.uniform(0.5, 4) * DAY))
        legs = self._done(receipt.received, until, agencies[: done + 1])
        last = PlannedLeg(legs[done].agency, legs[done].accepted_at if rng.random() < 0.8 else None)  # noqa: PLR2004
        return (*legs[:done], last, *(PlannedLeg(agency) for agency in agencies[done + 1 :]))

    def _in_period(self, position: int) -> datetime | None:
        return self._time.at(position) if position <= self._time.end else None


class Ways:
    """The agencies that dossiers of a scenario pass, and the papers that they hold."""

    def __init__(self, scenario: Scenario) -> None:
        self._processes = {process["procedure"]: process for process in scenario.processes}
        self._registry = Registry.of(scenario.agencies)
        self._components = {
            procedure["procedure"]: tuple(it["code"] for it in procedure["components"] if it["required"])
            for procedure in scenario.procedures
        }
        self._agencies: dict[Filing, tuple[str, ...]] = {}

    def agencies(self, filing: Filing) -> tuple[str, ...]:
        """Return the agency of each leg, by routing's own rules."""
        if filing not in self._agencies:
            self._agencies[filing] = tuple(leg["agency"] for leg in self.legs(filing))
        return self._agencies[filing]

    def components(self, filing: Filing) -> tuple[str, ...]:
        """Return the codes of the papers that the procedure asks for."""
        return self._components[filing.procedure]

    def legs(self, filing: Filing) -> list[dict[str, Any]]:
        """Return the legs as routing would plan them: agency, direction, term and reason."""
        return plan_legs(self._processes[filing.procedure], filing.desk, filing.area, self._registry)


def _manner(channel: str, rng: Random) -> str:
    if channel == "direct":
        return "direct" if rng.random() < 0.97 else "post"  # noqa: PLR2004
    return "post" if channel == "post" or rng.random() < 0.3 else "online"  # noqa: PLR2004
