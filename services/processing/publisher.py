"""Events of works to public messages: the insides may change, these may not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from services.processing.domain import clock_events, events
from services.processing.domain.entered import EnteredFigure, Matter, Said
from services.processing.domain.refused_act import RefusedAct
from services.processing.domain.request import Request, Terms
from services.processing.domain.target import Aim, Mark, Target

_SAID: Mapping[type[Any], tuple[str, tuple[str, ...]]] = {
    events.HandedOver: ("leg-handed-over", ("by", "due_at")),
    events.Acknowledged: ("leg-acknowledged", ("reference",)),
    events.Accepted: ("leg-accepted", ("officer",)),
    events.WorkRecorded: ("work-recorded", ("step", "note")),
    events.Completed: ("leg-completed", ("note", "reference")),
    events.OpinionGiven: ("opinion-given", ("opinion", "note", "reference")),
    events.Returned: ("leg-returned", ("reason", "to")),
    events.Transferred: ("leg-transferred", ("to", "reason")),
    events.Recalled: ("leg-recalled", ("by", "reason")),
    clock_events.SupplementRequested: ("supplement-requested", ("reason",)),
    clock_events.PaymentRequested: ("payment-requested", ("reason",)),
    clock_events.Resumed: ("leg-resumed", ("due_at",)),
    events.Withdrawn: ("leg-withdrawn", ()),
    events.Rehomed: ("work-rehomed", ("from_agency", "by")),
    clock_events.Lapsed: ("leg-lapsed", ("outcome", "due_at")),
    clock_events.Overdue: ("leg-overdue", ("due_at",)),
    clock_events.Reminded: ("leg-reminded", ("about", "rung", "to")),
}
"""The message that each event becomes, and what it says beside the leg and the agency."""


def _saying(fields: tuple[str, ...]) -> Callable[[Any], dict[str, Any]]:
    def said(event: Any) -> dict[str, Any]:
        data = {"leg": str(event.originator_id), "agency": event.agency}
        for name in fields:
            data[name] = getattr(event, name)
        return data

    return said


def _target_set(event: Any) -> dict[str, Any]:
    said = {**Aim(*event.aim)._asdict(), **Mark(*event.mark)._asdict()}
    return {"target": str(event.originator_id), "version": event.revision, **said}


def _figure_entered(event: Any) -> dict[str, Any]:
    said = {**Matter(*event.matter)._asdict(), **Said(*event.said)._asdict()}
    told = {"version": event.revision, "state": event.STATE, "reason": getattr(event, "reason", None)}
    return {"entered": str(event.originator_id), **said, **told}


def _issued(event: Any) -> dict[str, Any]:
    said = {"request": str(event.originator_id), **Terms(*event.terms)._asdict()}
    return {**said, "addressees": event.addressees}


def _answered(event: Any) -> dict[str, Any]:
    said = {"request": str(event.originator_id), "agency": event.agency}
    return {**said, "attachments": len(event.attachments), "proposal": event.proposal}


def _act_refused(event: Any) -> dict[str, Any]:
    return {"leg": event.act["leg"], "agency": event.agency, "command": event.command, "code": event.code}


def _of_request(*fields: str) -> Callable[[Any], dict[str, Any]]:
    def said(event: Any) -> dict[str, Any]:
        return {"request": str(event.originator_id), **{name: getattr(event, name) for name in fields}}

    return said


_OF_REQUESTS: Mapping[type[Any], tuple[str, Callable[[Any], dict[str, Any]]]] = {
    Request.Issued: ("lienthong.processing.request-issued", _issued),
    Request.Received: ("lienthong.processing.request-received", _of_request("agency", "officer")),
    Request.Answered: ("lienthong.processing.request-answered", _answered),
    Request.ProposalDecided: (
        "lienthong.processing.proposal-decided",
        _of_request("agency", "decision", "basis"),
    ),
    Request.PassedOn: ("lienthong.processing.request-passed-on", _of_request("agency", "to")),
    Request.Consolidated: (
        "lienthong.processing.request-consolidated",
        _of_request("by", "answered", "unanswered"),
    ),
    Request.Withdrawn: ("lienthong.processing.request-withdrawn", _of_request("by", "reason")),
    Request.FellDue: ("lienthong.processing.request-overdue", _of_request("due_at", "unanswered")),
}

TRANSLATIONS: Mapping[type[Any], tuple[str, Callable[[Any], dict[str, Any]]]] = {
    **{
        event: (f"lienthong.processing.{message}", _saying(fields))
        for event, (message, fields) in _SAID.items()
    },
    RefusedAct.Recorded: ("lienthong.processing.act-refused", _act_refused),
    Target.Set: ("lienthong.processing.target-set", _target_set),
    Target.Changed: ("lienthong.processing.target-set", _target_set),
    **dict.fromkeys(
        (EnteredFigure.Entered, EnteredFigure.Corrected, EnteredFigure.Checked, EnteredFigure.Locked),
        ("lienthong.processing.figure-entered", _figure_entered),
    ),
    **_OF_REQUESTS,
}
