"""The report on flows: who hands dossiers to whom, and how long they wait there to be taken on.

Counted are legs opened in the period; those that began at the desk have no agency before. The wait is
working time from the opening until the agency accepts the leg: the median, and what nine of ten do not exceed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

from services.statistics.problems import UNKNOWN_DIMENSION
from services.statistics.read_model import versions
from services.statistics.reports.answers import FIXED_NAMES, Answer, Question, terms
from services.statistics.reports.counting import bounds, counted, period_rows
from services.statistics.reports.histograms import MEDIAN, MOST, quantile
from services.statistics.reports.periods import Period
from services.statistics.reports.structure import Structure
from services.statistics.reports.units import NOW, POSITION, position_of, structure_at
from shared.errors import RefusedError
from shared.persistence.database import Transaction

_SQL = """
    SELECT ({position}), leg.from_agency, leg.first_agency, {area},
        {waited}, count(*)
    FROM {opened}
    GROUP BY 2, 3, 4, 5
"""
WAITED = "CASE WHEN leg.accepted_at < p.cut_at THEN leg.waited END"
"""How long a leg waited to be taken on, in working minutes; NULL while it waits."""
_OPENED = """leg_v# AS leg JOIN dossier_v# AS d ON d.root_id = leg.root_id
    JOIN ({periods}) AS p ON leg.opened_at >= p.start_at AND leg.opened_at < p.cut_at
    WHERE leg.first_agency IS NOT NULL AND leg.pause IS NULL AND {counted}"""
_LEVELS = {"province": 3, "district": 2, "commune": 1}
_DIRECTIONS = {
    "same": ("Cùng cấp", "Same level"),
    "up": ("Lên cấp trên", "Up"),
    "down": ("Xuống cấp dưới", "Down"),
    "vertical": ("Ngành dọc", "Vertical sector"),
    "desk": ("Từ bộ phận một cửa", "From the desk"),
}
COLUMNS = (
    ("from", "Cơ quan giao", "From"),
    ("to", "Cơ quan nhận", "To"),
    ("direction", "Chiều", "Direction"),
    ("legs", "Số lượt chuyển", "Legs"),
    ("accepted", "Đã nhận xử lý", "Taken on"),
    ("waiting", "Còn chờ nhận", "Still waiting"),
    ("median", "Chờ nhận, trung vị (phút làm việc)", "Wait, median (working minutes)"),
    ("nine_of_ten", "Chờ nhận, 9/10 không quá (phút làm việc)", "Wait, 9 of 10 within (working minutes)"),
)
DIMENSIONS = ("unit", "level", "agency")
AGENCY = "agency"


class Hands(NamedTuple):
    """Between whom a leg is handed over, and which way that is."""

    giver: str
    """Empty where the dossier comes from the desk."""
    taker: str
    direction: str


def flows(
    tx: Transaction, version: int, question: Question, periods: Sequence[Period]
) -> tuple[int | None, Answer]:
    """Make the report, with the position in the ledger; by agencies unless units or levels are asked for."""
    structure = structure_at(tx, version, periods[0].cut_at)
    sql = _SQL.format(
        position=POSITION,
        area=area_of(question),
        waited=WAITED,
        opened=opened(question),
    )
    given = {"procedure": question.procedure, **bounds(periods[:1])}
    found = tx.execute(versions.at_version(sql, version), {"version": version, **given})
    by = dimension_of(question)
    waits: dict[Hands, Counter[int | None]] = defaultdict(Counter)
    for _position, source, target, area, waited, many in found:
        waits[hands(question, structure, by, source, target, area)][waited] += many
    ordered = sorted(waits.items(), key=lambda item: (-item[1].total(), item[0]))
    whole = sum((counts for _key, counts in ordered), Counter[int | None]())
    return (found[0][0] if found else position_of(tx, version)), {
        **terms("flows", question, periods),
        "by": ["from", "to", "direction"],
        "columns": [{"key": key, "vi": vi, "en": en} for key, vi, en in COLUMNS],
        "rows": [_row(by, key, counts, structure) for key, counts in ordered],
        "total": _figures(whole) if ordered else None,
    }


def dimension_of(question: Question) -> str:
    """Return what givers and takers are: agencies unless asked for otherwise. Raises RefusedError `unknown-dimension` for two."""
    if len(question.by) > 1:
        raise RefusedError(UNKNOWN_DIMENSION, dimension=question.by[1], known=question.by[0])
    return question.by[0] if question.by else AGENCY


def opened(question: Question) -> str:
    """Return in SQL which legs `leg`, of dossiers `d`, were opened in the period `p`, and count.

    Parameters are those of the period, and the procedure.
    """
    return _OPENED.format(periods=period_rows(1), counted=counted(question.trial, question.procedure))


def area_of(question: Question) -> str:
    """Return a dossier's area in SQL, where agencies are divided by it among those that go on for them."""
    return "d.area" if question.structure == NOW else "CAST(NULL AS text)"


def hands(
    question: Question, structure: Structure, by: str, source: str | None, target: str, area: str | None
) -> Hands:
    """Return between which agencies, units or levels (`by`) a leg is handed over."""
    now = question.structure == NOW
    giver, taker = (structure.successor(one, area) if one and now else one or "" for one in (source, target))
    return Hands(
        _place(by, giver, structure), _place(by, taker, structure), _direction(giver, taker, structure)
    )


def names_of(by: str, between: Hands, structure: Structure) -> dict[str, dict[str, str]]:
    """Return what a row calls those between whom it is."""
    names = {"direction": _pair(_DIRECTIONS[between.direction])}
    for name, value in (("from", between.giver), ("to", between.taker)):
        known = FIXED_NAMES.get(("level", value)) if by == "level" else structure.names(value)
        if known:
            names[name] = _pair(known)
        elif not value:
            names[name] = _pair(_DIRECTIONS["desk"])
    return names


def _place(by: str, agency: str, structure: Structure) -> str:
    if not agency or by == AGENCY:
        return agency
    return structure.unit(agency) if by == "unit" else structure.level(agency) or ""


def _direction(source: str, target: str, structure: Structure) -> str:
    if not source:
        return "desk"
    levels = structure.level(source), structure.level(target)
    if any(level not in _LEVELS for level in levels):
        return "vertical"
    above = _LEVELS[levels[1] or ""] - _LEVELS[levels[0] or ""]
    return "same" if above == 0 else "up" if above > 0 else "down"


def _row(by: str, between: Hands, counts: Counter[int | None], structure: Structure) -> dict[str, Any]:
    return {
        "from": between.giver,
        "to": between.taker,
        "direction": between.direction,
        "names": names_of(by, between, structure),
        **_figures(counts),
    }


def _figures(counts: Counter[int | None]) -> dict[str, Any]:
    taken = Counter({minutes: many for minutes, many in counts.items() if minutes is not None})
    return {
        "legs": counts.total(),
        "accepted": taken.total(),
        "waiting": counts[None],
        "median": quantile(taken, MEDIAN),
        "nine_of_ten": quantile(taken, MOST),
    }


def _pair(names: tuple[str, str]) -> dict[str, str]:
    return {"vi": names[0], "en": names[1]}
