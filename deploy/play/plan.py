"""Who does what when: a pure function of scenario and scale. Only actions and their times, never a verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from random import Random

from deploy.play import acts, happenings
from deploy.play.acts import Act, PlannedDossier, Turn
from deploy.play.ends import end_of
from deploy.play.happenings import Script
from deploy.play.office_time import DAY, HOUR, OfficeTime, first_day
from deploy.play.outcomes import PENDING, WITHDRAWN, mark
from deploy.play.pace import Pacing, is_plain
from deploy.play.receipts import Receipt, receipts
from deploy.play.scenario import Figures, Scenario, scaled
from deploy.play.ways import Ways
from shared.working_time.vietnam import vietnam_calendar

_WAIT = (4 * HOUR, 4 * DAY)
"""How long applicants are waited for, at least and at most, in working seconds."""


def plan(scenario: Scenario, scale: float = 1.0) -> list[PlannedDossier]:
    """Return the dossiers of a scenario at a scale, in the order of reception.

    The same seed gives the same plan. Due times are computed as the officers of an agency would, to
    know what is in time. Raises ScenarioError when the scenario's figures cannot come out.
    """
    figures = scaled(scenario.figures, scale)
    time = OfficeTime(vietnam_calendar(), scenario.first, scenario.last)
    rng = Random(f"{scenario.name}/{scenario.seed}/{figures.received}")  # noqa: S311
    planner = _Planner(scenario, figures, time, rng)
    drafts = receipts(scenario, figures, planner.ways, time, rng)
    planner.write_scripts(drafts)
    mark(drafts, figures, scenario.mix, time, rng)
    return [planner.dossier(draft) for draft in drafts]


def moved(scenario: Scenario, last: date) -> Scenario:
    """Return the scenario as if it had been in a period of as many working days that ends on `last`.

    For showing it as of today: what agencies' own systems say must not lie far back.
    """
    calendar = vietnam_calendar()
    days = calendar.working_days_between(scenario.first, scenario.last)
    return replace(scenario, first=first_day(calendar, last, days), last=last)


class _Planner:
    """Turns receipts into dossiers with all their times."""

    def __init__(self, scenario: Scenario, figures: Figures, time: OfficeTime, rng: Random) -> None:
        self.ways = Ways(scenario)
        self._scenario = scenario
        self._time = time
        self._rng = rng
        self._pacing = Pacing(self.ways, scenario.mix, time, rng)
        self._play = f"{scenario.name}.{scenario.seed}.{scenario.last:%Y%m%d}.{figures.received}"

    def write_scripts(self, drafts: Sequence[Receipt]) -> None:
        """Draw how the people of dossiers are, and to which of them something unusual happens."""
        for draft in drafts:
            if not is_plain(draft) and not self._pacing.hurry(draft, self._script(draft)):
                # Nobody keeps silent where there is no time for it.
                self._pacing.hurry(draft, replace(self._script(draft), silent=frozenset()))
        for kind in happenings.KINDS:
            wanted = round(self._scenario.mix.happenings.get(kind, 0) * len(drafts))
            for draft in self._rng.sample(drafts, len(drafts)) if wanted else ():
                wanted -= wanted > 0 and self._happens(kind, draft)

    def dossier(self, receipt: Receipt) -> PlannedDossier:
        """Return the plan of one dossier."""
        rng = self._rng
        end = handed_back = None
        if PENDING in receipt.marks:
            turns = self._pacing.begun(receipt).turns if receipt.script else self._begun(receipt)
        elif receipt.script:
            journey = self._pacing.resolved(receipt)
            turns, end = journey.turns, journey.end
        else:
            turns = self._done(receipt, end_of(receipt, self._scenario.mix.early, self._time, rng))
            end = turns[-1].closed_at
        if end and WITHDRAWN not in receipt.marks and rng.random() >= self._scenario.mix.not_collected:
            handed_back = self._in_period(self._time.position(end) + 300 + int(rng.expovariate(1 / DAY)))
        return PlannedDossier(
            play=self._play,
            seed=self._scenario.seed,
            number=receipt.number,
            filing=receipt.filing,
            channel=receipt.channel,
            components=self.ways.components(receipt.filing),
            received_at=receipt.received_at,
            turns=turns,
            resolved_at=end,
            handed_back_at=handed_back,
            manner=_manner(receipt.channel, rng),
        )

    def _script(self, draft: Receipt) -> Script:
        return happenings.script(draft.legs, self._scenario.mix.silence, _WAIT, self._rng)

    def _happens(self, kind: str, draft: Receipt) -> bool:
        """Let something happen to a dossier, if its way and its time allow it; return whether it does."""
        if draft.script and draft.script.happening:
            return False
        possible = happenings.possible(kind, draft.legs, self.ways, draft.received_at)
        if not possible:
            return False
        before = draft.script, draft.soonest, draft.due, draft.due_day
        usual = draft.script or self._script(draft)
        with_it = replace(usual, happening=self._rng.choice(possible))
        if kind == happenings.WITHDRAWAL:
            if draft.due and self._pacing.can_withdraw(draft, with_it):
                draft.marks.add(WITHDRAWN)
                return True
        elif self._pacing.hurry(draft, with_it):
            return True
        draft.script, draft.soonest, draft.due, draft.due_day = before
        return False

    def _done(self, receipt: Receipt, end: int, legs: int | None = None) -> tuple[Turn, ...]:
        """Share the time out over a sequence of legs; each is taken on soon after the one before is done."""
        agencies = [leg["agency"] for leg in receipt.legs[:legs]]
        # The first agencies do most of the work, the desk only takes the result.
        parts = [self._rng.uniform(1, 2) * (len(agencies) - number) for number in range(len(agencies))]
        turns: list[Turn] = []
        before, opened, gone = receipt.received, receipt.received_at, 0.0
        for number, (agency, part) in enumerate(zip(agencies, parts, strict=True), start=1):
            gone += part
            last = number == len(agencies)
            done = end if last else receipt.received + int((end - receipt.received) * gone / sum(parts))
            taken = before + int(min(done - before, 2 * HOUR) * self._rng.uniform(0.05, 0.6))
            turns.append(_worked(number, agency, opened, self._time.at(taken), self._time.at(done)))
            before, opened = done, self._time.at(done)
        return tuple(turns)

    def _begun(self, receipt: Receipt) -> tuple[Turn, ...]:
        """Let a pending dossier come as far as it can have come by the end of the period."""
        rng = self._rng
        done = rng.choice([0, 0, *range(len(receipt.legs))])
        until = min(self._time.end, receipt.received + int(rng.uniform(0.5, 4) * DAY))
        turns = self._done(receipt, until, done + 1)
        taken = turns[done].acts[:1] if rng.random() < 0.8 else ()  # noqa: PLR2004
        return (*turns[:done], replace(turns[done], acts=taken, closed_at=None, outcome=None))

    def _in_period(self, position: int) -> datetime | None:
        return self._time.at(position) if position <= self._time.end else None


def _worked(number: int, agency: str, opened: datetime, taken: datetime, done: datetime) -> Turn:
    what = (Act(acts.ACCEPT, taken), Act(acts.COMPLETE, done))
    return Turn(number, agency, opened, what, closed_at=done, outcome="completed")


def _manner(channel: str, rng: Random) -> str:
    if channel == "direct":
        return "direct" if rng.random() < 0.97 else "post"  # noqa: PLR2004
    return "post" if channel == "post" or rng.random() < 0.3 else "online"  # noqa: PLR2004
