"""The report on entered figures: what each unit has entered for the period, how it stands, and what is missing.

A figure is asked for when the rules in force name it and the unit has dossiers in the period. Missing is every part of
the period for which nothing was entered; what was entered for all its days, but so that no parts make it without an
overlap, does not fit together.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from services.statistics.problems import NO_RULE_SET
from services.statistics.read_model import versions
from services.statistics.reports.answers import Answer, Question, terms
from services.statistics.reports.entered import Span, gaps, whole
from services.statistics.reports.indicators import counted
from services.statistics.reports.periods import Period
from services.statistics.reports.rule_sets import in_force
from services.statistics.reports.units import structure_at
from shared.clock import to_text
from shared.errors import RefusedError
from shared.persistence.database import Transaction

_SQL = """
    SELECT agency, figure, first_day, last_day, version, state, amount, evidence, set_at FROM entered_v#
    WHERE first_day >= :first AND last_day <= :last AND set_at < :until
    ORDER BY agency, figure, first_day, last_day, version, set_at
"""
_END = datetime(9999, 1, 1, tzinfo=UTC)
MISSING, UNFIT = "missing", "unfit"
STATES: Mapping[str, tuple[str, str]] = {
    "entered": ("Đã nhập, chờ kiểm tra", "Entered, to be checked"),
    "checked": ("Đã kiểm tra", "Checked"),
    "locked": ("Đã khóa", "Locked"),
    MISSING: ("Chưa nhập", "Missing"),
    UNFIT: ("Các kỳ đã nhập chồng lên nhau", "The parts entered overlap"),
}
COLUMNS = (
    ("unit", "Đơn vị", "Unit"),
    ("figure", "Số liệu", "Figure"),
    ("first", "Từ ngày", "From"),
    ("last", "Đến ngày", "To"),
    ("state", "Tình trạng", "State"),
    ("value", "Giá trị", "Value"),
    ("corrections", "Lần đính chính", "Corrections"),
    ("evidence", "Căn cứ", "Evidence"),
    ("changed_at", "Thay đổi gần nhất", "Last changed"),
)


def entered_report(
    tx: Transaction, version: int, question: Question, periods: Sequence[Period]
) -> tuple[int | None, Answer]:
    """Make the report, with the position in the ledger; of one unit where `unit` names it."""
    structure = structure_at(tx, version, periods[0].cut_at)
    position, units = counted(tx, version, periods[0], structure, question.structure, question.trial)
    rules = _rules(tx, question)
    named = {one["figure"]: (one["name"]["vi"], one["name"]["en"]) for one in rules.get("entered", ())}
    rows = _entered(tx, version, question)
    rows += _lacking(rows, [(unit, figure) for unit in units for figure in named], question)
    if question.unit:
        rows = [row for row in rows if row["unit"] == question.unit]
    states = Counter(row["state"] for row in rows)
    for row in rows:
        pairs = {"unit": structure.names(row["unit"]), "figure": named.get(row["figure"])}
        pairs["state"] = STATES[row["state"]]
        row["names"] = {key: {"vi": pair[0], "en": pair[1]} for key, pair in pairs.items() if pair}
    return position, {
        **terms("entered", question, periods),
        "columns": [{"key": key, "vi": vi, "en": en} for key, vi, en in COLUMNS],
        "rows": sorted(rows, key=lambda row: (row["unit"], row["figure"], row["first"])),
        "total": {state: states[state] for state in STATES} if rows else None,
    }


def _rules(tx: Transaction, question: Question) -> Mapping[str, Any]:
    """Return the rules that say what is to be entered; none where none is in force and none was asked for."""
    try:
        return in_force(tx, question.rules, question.last, question.published_at)
    except RefusedError as refused:
        if question.rules is not None or refused.problem is not NO_RULE_SET:
            raise
        return {}


def _entered(tx: Transaction, version: int, question: Question) -> list[dict[str, Any]]:
    asked = {"first": question.first.isoformat(), "last": question.last.isoformat()}
    found = tx.execute(
        versions.at_version(_SQL, version),
        {**asked, "until": question.as_of or question.published_at or _END},
    )
    newest: dict[tuple[str, ...], dict[str, Any]] = {}
    order = list(STATES)
    for agency, figure, first, last, number, state, amount, evidence, set_at in found:
        row = _row(agency, figure, first, last)
        row |= {"state": state, "value": amount, "corrections": number - 1, "evidence": evidence}
        row["changed_at"] = to_text(set_at)
        known = newest.get((agency, figure, first, last))
        if known is None or (number, order.index(state)) >= (
            known["corrections"] + 1,
            order.index(known["state"]),
        ):
            newest[agency, figure, first, last] = row
    return list(newest.values())


def _lacking(
    rows: Sequence[Mapping[str, Any]], asked: Sequence[tuple[str, str]], question: Question
) -> list[dict[str, Any]]:
    """Return a row for each part of the period that keeps a figure asked for from being known."""
    spans: dict[tuple[str, str], list[Span]] = defaultdict(list)
    for row in rows:
        days = (date.fromisoformat(row["first"]), date.fromisoformat(row["last"]))
        spans[row["unit"], row["figure"]].append(Span(*days, row["value"]))
    found = []
    for unit, figure in asked:
        entered = spans[unit, figure]
        if whole(entered, question.first, question.last) is None:
            parts = gaps(entered, question.first, question.last)
            unfit = (question.first, question.last)
            found += [_row(unit, figure, *_days(part)) for part in parts] or [
                _row(unit, figure, *_days(unfit)) | {"state": UNFIT}
            ]
    return found


def _days(part: tuple[date, date]) -> tuple[str, str]:
    return part[0].isoformat(), part[1].isoformat()


def _row(unit: str, figure: str, first: str, last: str) -> dict[str, Any]:
    empty = {"state": MISSING, "value": None, "corrections": None, "evidence": None, "changed_at": None}
    return {"unit": unit, "figure": figure, "first": first, "last": last, **empty}
