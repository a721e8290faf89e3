"""The work of one agency on one leg of a dossier's way.

Rules of turn: a leg is accepted before work on it is recorded or completed; it may be returned or
transferred unaccepted; an opinion may be given unaccepted. Whoever handed it over may recall it until
it is accepted. While the work waits for the applicant, nothing moves. Acknowledging says only that the
hand-over arrived, so it is never out of turn, and a second time it is harmless.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Self
from uuid import UUID, uuid5

from services.processing import problems
from services.processing.domain import clock_events, events, turns
from shared.acts import SYSTEM, Act, Actor
from shared.clock import from_text
from shared.errors import RefusedError
from shared.event_sourcing import Aggregate
from shared.working_time.terms import Unit
from shared.working_time.verdict import late_from

BY_QUEUE = "queue"
BY_WORKLIST = "worklist"

WORK = "work"
OVERDUE = "overdue"


def hand_over_id(leg: UUID, successor: str | None = None) -> str:
    """Return the id of the message that hands a leg over, to a successor if the leg was rehomed.

    It is the same however often the message is sent.
    """
    return str(uuid5(leg, f"hand-over/{successor}" if successor else "hand-over"))


class Work(Aggregate):
    """What an agency does on one leg; the aggregate's id is the leg's."""

    TOPIC: ClassVar[str] = "processing.work"

    class Event(Aggregate.Event):
        """Base that the library asks for; the events stand in a module of their own."""

        TOPIC: ClassVar[str] = "processing.work.event"

    if TYPE_CHECKING:  # The library would make annotated attributes arguments of __init__.
        root: str
        """The dossier's id."""
        historical: bool
        """Whether the leg was opened by what a historian told."""
        agency: str
        by: str
        """`queue` when the agency's own system gets the hand-over, else `worklist`."""
        details: dict[str, Any]
        """What routing said when it opened the leg: code, procedure, name, number, of, attempt ..."""
        opened_at: str
        due_at: str | None
        term_version: int
        """Grows whenever the due time changes: a deadline set for an older one says nothing any more."""
        officer: str | None
        acknowledged: bool
        accepted_by: str | None
        """The agency that took the work on: perhaps one that its present agency succeeded."""
        overdue: bool
        suspended: str | None
        """What the work waits for: `supplement`, `payment`, or nothing."""
        rehomed: bool
        outcome: str | None
        """How the leg ended, one of `events.OUTCOMES`, or None while it is open."""
        laid_at: str
        """When the work was laid before its present agency."""
        reference: str | None
        """The agency's own name for it."""
        reminded: list[str]
        """The rungs of the ladder of reminders that were climbed."""
        last_at: str
        """When the latest act of an agency on this leg happened."""

    @classmethod
    def hand_over(cls, leg: UUID, opened: Mapping[str, Any], by: str, act: Act) -> Self:
        """Begin the work on a leg that routing opened."""
        apart = ("leg", "agency", "due_at")
        return cls.begin(
            events.HandedOver,
            leg,
            act,
            agency=opened["agency"],
            by=by,
            due_at=opened["due_at"],
            details={name: value for name, value in opened.items() if name not in apart},
        )

    @property
    def state(self) -> str:
        """Where the work stands, in one word."""
        if self.outcome:
            return self.outcome
        if self.suspended:
            return "suspended"
        if self.accepted_by:
            return "accepted"
        return "acknowledged" if self.acknowledged else "handed-over"

    @property
    def kind(self) -> str:
        """What is asked of the agency: `work` or an `opinion`."""
        return str(self.details.get("kind", WORK))

    @property
    def at_term(self) -> str:
        """What the end of the term does: `overdue`, `consent` or `elapse`."""
        return str(self.details.get("at_term", OVERDUE))

    @property
    def hand_over_id(self) -> str:
        """The id of the message that hands the leg over to its present agency."""
        return hand_over_id(self.id, self.agency if self.rehomed else None)

    @property
    def term_ends_at(self) -> datetime | None:
        """The first moment at which the leg's term has passed; None: it has none."""
        if self.due_at is None:
            return None
        term = self.details.get("term")
        return late_from(from_text(self.due_at), Unit(term["unit"]) if term else None)

    def acknowledge(self, act: Act, reference: str | None = None) -> None:
        """Note that the agency has the hand-over; once is enough, and after the end it says nothing new.

        Said as of a time after the term of a leg that its term ends, it shows that nothing else came
        before: the leg has lapsed. So a historian need not wait for a silence that is long past.
        Raises RefusedError with `not-your-leg` or `time-out-of-order`.
        """
        turns.check_agency(self, act)
        if turns.lapses_before(self, act):
            self.end_term(replace(act, actor=Actor(SYSTEM, "processing")))
        elif not self.acknowledged and not self.outcome:
            self._note(events.Acknowledged, act, reference=reference)

    def accept(self, act: Act, officer: str | None = None) -> None:
        """Take the work on; a successor may say so again of what its predecessor took on.

        Raises RefusedError with `leg-already-accepted` or as `send_back` does.
        """
        turns.check_going_on(self, act)
        if self.accepted_by == self.agency:
            raise RefusedError(problems.LEG_ALREADY_ACCEPTED, leg=self.id)
        self._note(events.Accepted, act, officer=officer)

    def record_work(self, act: Act, step: str, note: str | None = None) -> None:
        """Note a step of the work. Raises RefusedError with `out-of-turn` or as `send_back` does."""
        turns.check_accepted(self, act, "record-work")
        self._note(events.WorkRecorded, act, step=step, note=note)

    def complete(self, act: Act, note: str | None = None, reference: str | None = None) -> None:
        """End the leg with its work done.

        Raises RefusedError with `opinion-needed`, `out-of-turn` or as `send_back` does.
        """
        turns.check_work(self, act, "complete-leg")
        self._note(events.Completed, act, note=note, reference=reference)

    def give_opinion(
        self, act: Act, opinion: str, note: str | None = None, reference: str | None = None
    ) -> None:
        """End the leg with what the consulted agency thinks; it need not accept before.

        Raises RefusedError with `not-an-opinion-leg`, `opinion-already-given`, `opinion-after-term` or
        as `send_back` does.
        """
        turns.check_opinion(self, act)
        self._note(events.OpinionGiven, act, opinion=opinion, note=note, reference=reference)

    def send_back(self, act: Act, reason: str, to: int | None = None) -> None:
        """End the leg by returning the dossier; an agency need not accept what it returns.

        `to` is the number of an earlier leg, 0 for the desk; None: whoever handed it over.
        Raises RefusedError with `not-your-leg`, `leg-already-closed`, `leg-suspended`,
        `return-to-skipped-leg`, `return-not-earlier` or `time-out-of-order`.
        """
        turns.check_going_on(self, act)
        turns.check_earlier(self, to)
        self._note(events.Returned, act, reason=reason, to=to)

    def transfer(self, act: Act, to: str, reason: str, *, known: bool) -> None:
        """End the leg by naming the agency that is competent; `known`: there is such an agency.

        Raises RefusedError with `transfer-to-itself`, `unknown-agency` or as `send_back` does.
        """
        turns.check_going_on(self, act)
        if to == self.agency:
            raise RefusedError(problems.TRANSFER_TO_ITSELF, leg=self.id, agency=to)
        if not known:
            raise RefusedError(problems.UNKNOWN_AGENCY, agency=to)
        self._note(events.Transferred, act, to=to, reason=reason)

    def recall(self, act: Act, reason: str, *, rightful: Collection[str]) -> None:
        """End the leg by taking it back; `rightful` are those who may.

        Raises RefusedError with `not-yours-to-recall`, `leg-already-closed`, `leg-already-accepted` or
        `time-out-of-order`.
        """
        if act.actor.agency not in rightful:
            raise RefusedError(problems.NOT_YOURS_TO_RECALL, leg=self.id, agency=act.actor.agency)
        turns.check_open(self, act)
        if self.accepted_by:
            raise RefusedError(problems.LEG_ALREADY_ACCEPTED, leg=self.id)
        self._note(events.Recalled, act, by=act.actor.agency, reason=reason)

    def request_supplement(self, act: Act, reason: str) -> None:
        """Wait for papers of the applicant. Raises RefusedError as `complete` does, or `leg-suspended`."""
        turns.check_asks(self, act, "request-supplement")
        self._note(clock_events.SupplementRequested, act, reason=reason)

    def request_payment(self, act: Act, reason: str) -> None:
        """Wait until the applicant has paid. Raises RefusedError as `complete` does, or `leg-suspended`."""
        turns.check_asks(self, act, "request-payment")
        self._note(clock_events.PaymentRequested, act, reason=reason)

    def resume(self, waited_for: str, due_at: str | None, act: Act) -> bool:
        """Go on after the applicant did what the work waited for; return whether that was news."""
        if self.outcome or self.suspended != waited_for:
            return False
        self.record(
            clock_events.Resumed, act, agency=self.agency, due_at=due_at, term_version=self.term_version + 1
        )
        return True

    def withdraw(self, act: Act) -> bool:
        """End the leg because nobody needs it; return whether that was news."""
        if self.outcome:
            return False
        self.record(events.Withdrawn, act, agency=self.agency)
        return True

    def rehome(self, agency: str, by: str, act: Act) -> bool:
        """Lay the work before the agency's successor; return whether that was news."""
        if self.outcome or agency == self.agency:
            return False
        self.record(events.Rehomed, act, agency=agency, from_agency=self.agency, by=by)
        return True

    def end_term(self, act: Act) -> bool:
        """Note that the term has passed, once; return whether that was news.

        A leg that its term ends has ended at that moment, whenever it was noticed.
        """
        ends_at = self.term_ends_at
        if self.outcome or self.suspended or ends_at is None:
            return False
        if outcome := turns.LAPSES.get(self.at_term):
            then = replace(act, happened_at=ends_at, historical=act.historical or self.historical)
            self.record(clock_events.Lapsed, then, agency=self.agency, outcome=outcome, due_at=self.due_at)
            return True
        if self.overdue:
            return False
        self.record(clock_events.Overdue, act, agency=self.agency, due_at=self.due_at)
        return True

    def remind(self, about: str, rung: int, to: str, key: str, act: Act) -> None:
        """Note that somebody was reminded; `key` tells this reminder from all others of the work."""
        self.record(clock_events.Reminded, act, agency=self.agency, about=about, rung=rung, to=to, key=key)

    def _note(self, event_class: type[Any], act: Act, **fields: Any) -> None:
        self.record(event_class, turns.in_order(self, act), agency=self.agency, **fields)
