"""The report on reminders and requests for a written report: answered in time, late, or not at all.

Counted is each addressee of each request that was issued in the period, as of the cut. A withdrawn request is
owed by nobody who had not answered it; what an addressee that ended left unanswered, its successor owes, once. The share in time is over what was answered or should have been: what
is still in time to be answered is left out, and where nothing is left there is no share.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.statistics.read_model import versions
from services.statistics.reports.answers import Answer, Question, terms
from services.statistics.reports.periods import Period
from services.statistics.reports.ratios import percent
from services.statistics.reports.structure import Structure
from services.statistics.reports.units import NOW, POSITION, structure_at
from shared.persistence.database import Row, Transaction

_FIGURES = (
    ("asked", "Lượt đơn vị được yêu cầu", "Addressees asked"),
    ("received", "Đã xác nhận nhận", "Known to have it"),
    ("answered_in_time", "Trả lời đúng hạn", "Answered in time"),
    ("answered_late", "Trả lời quá hạn", "Answered late"),
    ("unanswered_late", "Quá hạn chưa trả lời", "Late and unanswered"),
    ("pending", "Còn hạn, chưa trả lời", "Not answered, in time"),
    ("withdrawn", "Đã thu hồi", "Withdrawn"),
    ("proposals", "Đề xuất điều chỉnh chỉ tiêu", "Targets proposed"),
    ("approved", "Được chấp thuận", "Approved"),
    ("declined", "Không được chấp thuận", "Declined"),
)
_BY = {
    "request": ("Văn bản", "Request"),
    "kind": ("Loại", "Kind"),
    "issuer": ("Cơ quan ban hành", "Issuer"),
    "unit": ("Đơn vị được yêu cầu", "Addressee"),
}
DIMENSIONS = tuple(_BY)
_KINDS = {
    "reminder": {"vi": "Đôn đốc", "en": "Reminder"},
    "report": {"vi": "Yêu cầu báo cáo", "en": "Request for a report"},
}
_SQL = """
    SELECT ({position}), r.request_id, kind, reference, issuer, subject, due_on, due_at, withdrawn_at,
        addressees, a.agency, a.received_at, a.answered_at, a.proposed, a.decided_at, a.decision,
        a.passed_at, a.passed_to
    FROM request_v# r LEFT JOIN asked_v# a ON a.request_id = r.request_id
    WHERE issued_at >= :start_at AND issued_at < :cut_at ORDER BY issued_at, r.request_id, a.agency
