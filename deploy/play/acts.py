"""What is planned to happen to a dossier: acts, turn by turn. Only actions and their times, never a verdict."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from deploy.play.people import person
from deploy.play.scenario import Filing

EVER = datetime.max.replace(tzinfo=UTC)

ACCEPT, COMPLETE, OPINION = "accept-leg", "complete-leg", "give-opinion"
RETURN, TRANSFER, RECALL = "return-leg", "transfer-leg", "recall-leg"
SUPPLEMENT, ACKNOWLEDGE = "request-supplement", "acknowledge-message"
FULFIL, WITHDRAW = "fulfil", "withdraw"

AT_THE_DESK = frozenset({FULFIL, WITHDRAW})
"""Acts of applicants, that the desk records; all others are commands of agencies."""
PLAIN = frozenset({ACKNOWLEDGE, ACCEPT, COMPLETE, OPINION})
"""Commands that do no harm when they are given twice."""


@dataclass(frozen=True, slots=True)
class Act:
    """Something that an agency says about a leg, or an applicant about the dossier."""

    command: str
    at: datetime
    data: Mapping[str, Any] = field(default_factory=dict, hash=False)
    by: int | None = None
    """The number of the leg whose agency says it; None: the leg's own."""
    name: str = ""
    """How its key ends, where that is not the command."""

    @property
    def leads_on(self) -> bool:
        """Whether it changes where the dossier stands: what comes later has to wait for it."""
        return self.command not in {ACCEPT, ACKNOWLEDGE} or bool(self.name)


def silence(at: datetime) -> Act:
    """Return what shows that an agency has said nothing until its term had ended."""
    return Act(ACKNOWLEDGE, at, name="silence")


@dataclass(frozen=True, slots=True)
class Turn:
    """An agency's turn: one attempt at one leg, and what is done in it."""

    number: int
    agency: str
    opened_at: datetime
    acts: tuple[Act, ...] = ()
    attempt: int = 1
    closed_at: datetime | None = None
    """When it ends; None: not in this plan."""
    outcome: str | None = None
    """How it ends, in routing's words."""
    applicants: bool = False
    """Whether it is the applicant's turn, so that no agency gets any work."""
    beside: frozenset[str] = frozenset()
    """The agencies whose turn it is at the same time."""

    def until(self, moment: datetime) -> Turn:
        """Return what of it happens up to a moment."""
        acts = tuple(act for act in self.acts if act.at <= moment)
        if self.closed_at is not None and self.closed_at <= moment:
            return replace(self, acts=acts)
        return replace(self, acts=acts, closed_at=None, outcome=None)

    def time_of(self, command: str) -> datetime | None:
        """Return when a command is given in it, if it is."""
        return next((act.at for act in self.acts if act.command == command), None)


@dataclass(frozen=True, slots=True)
class Step:
    """Acts of one turn that can be done together, once all steps before are done."""

    turn: Turn
    acts: tuple[Act, ...]
    begins: bool = False
    """Whether it is the first of its turn."""

    @property
    def at_the_desk(self) -> bool:
        """Whether it is an applicant's."""
        return any(act.command in AT_THE_DESK for act in self.acts)


@dataclass(frozen=True, slots=True)
class PlannedDossier:
    """What happens to one dossier. What people do lies in Viet Nam's office hours."""

    play: str
    """Names the scenario, its seed, last day and size: two plays never share a key."""
    seed: int
    number: int
    """Counted from 1 in the order of reception."""
    filing: Filing
    channel: str
    components: tuple[tuple[str, int], ...]
    """Papers, and how many copies of each."""
    received_at: datetime
    turns: tuple[Turn, ...]
    """In the order in which they open."""
    resolved_at: datetime | None
    """When the last agency is done, or the applicant withdraws; None while pending."""
    handed_back_at: datetime | None
    manner: str

    @property
    def withdrawn(self) -> bool:
        """Whether its applicant takes it back."""
        return any(turn.time_of(WITHDRAW) for turn in self.turns)

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
            "components": [{"code": code, "copies": copies} for code, copies in self.components],
            "happened_at": self.received_at.isoformat(),
            "accept": True,
        }
        if filing.area:
            submission["area"] = filing.area
        if filing.facts:
            submission["facts"] = dict(filing.facts)
        if filing.applicant_agency:
            submission["applicant_agency"] = filing.applicant_agency
        return submission

    def key(self, act: str) -> str:
        """Return the idempotency key of an act on this dossier: the same in every run."""
        return f"{self.play}/{self.number}/{act}"

    def key_of(self, turn: Turn, act: Act) -> str:
        """Return the idempotency key of an act in a turn."""
        number = f"{turn.number}" if turn.attempt == 1 else f"{turn.number}.{turn.attempt}"
        return self.key(f"{number}/{act.name or act.command}")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a play: what happens from `since` on, and before `until`."""

    since: datetime | None = None
    until: datetime | None = None
    successors: Mapping[str, Collection[str]] = field(default_factory=dict, hash=False)
    """Who goes on with the legs of agencies that ended before this part."""

    def holds(self, moment: datetime | None) -> bool:
        """Return whether a moment lies in it."""
        if moment is None:
            return False
        return (self.since is None or moment >= self.since) and (self.until is None or moment < self.until)

    def steps(self, dossier: PlannedDossier) -> list[Step]:
        """Return what is to be done in it with a dossier after its reception, in order."""
        steps = [step for turn in dossier.turns for step in self._of(turn)]
        steps.sort(key=_when)
        return steps

    def _of(self, turn: Turn) -> list[Step]:
        acts = [act for act in turn.acts if self.holds(act.at)]
        begins = self.holds(turn.opened_at) and not turn.applicants
        steps: list[Step] = []
        run: list[Act] = []
        for act in acts:
            if run and act.command in AT_THE_DESK:
                steps.append(Step(turn, tuple(run), begins and not steps))
                run = []
            run.append(act)
            if act.leads_on:
                steps.append(Step(turn, tuple(run), begins and not steps))
                run = []
        if run or (begins and not steps):
            steps.append(Step(turn, tuple(run), begins and not steps))
        return steps


WHOLE = Part()
"""All of a play."""


def _when(step: Step) -> datetime:
    """Return when a step is done; what nobody acts on comes when it is over, or last."""
    return step.acts[-1].at if step.acts else step.turn.closed_at or EVER
