"""Events of works to public messages: the insides may change, these may not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from services.processing.domain import Work


def _leg(event: Any) -> dict[str, Any]:
    return {"leg": str(event.originator_id), "agency": event.agency}


def _handed_over(event: Work.HandedOver) -> dict[str, Any]:
    return {**_leg(event), "by": event.by, "due_at": event.due_at}


def _acknowledged(event: Work.Acknowledged) -> dict[str, Any]:
    return {**_leg(event), "reference": event.reference}


def _accepted(event: Work.Accepted) -> dict[str, Any]:
    return {**_leg(event), "officer": event.officer}


def _work_recorded(event: Work.WorkRecorded) -> dict[str, Any]:
    return {**_leg(event), "step": event.step, "note": event.note}


def _completed(event: Work.Completed) -> dict[str, Any]:
    return {**_leg(event), "note": event.note, "reference": event.reference}


def _returned(event: Work.Returned) -> dict[str, Any]:
    return {**_leg(event), "reason": event.reason}


def _overdue(event: Work.Overdue) -> dict[str, Any]:
    return {**_leg(event), "due_at": event.due_at}


TRANSLATIONS: Mapping[type[Any], tuple[str, Callable[[Any], dict[str, Any]]]] = {
    Work.HandedOver: ("lienthong.processing.leg-handed-over", _handed_over),
    Work.Acknowledged: ("lienthong.processing.leg-acknowledged", _acknowledged),
    Work.Accepted: ("lienthong.processing.leg-accepted", _accepted),
    Work.WorkRecorded: ("lienthong.processing.work-recorded", _work_recorded),
    Work.Completed: ("lienthong.processing.leg-completed", _completed),
    Work.Returned: ("lienthong.processing.leg-returned", _returned),
    Work.Overdue: ("lienthong.processing.leg-overdue", _overdue),
}
