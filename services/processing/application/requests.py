"""Reminders and requests for a written report: issued, laid before agencies, answered, decided on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, cast
from uuid import UUID

from services.processing.application.targets import Targets
from services.processing.domain.request import APPROVED, Request, Terms
from services.processing.domain.target import Aim, Mark
from services.processing.ports import Agencies, Agency, Deadlines, RequestDeliveries, RequestList
from services.processing.problems import (
    NOT_UNDER_ISSUER,
    NOT_YOURS_TO_STEER,
    REQUEST_DUE_BEFORE_ISSUED,
    REQUEST_REFERENCE_TAKEN,
    UNKNOWN_AGENCY,
    UNKNOWN_REQUEST,
)
from shared.acts import Act
from shared.clock import VIETNAM, from_text, to_text
from shared.errors import RefusedError
from shared.event_sourcing import Application

REQUEST_DUE = "request-due"
"""The name of the deadline at which a request's last day is over."""
_HIGHEST = 20
"""More levels than any province has."""


def end_of(day: str) -> datetime:
    """Return the moment at which a day of Viet Nam is over."""
    following = date.fromisoformat(day) + timedelta(days=1)
    return datetime.combine(following, time(), VIETNAM).astimezone(UTC)


class Requests:
    """Requests by issuer and reference; agencies' answers come here from every door."""

    def __init__(
        self,
        application: Application,
        agencies: Agencies,
        deliveries: RequestDeliveries,
        deadlines: Deadlines,
        shown: RequestList,
        targets: Targets,
    ) -> None:
        self._application = application
        self._agencies = agencies
        self._deliveries = deliveries
        self._deadlines = deadlines
        self._shown = shown
        self._targets = targets

    def issue(
        self, terms: Terms, addressees: Sequence[dict[str, Any]], act: Act, *, by_agency: bool
    ) -> dict[str, Any]:
        """Lay a request before its addressees; under the same reference it is issued once, with the list of then.

        Raises RefusedError: `request-reference-taken`, `request-due-before-issued`, `unknown-agency`, and
        `not-under-issuer` when an agency issues it itself.
        """
        known = self._found(terms.key)
        if known is not None:
            if known.terms._replace(about=None) != terms._replace(about=None):
                raise RefusedError(REQUEST_REFERENCE_TAKEN, issuer=terms.issuer, reference=terms.reference)
            return known.standing()
        self._check(terms, addressees, act, by_agency=by_agency)
        request = Request.issue(terms, [dict(one) for one in addressees], act)
        self._application.add(request)
        for one in addressees:
            self._lay_before(request, one["agency"], act)
        due_at = end_of(terms.due_on)
        if not (act.historical and due_at <= act.recorded_at):  # the past does not ring
            self._deadlines.set(request.id, REQUEST_DUE, 1, due_at)
        self._shown.show(request)
        return request.standing()

    def execute(self, command: str, data: Mapping[str, Any], act: Act, agency: str) -> dict[str, Any]:
        """Carry out an addressee's `receive-request` or `answer-request`, whichever door it came through."""
        request = self._request(UUID(str(data["request"])))
        act = replace(act, actor=replace(act.actor, agency=agency)).on(root=request.id)
        fields = {name: value for name, value in data.items() if name != "request"}
        COMMANDS[command](request, act, agency, **fields)
        self._deliveries.close(request, agency, act.causation or act.actor.subject)
        return self._left(request)

    def consolidate(self, request_id: UUID, text: str, act: Act) -> dict[str, Any]:
        """Put the answers together; by the consolidating agency."""
        request = self._request(request_id)
        by = self._steering(act, request.terms.consolidator, request)
        request.consolidate(by, text, act)
        return self._left(request)

    def withdraw(self, request_id: UUID, reason: str, act: Act) -> dict[str, Any]:
        """Ask no longer; by the issuer. Addressees that have not answered are told."""
        request = self._request(request_id)
        by = self._steering(act, request.terms.issuer, request)
        request.withdraw(by, reason, act)
        self._deadlines.settle(request.id, REQUEST_DUE)
        for agency in request.unanswered:
            self._deliveries.close(request, agency, "withdrawn")
            self._tell(request, agency, "withdrawn", reason, act)
        return self._left(request)

    def decide(self, request_id: UUID, agency: str, decision: str, basis: str, act: Act) -> dict[str, Any]:
        """Approve or decline a proposed target; approved, it is the next version, with this decision as its basis."""
        request = self._request(request_id)
        proposal = request.decide(agency, decision, basis, act)
        if decision == APPROVED:
            aim = Aim((request.terms.about or {})["indicator"], "agency", agency, proposal["year"])
            self._targets.set(aim, Mark(proposal["percent"], proposal["reach_by"], basis), act)
        self._tell(request, agency, decision, basis, act)
        return self._left(request)

    def fall_due(self, request_id: UUID, _version: int, act: Act) -> None:
        """Note that the last day is over: idempotent."""
        request = cast("Request | None", self._application.find_afresh(request_id))
        if request is not None and request.fall_due(act):
            self._shown.show(request)

    def pass_on(self, request_id: UUID, agency_id: str, act: Act) -> None:
        """Lay before its successor what an addressee that has ended left unanswered: idempotent."""
        request = cast("Request | None", self._application.find_afresh(request_id))
        ended = self._agencies.get(agency_id)
        if request is None or ended is None or ended.ended_at is None or not ended.successors:
            return
        successor = self._successor(ended, act.recorded_at)
        asked_too = successor in request.parts
        at = max(ended.ended_at, from_text(request.issued_at))
        if not request.pass_on(agency_id, successor, replace(act, happened_at=at)):
            return
        self._deliveries.close(request, agency_id, "passed-on")
        self._tell(request, agency_id, "passed-on", successor, act)
        if not asked_too:
            self._lay_before(request, successor, act)
        self._left(request)

    def standing(self, request_id: UUID) -> dict[str, Any]:
        """Return how a request stands. Raises RefusedError with `unknown-request`."""
        return self._request(request_id).standing()

    def _left(self, request: Request) -> dict[str, Any]:
        if not request.unanswered:
            self._deadlines.settle(request.id, REQUEST_DUE)
        self._shown.show(request)
        return request.standing()

    def _lay_before(self, request: Request, agency_id: str, act: Act) -> None:
        agency = self._agencies.get(agency_id)
        if agency is not None and agency.connected:
            self._deliveries.lay_before(request, agency_id, act)

    def _successor(self, ended: Agency, now: datetime) -> str:
        """Return who goes on for an agency that has ended, and for those in between that ended as well."""
        following: Agency | None = ended
        successor = ended.id
        for _ in range(_HIGHEST):
            if following is None or following.is_in_being(now) or not following.successors:
                break
            successor = following.successors[0]
            following = self._agencies.get(successor)
        return successor

    def _tell(self, request: Request, agency_id: str, state: str, note: str, act: Act) -> None:
        agency = self._agencies.get(agency_id)
        if agency is not None and agency.connected:
            self._deliveries.tell(request, agency_id, state, note, act)

    def _steering(self, act: Act, owner: str, request: Request) -> str:
        """Return in whose name somebody steers: an agency only in its own."""
        if act.actor.agency is not None and act.actor.agency != owner:
            raise RefusedError(NOT_YOURS_TO_STEER, reference=request.terms.reference, owner=owner)
        return owner

    def _check(
        self, terms: Terms, addressees: Sequence[dict[str, Any]], act: Act, *, by_agency: bool
    ) -> None:
        if end_of(terms.due_on) <= act.happened_at:
            raise RefusedError(REQUEST_DUE_BEFORE_ISSUED, due_on=terms.due_on)
        named = [one["agency"] for one in addressees]
        for agency_id in (terms.issuer, terms.consolidator, *named):
            agency = self._agencies.get(agency_id)
            if agency is None or not agency.is_in_being(act.happened_at):
                raise RefusedError(UNKNOWN_AGENCY, agency=agency_id)
        for agency_id in named if by_agency else ():
            if not self._may_ask(terms.issuer, agency_id):
                raise RefusedError(NOT_UNDER_ISSUER, agency=agency_id, issuer=terms.issuer)

    def _may_ask(self, issuer: str, addressee: str) -> bool:
        """Return whether the addressee is under the issuer, or under the agency in whose name it urges others."""
        superior = self._parent(issuer)
        above = self._parent(addressee)
        for _ in range(_HIGHEST):
            if above is None:
                return False
            if above in {issuer, superior}:
                return True
            above = self._parent(above)
        return False

    def _parent(self, agency_id: str) -> str | None:
        agency = self._agencies.get(agency_id)
        return agency.parent if agency else None

    def _request(self, request_id: UUID) -> Request:
        request = self._found(request_id)
        if request is None:
            raise RefusedError(UNKNOWN_REQUEST, request=request_id)
        return request

    def _found(self, request_id: UUID) -> Request | None:
        return cast("Request | None", self._application.find_afresh(request_id))


def due_at_of(due_on: str) -> str:
    """Return when a last day is over, as text."""
    return to_text(end_of(due_on))


COMMANDS: Mapping[str, Callable[..., None]] = {
    "receive-request": Request.receive,
    "answer-request": Request.answer,
}
"""What addressees command."""
