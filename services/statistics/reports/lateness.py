"""How late a dossier is, and whose hands it was in: one dossier, as of any moment."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.statistics.read_model import versions
from services.statistics.reports.case import Case, Course, Lateness, by_holder, course, load
from services.statistics.reports.durations import in_words
from services.statistics.reports.history import root_of
from services.statistics.reports.holders import Names, described, names_of_agencies
from services.statistics.reports.timeline import Holder
from shared.clock import to_text
from shared.errors import NOT_FOUND, RefusedError
from shared.persistence.database import Database


def lateness(database: Database, code_or_id: str, at: datetime) -> dict[str, Any]:
    """Return a dossier's course as plain values, by its code or its id, as of a moment.

    Shares add up to the elapsed working time, parts to the lateness, to the minute. What was recorded
    later about the time before that moment counts too. Raises RefusedError with `not-found`, also for
    a dossier that had not been received by then.
    """
    with database.transaction() as tx:
        version = versions.readable(tx).version
        cases = load(tx, version, [root_of(tx, version, code_or_id)])
        found = course(cases[0], at) if cases else None
        if found is None:
            raise RefusedError(NOT_FOUND, what=code_or_id)
        names = names_of_agencies(tx, version)
    return _answer(cases[0], found, at, names)


def _answer(case: Case, found: Course, at: datetime, names: Names) -> dict[str, Any]:
    return {
        "dossier": case.dossier["root_id"],
        "code": case.dossier["code"],
        "as_of": to_text(at),
        "received_at": to_text(found.received_at),
        "reached_at": to_text(found.reached_at),
        "ended": found.ended,
        "elapsed_minutes": found.minutes,
        "elapsed": in_words(found.minutes),
        "shares": _shares(case, found, names),
        "late": found.against_due.late,
        "against_due": _judged(found.against_due, names),
        "against_receipt": _judged(found.against_receipt, names),
        "open_legs": [_leg(leg) for leg in case.legs if _is_open(leg, at)],
    }


def _shares(case: Case, found: Course, names: Names) -> list[dict[str, Any]]:
    legs = {leg["leg_id"]: _leg(leg) for leg in case.legs}
    held: dict[Holder, list[dict[str, Any]]] = {}
    for (holder, leg), minutes in found.shares.items():
        known = legs.get(leg or "", {"leg": leg, "number": None, "attempt": None, "name": None})
        held.setdefault(holder, []).append({**known, "minutes": minutes})
    return [
        {**described(holder, names), **_timed(sum(leg["minutes"] for leg in parts)), "legs": parts}
        for holder, parts in held.items()
    ]


def _judged(judged: Lateness, names: Names) -> dict[str, Any]:
    parts = sorted(by_holder(judged.parts).items(), key=lambda part: (-part[1], str(part[0])))
    return {
        "due_at": to_text(judged.due_at) if judged.due_at else None,
        "late": judged.late,
        **_timed(judged.minutes),
        "parts": [{**described(holder, names), **_timed(minutes)} for holder, minutes in parts],
    }


def _timed(minutes: int) -> dict[str, Any]:
    return {"minutes": minutes, "time": in_words(minutes)}


def _leg(leg: dict[str, Any]) -> dict[str, Any]:
    name = {"vi": leg["name_vi"], "en": leg["name_en"]} if leg["name_vi"] else None
    return {"leg": leg["leg_id"], "number": leg["number"], "attempt": leg["attempt"], "name": name}


def _is_open(leg: dict[str, Any], at: datetime) -> bool:
    moment = to_text(at)
    opened, closed = leg["opened_at"], leg["closed_at"]
    return opened is not None and opened <= moment and (closed is None or closed > moment)
