"""The reports on scores: every point of an index explained, and units ranked by it.

A figure that no dossier yields is missing until it is entered for the very period and checked: its indicator has no data, and
the score says of how many points it is made. The whole province has it once every unit with dossiers has entered it. Units are ranked by their points in per cent of those covered, each level apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from typing import Any

from services.statistics.reports.answers import FIXED_NAMES, Answer, Question, terms
from services.statistics.reports.entered import Entered, entered_at
from services.statistics.reports.indicators import COUNTED, counted, total
from services.statistics.reports.periods import Period
from services.statistics.reports.ratios import rounded
from services.statistics.reports.rule_sets import in_force
from services.statistics.reports.units import structure_at
from services.statistics.rules.scoring import Points, Score, judge, ranks, score
from shared.persistence.database import Transaction

_INDEX = (
    ("indicator", "Chỉ số", "Indicator"),
    ("group", "Nhóm", "Group"),
    ("numerator", "Tử số", "Numerator"),
    ("denominator", "Mẫu số", "Denominator"),
    ("ratio", "Tỷ lệ (%)", "Ratio (%)"),
    ("threshold", "Ngưỡng (%)", "Threshold (%)"),
    ("points", "Điểm", "Points"),
    ("max", "Điểm tối đa", "Points at most"),
    ("formula", "Công thức", "Formula"),
)
_RANKING = (
    ("rank", "Hạng", "Rank"),
    ("unit", "Đơn vị", "Unit"),
    ("level", "Cấp", "Level"),
    ("share", "Điểm trên phần có số liệu (%)", "Points of those covered (%)"),
    ("points", "Điểm", "Points"),
    ("covered", "Điểm có số liệu", "Points covered"),
    ("max", "Điểm tối đa", "Points at most"),
)


def index(
    tx: Transaction, version: int, question: Question, periods: Sequence[Period]
) -> tuple[int | None, Answer]:
    """Explain the points of a unit, or of the province, with the position in the ledger.

    Raises RefusedError with `no-rule-set`.
    """
    rules = in_force(tx, question.rules, question.last, question.published_at)
    structure = structure_at(tx, version, periods[0].cut_at)
    position, units = counted(tx, version, periods[0], structure, question.structure, question.trial)
    wanted = units.get(question.unit, Counter()) if question.unit else total(list(units.values()))
    entered = entered_at(tx, version, question.first, question.last, question.as_of)
    asked = [question.unit] if question.unit else sorted(units)
    known = entered.of(question.unit) if question.unit else _of_province(rules, entered, asked)
    judged = judge(rules, _figures(wanted, known))
    return position, {
        **terms("index", question, periods),
        "by": ["indicator"],
        **_said_of(rules),
        "unit": question.unit,
        "columns": [{"key": key, "vi": vi, "en": en} for key, vi, en in _INDEX],
        "rows": [_row(one, rules, entered, asked) for one in judged],
        "total": _totals(score(judged)),
    }


def ranking(
    tx: Transaction, version: int, question: Question, periods: Sequence[Period]
) -> tuple[int | None, Answer]:
    """Rank the units, each level apart, with the position in the ledger. Raises RefusedError with `no-rule-set`."""
    rules = in_force(tx, question.rules, question.last, question.published_at)
    structure = structure_at(tx, version, periods[0].cut_at)
    position, units = counted(tx, version, periods[0], structure, question.structure, question.trial)
    entered = entered_at(tx, version, question.first, question.last, question.as_of)
    levels: dict[str, dict[str, Score]] = {}
    for unit in sorted({*units, *structure.units()}):
        judged = score(judge(rules, _figures(units.get(unit, Counter()), entered.of(unit))))
        levels.setdefault(structure.level(unit) or "", {})[unit] = judged
    rows = [
        _ranked(unit, level, rank, scores[unit], structure.names(unit))
        for level, scores in sorted(levels.items(), key=lambda item: _LEVELS.get(item[0], len(_LEVELS)))
        for unit, rank in _in_order(ranks({unit: one.share for unit, one in scores.items()}))
    ]
    return position, {
        **terms("ranking", question, periods),
        "by": ["unit"],
        **_said_of(rules),
        "columns": [{"key": key, "vi": vi, "en": en} for key, vi, en in _RANKING],
        "rows": rows,
        "total": None,
    }


_LEVELS = {"province": 0, "district": 1, "commune": 2, "vertical": 3}


def _figures(sums: Mapping[str, int], known: Mapping[str, Fraction]) -> dict[str, Fraction | None]:
    # What dossiers yield is never taken from what somebody entered.
    return {**known, **{name: Fraction(sums.get(name, 0)) for name in COUNTED}}


def _of_province(rules: Mapping[str, Any], entered: Entered, units: Collection[str]) -> dict[str, Fraction]:
    sums = {one["figure"]: entered.of_all(one["figure"], units) for one in rules["entered"]}
    return {name: found for name, found in sums.items() if found is not None}


def _said_of(rules: Mapping[str, Any]) -> dict[str, Any]:
    said = {key: rules[key] for key in ("rule_set", "version", "name", "basis")}
    return {"rules": said}


def _row(one: Points, rules: Mapping[str, Any], known: Entered, units: Collection[str]) -> dict[str, Any]:
    indicator = one.indicator
    group = next(group for group in rules["groups"] if group["id"] == one.group)
    entered = {declared["figure"]: declared["name"] for declared in rules["entered"]}
    return {
        "indicator": indicator["id"],
        "group": one.group,
        "names": {"indicator": indicator["name"], "group": group["name"]},
        "numerator": _number(one.numerator),
        "denominator": _number(one.denominator),
        "ratio": _decimal(one.ratio),
        "threshold": indicator.get("threshold"),
        "points": _decimal(one.points),
        "max": indicator["max"],
        "formula": f"{indicator['numerator']} / {indicator['denominator']}",
        "steps": indicator.get("steps"),
        "note": indicator.get("note"),
        "figures": [
            {
                "figure": name,
                "value": _number(value),
                "counted": name in COUNTED,
                "name": _named(name, entered),
                **({} if name in COUNTED else {"lacking": known.lacking(name, units)}),
            }
            for name, value in one.figures.items()
        ],
    }


def _named(name: str, entered: Mapping[str, Any]) -> dict[str, str]:
    if name in entered:
        return dict(entered[name])
    return {"vi": COUNTED[name].vi, "en": COUNTED[name].en}


def _ranked(
    unit: str, level: str, rank: int | None, judged: Score, names: tuple[str, str] | None
) -> dict[str, Any]:
    of_level = FIXED_NAMES.get(("level", level))
    named: dict[str, Any] = {"unit": {"vi": names[0], "en": names[1]}} if names else {}
    named |= {"level": {"vi": of_level[0], "en": of_level[1]}} if of_level else {}
    return {
        "rank": rank,
        "unit": unit,
        "level": level,
        "names": named,
        "share": _decimal(judged.share),
        **_totals(judged),
    }


def _totals(judged: Score) -> dict[str, Any]:
    points = judged.points if judged.covered else None
    return {"points": _decimal(points), "covered": _decimal(judged.covered), "max": _decimal(judged.most)}


def _in_order(ranked: Mapping[str, int | None]) -> list[tuple[str, int | None]]:
    return sorted(ranked.items(), key=lambda item: (item[1] is None, item[1] or 0, item[0]))


def _decimal(value: Fraction | None) -> str | None:
    return None if value is None else rounded(value)


def _number(value: Fraction | None) -> int | str | None:
    if value is None or value.denominator != 1:
        return _decimal(value)
    return int(value)
