"""The works of all legs: handing over, commands, terms, what routing changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

from eventsourcing.persistence import ApplicationRecorder

from services.processing.application.ladder import VERSIONS, Ladder
from services.processing.domain import BY_QUEUE, BY_WORKLIST, Work
from services.processing.domain.events import CONSENTED
from services.processing.domain.turns import LAPSES
from services.processing.ports import Agencies, Deadlines, Deliveries, Notice, Succession, Worklist
from services.processing.problems import UNKNOWN_COMMAND, UNKNOWN_LEG
from shared.acts import Act
from shared.errors import NotYetKnownError, RefusedError
from shared.event_sourcing import Application

LEG_DUE = "leg-due"
"""The name of the deadline that ends a leg's term."""
HISTORIAN_SPEAKS_WITHIN = timedelta(seconds=20)
"""How long a term long past waits before silence counts as consent: the opinion may be told next."""

_THE_APPLICANTS = frozenset({"payment", "supplement"})
"""Pauses in which there is nothing for an agency to do."""


class Processing(Application):
    """The works of all legs."""

    name = "processing"

    def __init__(
        self,
        recorder: ApplicationRecorder,
        agencies: Agencies,
        deliveries: Deliveries,
        deadlines: Deadlines,
        worklist: Worklist,
        ladder: Ladder,
    ) -> None:
        super().__init__(recorder)
        self._agencies = agencies
        self._deliveries = deliveries
        self._deadlines = deadlines
        self._worklist = worklist
        self._ladder = ladder

    def open_work(self, opened: Mapping[str, Any], act: Act) -> None:
        """Hand a leg that routing opened over to its agency; a second time changes nothing.

        A leg that waits for the applicant's papers or money is no agency's work.
        Raises NotYetKnownError with `agency/<id>` while no word of the agency has come.
        """
        leg = UUID(opened["leg"])
        if opened.get("pause") in _THE_APPLICANTS or self.find(leg) is not None:
            return
        act = act.on(leg=leg)
        work = Work.hand_over(leg, opened, self._way_to(opened["agency"]), act)
        self.add(work)
        self._lay_before(work, act)
        self._set_term(work, act)

    def resume_work(self, resumed: Mapping[str, Any], act: Act) -> None:
        """Let a work go on for which the applicant did what it waited for; it has a new due time."""
        leg = UUID(resumed["leg"])
        # Another process may have heard that it waits; nothing recorded, no conflict would tell.
        work, act = cast("Work | None", self.find_afresh(leg)), act.on(leg=leg)
        if work is not None and work.resume(resumed["kind"], resumed["due_at"], act):
            self._set_term(work, act)
            self._ladder.set(work, act)
            self._tell(work, "resumed", act)
            self._worklist.show(work)

    def withdraw_work(self, leg: str, act: Act) -> None:
        """End a work that nobody needs any more."""
        work, act = self._routed(leg, act)
        if work is not None and work.withdraw(act):
            self._tell(work, "withdrawn", act)
            self._finish(work, act)

    def rehome_work(self, rehomed: Mapping[str, Any], act: Act) -> None:
        """Lay a work before its agency's successor: nothing more goes to the old one, the term stays.

        Raises NotYetKnownError with `agency/<id>` while no word of the successor has come.
        """
        work, act = self._routed(rehomed["leg"], act)
        if work is None or work.outcome:
            return
        notice = Notice(work.agency, work.hand_over_id, "rehomed", rehomed["basis"])
        was_by_queue = work.by == BY_QUEUE
        if work.rehome(rehomed["agency"], self._way_to(rehomed["agency"]), act):
            self._lay_before(work, act, Succession(notice.agency, rehomed["basis"]))
            if work.suspended:
                self._tell(work, "paused", act)
            if was_by_queue:
                self._deliveries.notify(work, notice, act)
                self._deliveries.answer(notice.agency, [notice.hand_over], "rehomed")

    def end_term(self, leg_id: UUID, version: int, act: Act) -> None:
        """Note that a leg's term has passed: idempotent by (leg, deadline, version)."""
        work = cast("Work | None", self.find(leg_id))
        if work is not None and version > work.term_version:
            self.doubt()  # Another process has moved the term.
            work = cast("Work | None", self.find(leg_id))
        if work is None or version != work.term_version:
            return
        act = act.on(root=UUID(work.root), leg=leg_id)
        if work.end_term(act):
            self._worklist.show(work)
            if work.outcome:
                self._tell(work, "lapsed", act)
                self._finish(work, act)

    def remind(self, leg_id: UUID, version: int, act: Act) -> None:
        """Climb the ladder of reminders of a work as far as it is due: each rung once."""
        work = cast("Work | None", self.find(leg_id))
        if work is not None and version // VERSIONS > work.version:
            self.doubt()  # Another process has changed it since.
            work = cast("Work | None", self.find(leg_id))
        if work is not None:
            self._ladder.climb(work, version, act.on(root=UUID(work.root), leg=leg_id))

    def execute(self, command: str, data: Mapping[str, Any], act: Act, agency: str) -> dict[str, Any]:
        """Carry out an agency's command, whichever door it came through, and return where the leg stands.

        `command` is the last part of its type, such as `accept-leg`; `data` was checked with its schema.
        Raises RefusedError: `unknown-command`, `unknown-leg`, or what the work's own method raises.
        """
        method = _COMMANDS.get(command)
        if method is None:
            raise RefusedError(UNKNOWN_COMMAND, command=command)
        leg = UUID(str(data["leg"]))
        work = cast("Work | None", self.find(leg))
        if work is None:
            raise RefusedError(UNKNOWN_LEG, leg=leg)
        act = replace(act, actor=replace(act.actor, agency=agency)).on(root=UUID(work.root), leg=leg)
        fields = {name: value for name, value in data.items() if name != "leg"}
        before = work.outcome, work.suspended
        method(work, act, **fields, **self._knowledge(command, work, fields, act))
        if command == "acknowledge-message":
            self._deliveries.answer(agency, [work.hand_over_id], _by(act))
        if (work.outcome, work.suspended) != before:
            self._follow(work, act, fields.get("reason"))
        self._worklist.show(work)
        return _standing(work)

    def _follow(self, work: Work, act: Act, reason: str | None) -> None:
        """Do what follows from a command that ended the leg or stopped its clock, whichever it was."""
        self._deadlines.settle(work.id, LEG_DUE)
        if not work.outcome:
            self._tell(work, "paused", act, reason)
            return
        if notice := _ENDED_BY_OTHERS.get(work.outcome):
            self._tell(work, notice, act, reason)
        self._finish(work, act)

    def _knowledge(
        self, command: str, work: Work, fields: Mapping[str, Any], act: Act
    ) -> Mapping[str, object]:
        """Return what a command must know of agencies beside its own fields."""
        if command == "transfer-leg":
            to = self._agencies.get(fields["to"])
            return {"known": to is not None and to.is_in_being(act.happened_at)}
        if command == "recall-leg":
            return {"rightful": self._standing_for(work.details["from_agency"], act)}
        return {}

    def _standing_for(self, agency_id: str, act: Act) -> set[str]:
        """Return who acts for an agency: itself, or once it has ended, whoever succeeds it."""
        acting: set[str] = set()
        seen: set[str] = set()
        to_see = [agency_id]
        while to_see:
            one = to_see.pop()
            agency = self._agencies.get(one)
            if agency is None or agency.is_in_being(act.happened_at):
                acting.add(one)
            elif one not in seen:
                seen.add(one)
                to_see += agency.successors
        return acting

    def _routed(self, leg: str, act: Act) -> tuple[Work | None, Act]:
        """Return the work on a leg that routing speaks of, if there is any; an applicant's leg has none."""
        leg_id = UUID(leg)
        return cast("Work | None", self.find(leg_id)), act.on(leg=leg_id)

    def _way_to(self, agency_id: str) -> str:
        agency = self._agencies.get(agency_id)
        if agency is None:
            raise NotYetKnownError(f"agency/{agency_id}")
        return BY_QUEUE if agency.connected else BY_WORKLIST

    def _lay_before(self, work: Work, act: Act, succession: Succession | None = None) -> None:
        self._worklist.show(work)
        self._ladder.set(work, act)
        if work.by == BY_QUEUE:
            self._deliveries.hand_over(work, act, succession)

    def _tell(self, work: Work, state: str, act: Act, note: str | None = None) -> None:
        if work.by == BY_QUEUE:
            self._deliveries.notify(work, Notice(work.agency, work.hand_over_id, state, note), act)

    def _finish(self, work: Work, act: Act) -> None:
        """See to it that a leg that has ended rings no more, and that nobody is sent its hand-over again."""
        self._deadlines.settle(work.id, LEG_DUE)
        self._ladder.settle(work)
        self._deliveries.answer(work.agency, [work.hand_over_id], _by(act))
        self._worklist.show(work)

    def _set_term(self, work: Work, act: Act) -> None:
        rings_at = work.term_ends_at
        if rings_at is None:
            return
        if act.historical and rings_at <= act.recorded_at:
            outcome = LAPSES.get(work.at_term)
            if outcome is None:
                return  # The past does not ring; but what its term ended has ended.
            if outcome == CONSENTED:
                rings_at = act.recorded_at + HISTORIAN_SPEAKS_WITHIN
        self._deadlines.set(work.id, LEG_DUE, work.term_version, rings_at)


def _by(act: Act) -> str:
    return act.causation or act.actor.subject


def _standing(work: Work) -> dict[str, Any]:
    return {
        "leg": str(work.id),
        "dossier": work.root,
        "agency": work.agency,
        "state": work.state,
        "due_at": work.due_at,
        "overdue": work.overdue,
        "suspended": work.suspended,
    }


_COMMANDS: Mapping[str, Callable[..., None]] = {
    "acknowledge-message": Work.acknowledge,
    "accept-leg": Work.accept,
    "record-work": Work.record_work,
    "complete-leg": Work.complete,
    "return-leg": Work.send_back,
    "give-opinion": Work.give_opinion,
    "transfer-leg": Work.transfer,
    "recall-leg": Work.recall,
    "request-supplement": Work.request_supplement,
    "request-payment": Work.request_payment,
}
_ENDED_BY_OTHERS: Mapping[str, str] = {
    "recalled": "recalled",
    "consented": "lapsed",
    "elapsed": "lapsed",
}
"""How a leg can end in a command other than by its agency's word, and the notice of it."""
