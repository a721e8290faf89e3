"""What processing can be asked to do; everything runs inside the caller's unit of work."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol, cast
from uuid import UUID, uuid5

from eventsourcing.persistence import ApplicationRecorder

from services.processing.domain import BY_QUEUE, BY_WORKLIST, Work
from services.processing.problems import UNKNOWN_COMMAND, UNKNOWN_LEG
from shared.acts import Act
from shared.clock import from_text
from shared.errors import NotYetKnownError, RefusedError
from shared.event_sourcing import Application
from shared.working_time.terms import Unit
from shared.working_time.verdict import late_from

LEG_DUE = "leg-due"
"""The name of the deadline that ends a leg's term."""


def hand_over_id(leg: UUID) -> str:
    """Return the id of the message that hands a leg over: the same however often it is sent."""
    return str(uuid5(leg, "hand-over"))


@dataclass(frozen=True, slots=True)
class Agency:
    """What processing needs to know of an agency."""

    id: str
    connected: bool
    """Whether its own system reads a queue."""


class Agencies(Protocol):
    """The agencies that routing has registered."""

    def get(self, agency_id: str) -> Agency | None:
        """Return the agency, or None when no word of it has come."""
        ...


class Deliveries(Protocol):
    """The ledger of what goes to agencies' queues."""

    def hand_over(self, work: Work, act: Act) -> None:
        """Enter the hand-over of a leg, to be sent and sent again until it is answered."""
        ...

    def answer(self, agency: str, message_ids: Sequence[str], by: str) -> None:
        """Note that the agency answered these messages; ids that are not its own change nothing."""
        ...


class Deadlines(Protocol):
    """Moments at which something falls due."""

    def set(self, aggregate_id: UUID, name: str, version: int, fires_at: datetime) -> None:
        """Set a deadline; a newer version replaces an older one."""
        ...

    def settle(self, aggregate_id: UUID, name: str) -> None:
        """Call a deadline off."""
        ...


class Worklist(Protocol):
    """The list of works that people and `worklist` pages see."""

    def show(self, work: Work) -> None:
        """Show the work as it stands now."""
        ...


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
    ) -> None:
        super().__init__(recorder)
        self._agencies = agencies
        self._deliveries = deliveries
        self._deadlines = deadlines
        self._worklist = worklist

    def open_work(self, opened: Mapping[str, Any], act: Act) -> None:
        """Hand a leg that routing opened over to its agency; a second time changes nothing.

        Raises NotYetKnownError with `agency/<id>` while no word of the agency has come.
        """
        leg = UUID(opened["leg"])
        if self.find(leg) is not None:
            return
        agency = self._agencies.get(opened["agency"])
        if agency is None:
            raise NotYetKnownError(f"agency/{opened['agency']}")
        act = act.on(leg=leg)
        work = Work.hand_over(leg, opened, BY_QUEUE if agency.connected else BY_WORKLIST, act)
        self.add(work)
        self._worklist.show(work)
        if agency.connected:
            self._deliveries.hand_over(work, act)
        self._set_term(work, act)

    def acknowledge_message(self, leg_id: UUID, fields: Mapping[str, Any], act: Act) -> Work:
        """The agency's system has the hand-over. Raises RefusedError: see `Work.acknowledge`."""
        work, act = self._work(leg_id, act)
        work.acknowledge(act, **fields)
        return self._after(work, act, answered=True)

    def accept_leg(self, leg_id: UUID, fields: Mapping[str, Any], act: Act) -> Work:
        """The agency takes the work on. Raises RefusedError: see `Work.accept`."""
        work, act = self._work(leg_id, act)
        work.accept(act, **fields)
        return self._after(work, act)

    def record_work(self, leg_id: UUID, fields: Mapping[str, Any], act: Act) -> Work:
        """The agency did a step. Raises RefusedError: see `Work.record_work`."""
        work, act = self._work(leg_id, act)
        work.record_work(act, **fields)
        return self._after(work, act)

    def complete_leg(self, leg_id: UUID, fields: Mapping[str, Any], act: Act) -> Work:
        """The agency has done its part. Raises RefusedError: see `Work.complete`."""
        work, act = self._work(leg_id, act)
        work.complete(act, **fields)
        return self._after(work, act)

    def return_leg(self, leg_id: UUID, fields: Mapping[str, Any], act: Act) -> Work:
        """The agency sends the dossier back. Raises RefusedError: see `Work.send_back`."""
        work, act = self._work(leg_id, act)
        work.send_back(act, **fields)
        return self._after(work, act)

    def mark_overdue(self, leg_id: UUID, version: int, act: Act) -> None:
        """Note that a leg's term has passed: idempotent by (leg, deadline, version)."""
        work = cast("Work | None", self.find(leg_id))
        if work is None or version != work.details["attempt"]:
            return
        if work.fall_overdue(act.on(root=UUID(work.root), leg=leg_id)):
            self._worklist.show(work)

    def execute(self, command: str, data: Mapping[str, Any], act: Act, agency: str) -> dict[str, Any]:
        """Carry out an agency's command, whichever door it came through, and return where the leg stands.

        `command` is the last part of its type, such as `accept-leg`; `data` was checked with its schema.
        Raises RefusedError: `unknown-command`, `unknown-leg`, or what the command itself raises.
        """
        method = _COMMANDS.get(command)
        if method is None:
            raise RefusedError(UNKNOWN_COMMAND, command=command)
        act = replace(act, actor=replace(act.actor, agency=agency))
        fields = {name: value for name, value in data.items() if name != "leg"}
        work = method(self, UUID(str(data["leg"])), fields, act)
        return {
            "leg": str(work.id),
            "dossier": work.root,
            "agency": work.agency,
            "state": work.state,
            "due_at": work.due_at,
            "overdue": work.overdue,
        }

    def _work(self, leg_id: UUID, act: Act) -> tuple[Work, Act]:
        work = cast("Work | None", self.find(leg_id))
        if work is None:
            raise RefusedError(UNKNOWN_LEG, leg=leg_id)
        return work, act.on(root=UUID(work.root), leg=leg_id)

    def _after(self, work: Work, act: Act, *, answered: bool = False) -> Work:
        if work.outcome:
            self._deadlines.settle(work.id, LEG_DUE)
        if answered or work.outcome:
            # Nobody needs a hand-over again that was acknowledged, or whose leg has ended.
            by = act.causation or act.actor.subject
            self._deliveries.answer(work.agency, [hand_over_id(work.id)], by)
        self._worklist.show(work)
        return work

    def _set_term(self, work: Work, act: Act) -> None:
        if work.due_at is None:
            return
        term = work.details.get("term")
        rings_at = late_from(from_text(work.due_at), Unit(term["unit"]) if term else None)
        if act.historical and rings_at <= act.recorded_at:
            return  # The past does not ring.
        self._deadlines.set(work.id, LEG_DUE, work.details["attempt"], rings_at)


_COMMANDS: Mapping[str, Callable[[Processing, UUID, Mapping[str, Any], Act], Work]] = {
    "acknowledge-message": Processing.acknowledge_message,
    "accept-leg": Processing.accept_leg,
    "record-work": Processing.record_work,
    "complete-leg": Processing.complete_leg,
    "return-leg": Processing.return_leg,
}