"""


@dataclass(frozen=True, slots=True)
class Part:
    """One addressee of one request, as of a cut: what it did later is not known."""

    request: UUID
    kind: str
    reference: str
    issuer: str
    subject: str
    due_on: str
    agency: str
    figures: Mapping[str, int]
    days_late: int | None
    """Calendar days since the last day, of what is still unanswered."""


def requests(
    tx: Transaction, version: int, question: Question, periods: Sequence[Period]
) -> tuple[int | None, Answer]:
    """Make the report, with the position in the ledger."""
    period = periods[-1]
    given = {"version": version, "start_at": period.start_at, "cut_at": period.cut_at}
    found = tx.execute(versions.at_version(_SQL.format(position=POSITION), version), given)
    parts = [part for rows in _by_request(found) for part in _parts(rows, period)]
    structure = structure_at(tx, version, period.cut_at)
    if question.structure == NOW:
        parts = [_of_successors(part, structure) for part in parts]
    groups: dict[tuple[str, ...], list[Part]] = defaultdict(list)
    for part in parts:
        groups[_group(question.by, part)].append(part)
    late = sorted(
        (part for part in parts if part.days_late is not None),
        key=lambda part: (-(part.days_late or 0), part.reference, part.agency),
    )
    total = _sums(parts)
    return (found[0][0] if found else None), {
        **terms("requests", question, periods),
        "columns": _columns(question.by),
        "rows": [
            {
                **dict(zip(question.by, group, strict=True)),
                "names": _names(question.by, of[0], structure),
                **_sums(of),
            }
            for group, of in sorted(groups.items())
        ],
        "total": total if parts else None,
        "unanswered": [_unanswered(part, structure) for part in late],
    }


def _of_successors(part: Part, structure: Structure) -> Part:
    """Return the part as that of whoever follows its issuer and its addressee; a request is of no area."""
    issuer, agency = (structure.successor(one, None) for one in (part.issuer, part.agency))
    return replace(part, issuer=issuer, agency=agency)


def _by_request(found: Sequence[Row]) -> list[list[Row]]:
    grouped: dict[UUID, list[Row]] = defaultdict(list)
    for row in found:
        grouped[row[1]].append(row)
    return list(grouped.values())


def _parts(rows: Sequence[Row], period: Period) -> list[Part]:
    _position, request, kind, reference, issuer, subject, due_on, due_at, withdrawn_at, addressees = rows[0][
        :10
    ]
    done = {row[10]: row[11:16] for row in rows if row[10] is not None}
    passed = {row[10]: row[17] for row in rows if row[16] is not None and row[16] < period.cut_at}
    found = []
    for agency in dict.fromkeys(_who_answers(one, passed) for one in json.loads(addressees)):
        state, figures = _judged(done.get(agency, (None,) * 5), due_at, withdrawn_at, period.cut_at)
        days = (
            (date.fromisoformat(period.as_of_date) - date.fromisoformat(due_on)).days
            if state == "unanswered_late"
            else None
        )
        found.append(Part(request, kind, reference, issuer, subject, due_on, agency, figures, days))
    return found


def _who_answers(addressee: str, passed: Mapping[str, str]) -> str:
    """Return the addressee, or who succeeds it, as often as one has ended."""
    seen = set()
    while addressee in passed and addressee not in seen:
        seen.add(addressee)
        addressee = passed[addressee]
    return addressee


def _judged(
    done: Sequence[Any], due_at: datetime, withdrawn_at: datetime | None, cut_at: datetime
) -> tuple[str, dict[str, int]]:
    """Return where a part stands at the cut, and what it counts for."""
    received_at, answered_at, proposed, decided_at, decision = done
    answered = answered_at is not None and answered_at < cut_at
    state = _state(answered_at if answered else None, due_at, withdrawn_at, cut_at)
    decided = decision if decided_at is not None and decided_at < cut_at else None
    return state, {
        "asked": 1,
        "received": int(answered or (received_at is not None and received_at < cut_at)),
        state: 1,
        "proposals": int(answered and proposed is not None),
        "approved": int(decided == "approved"),
        "declined": int(decided == "declined"),
    }


def _state(
    answered_at: datetime | None, due_at: datetime, withdrawn_at: datetime | None, cut_at: datetime
) -> str:
    if answered_at is not None:
        return "answered_in_time" if answered_at < due_at else "answered_late"
    if withdrawn_at is not None and withdrawn_at < cut_at:
        return "withdrawn"
    return "unanswered_late" if due_at <= cut_at else "pending"


def _group(by: Sequence[str], part: Part) -> tuple[str, ...]:
    values = {
        "request": f"{part.issuer} {part.reference}",
        "kind": part.kind,
        "issuer": part.issuer,
        "unit": part.agency,
    }
    return tuple(values[name] for name in by)


def _sums(parts: Sequence[Part]) -> dict[str, Any]:
    counted: Counter[str] = Counter()
    for part in parts:
        counted.update(part.figures)
    sums: dict[str, Any] = {key: counted[key] for key, _vi, _en in _FIGURES}
    owed = counted["answered_in_time"] + counted["answered_late"] + counted["unanswered_late"]
    days = [part.days_late for part in parts if part.days_late is not None]
    return {
        **sums,
        "ratio_in_time": percent(counted["answered_in_time"], owed),
        "days_late": max(days, default=None),
    }


def _columns(by: Sequence[str]) -> list[dict[str, str]]:
    named = [(key, *_BY[key]) for key in by]
    more = [
        ("ratio_in_time", "Đúng hạn trên số phải trả lời (%)", "In time of what was owed (%)"),
        ("days_late", "Chậm nhất (ngày)", "Longest delay (days)"),
    ]
    return [{"key": key, "vi": vi, "en": en} for key, vi, en in (*named, *_FIGURES, *more)]


def _names(by: Sequence[str], part: Part, structure: Structure) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for dimension, agency in (("unit", part.agency), ("issuer", part.issuer)):
        names = structure.names(agency)
        if dimension in by and names:
            found[dimension] = {"vi": names[0], "en": names[1]}
    if "kind" in by:
        found["kind"] = _KINDS[part.kind]
    return found


def _unanswered(part: Part, structure: Structure) -> dict[str, Any]:
    return {
        "request": str(part.request),
        "reference": part.reference,
        "kind": part.kind,
        "issuer": part.issuer,
        "subject": part.subject,
        "agency": part.agency,
        "due_on": part.due_on,
        "days_late": part.days_late,
        "names": _names(("unit", "issuer", "kind"), part, structure),
    }
