"""Charts as pictures; the same figures stand in a table beside each."""

from __future__ import annotations

from werkzeug.wrappers import Response

from deploy.console.asking import Asking
from deploy.console.charts import Series, columns_chart, stacked_rows_chart
from deploy.console.pages.figures import matrix, months_of
from deploy.console.periods import Period


def months(asking: Asking) -> Response:
    """The period month by month: of the province, a level or a unit."""
    words = asking.request.args
    period, unit, level = Period.of(words), words.get("unit"), words.get("level")
    if unit:
        query = {**period.narrowed, "by": "unit,month"}
        rows = asking.get("statistics", "/v1/reports/resolution", **query)["rows"]
        rows = [row for row in rows if row["unit"] == unit]
    else:
        rows = months_of(asking, period, level or None)
    names = ("Tiếp nhận", "Đã giải quyết", "Quá hạn") if _vi(asking) else ("Received", "Resolved", "Late")
    keys = ("received_in_period", "resolved_total", "resolved_late")
    series = [Series(title, [row[key] for row in rows]) for title, key in zip(names, keys, strict=True)]
    return _picture(columns_chart([_month(row["month"]) for row in rows], series))


def flows(asking: Asking) -> Response:
    """How many legs go from level to level: a row for each that hands over, a colour for each that takes over."""
    period = Period.of(asking.request.args)
    rows = asking.get("statistics", "/v1/reports/flows", by="level", **period.narrowed)
    found, language = matrix(rows["rows"]), "vi" if _vi(asking) else "en"
    down, along = found["down"], found["along"]
    sums: dict[tuple[str, str], int] = {}
    for row in rows["rows"]:
        sums[row["from"], row["to"]] = sums.get((row["from"], row["to"]), 0) + row["legs"]
    series = [
        Series(_name(names, to, language), [sums.get((one, to), 0) for one, _names in down])
        for to, names in along
    ]
    return _picture(stacked_rows_chart([_name(names, one, language) for one, names in down], series))


def _name(names: dict[str, str] | None, place: str, language: str) -> str:
    return names[language] if names else place or "?"


def _vi(asking: Asking) -> bool:
    return asking.request.args.get("language") != "en"


def _month(text: str) -> str:
    return "/".join(reversed(text.split("-")))


def _picture(picture: bytes) -> Response:
    response = Response(picture, content_type="image/svg+xml")
    # The picture brings its own style, and nothing else.
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    return response
