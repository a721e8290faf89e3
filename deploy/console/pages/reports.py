"""Any report as a page: divided and sorted as somebody likes, down to its dossiers, or as a file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from deploy.console.asking import Asking
from deploy.console.pages.figures import feed_of
from deploy.console.pages.legs import FIGURES as FIGURES_OF_LEGS
from deploy.console.pages.legs import address_of
from deploy.console.pages.looking import in_path
from deploy.console.pages.measuring import chosen_rules, or_why_not, rule_sets
from deploy.console.periods import Period
from services.statistics.papers.formats import FORMATS
from services.statistics.papers.labels import cell, is_ratio, ways
from services.statistics.papers.numbers import NO_DATA, number, shown
from services.statistics.papers.plain import TITLES, columns_of
from services.statistics.reports.asking import REPORTS
from services.statistics.reports.choosing import CONDITIONS
from services.statistics.reports.periods import PARTS

LISTED = tuple(name for name in REPORTS if name not in {"dossiers", "legs"})
FILES = ("xlsx", "docx", "pdf", "csv")
_LEADS_ON = ("resolution", "online")
"""Reports whose figures have a list of dossiers each."""
_DECIMAL = re.compile(r"-?\d+(\.\d+)?")
_CODES = frozenset({"code", "dossier", "unit", "agency", "procedure"})
_CHOOSES = frozenset({"unit", "procedure", "agency"})
"""What a list of dossiers can be narrowed to."""


def reports(asking: Asking) -> Response:
    """Every report that there is."""
    return asking.render("figures-reports.html", period=Period.of(asking.request.args), titles=titles())


@or_why_not
def report(asking: Asking, name: str) -> Response:
    """One report as a table."""
    dimensions = _dimensions(name)
    period, words = Period.of(asking.request.args), asking.request.args
    by = words.get("by", "unit" if "unit" in dimensions else "")
    names = rule_sets(asking) if "rules" in REPORTS[name].words else []
    extra = _extra(asking, name, names)
    query = _asked(name, period) | ({"by": by} if by in dimensions else {}) | extra
    found = asking.get("statistics", f"/v1/reports/{in_path(name)}", **query)
    columns = columns_of(found)
    sort = next((one["key"] for one in columns if one["key"] == words.get("sort")), "")
    # Where there is nothing to divide, the sum is the only row.
    rows = found["rows"] or ([found["total"]] if found["total"] and not found["by"] else [])
    return asking.render(
        "figures-report.html",
        feed=feed_of(period, "ranking", extra) if name == "ranking" else feed_of(period),
        position=found["ledger_sequence"],
        narrows="procedure" in _asked(name, period),
        period=period,
        name=name,
        title=titles()[name],
        extra=extra,
        rule_sets=names,
        by=by if by in dimensions else "",
        dimensions=dimensions,
        sort=sort,
        columns=[{**column, "in_words": in_words(found["rows"], column)} for column in columns],
        rows=in_order(rows, next((one for one in columns if one["key"] == sort), None)),
        total=found["total"] if found["by"] and found["rows"] else None,
        as_of=found["as_of"],
        said_below=ways(found),
        files=FILES,
        value=value,
        leads_to=lambda row, key: leads_to(name, found["by"], row, key, period, by),
    )


@or_why_not
def paper(asking: Asking, name: str, kind: str) -> Response:
    """One report as a file."""
    dimensions = _dimensions(name)
    if kind not in FILES:
        raise NotFound
    period, by = Period.of(asking.request.args), asking.request.args.get("by", "")
    query = _asked(name, period) | ({"by": by} if by in dimensions else {}) | {"format": kind}
    if "rules" in REPORTS[name].words:
        query |= _extra(asking, name, rule_sets(asking))
    content = asking.get_file("statistics", f"/v1/reports/{in_path(name)}", **query)
    response = Response(content, content_type=FORMATS[kind].media_type)
    file = f"{name}_{period.first}_{period.last}.{FORMATS[kind].suffix}"
    response.headers["Content-Disposition"] = f'attachment; filename="{file}"'
    return response


def titles() -> Mapping[str, tuple[str, str]]:
    """Return what each report is called, in both languages; what has no name is called as it is asked for."""
    return {name: TITLES.get(name, (name, name)) for name in LISTED}


def in_words(rows: Sequence[Mapping[str, Any]], column: Mapping[str, str]) -> bool:
    """Tell whether a column holds words rather than numbers."""
    texts = [row for row in rows if isinstance(row.get(column["key"]), str)]
    return not all(_is_decimal(row, column["key"]) for row in texts)


def _is_decimal(row: Mapping[str, Any], key: str) -> bool:
    """Tell whether a text is a number written out, as points are; a procedure's code may look like one."""
    return (
        key not in _CODES
        and key not in row.get("names", {})
        and _DECIMAL.fullmatch(str(row[key])) is not None
    )


def value(row: Mapping[str, Any], column: Mapping[str, str], language: str) -> str:
    """Return a cell in words."""
    names = row.get("names", {}).get(column["key"])
    if names:
        return str(names[language])
    key = column["key"]
    if isinstance(row.get(key), str) and not is_ratio(column) and _is_decimal(row, key):
        return number(Decimal(row[key]))
    found = cell(row, column)
    return NO_DATA[1] if found is None and language == "en" else shown(found)


def in_order(
    rows: Sequence[Mapping[str, Any]], column: Mapping[str, str] | None
) -> Sequence[Mapping[str, Any]]:
    """Return rows by a column, highest numbers or first words first; no data stands last, equals as they stood."""
    if column is None:
        return rows
    key = column["key"]
    known = [row for row in rows if row.get(key) is not None]
    if in_words(known, column):
        known.sort(key=lambda row: value(row, column, "vi"))
    else:
        known.sort(key=lambda row: -float(row[key]))
    return [*known, *(row for row in rows if row.get(key) is None)]


def leads_to(
    name: str, by: Sequence[str], row: Mapping[str, Any], key: str, period: Period, divided: str = ""
) -> str | None:
    """Return where what is behind a figure is listed, dossiers or legs; None where there is no such list."""
    if name == "flows" and key in FIGURES_OF_LEGS and "from" in row:
        return address_of(period, divided or "agency", row, key)
    parts = [one for one in by if one in PARTS]
    if name not in _LEADS_ON or key not in CONDITIONS or not _CHOOSES.issuperset({*by} - {*parts}):
        return None
    chosen = {one: str(row[one]) for one in by if row.get(one) and one not in PARTS}
    cut = period.within(str(row[parts[0]])) if parts and row.get(parts[0]) else {}
    return period.address("/figures/dossiers", **{"figure": key, **chosen, **cut})


def _extra(asking: Asking, name: str, names: Sequence[str]) -> dict[str, str]:
    """Return what a report on scores is asked besides: by which rules, of which unit."""
    words = REPORTS[name].words
    unit = asking.request.args.get("unit", "") if "unit" in words else ""
    return (chosen_rules(asking, names) if "rules" in words else {}) | ({"unit": unit} if unit else {})


def _asked(name: str, period: Period) -> dict[str, str]:
    """Return the period as a report is asked for it: of the chosen procedure, where it can be."""
    report = REPORTS[name]
    return period.narrowed if report.is_list or "procedure" in report.words else period.query


def _dimensions(name: str) -> Sequence[str]:
    if name not in LISTED:
        raise NotFound
    return REPORTS[name].dimensions
