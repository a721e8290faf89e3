"""One unit, procedure by procedure, and the dossiers behind a number."""

from __future__ import annotations

from werkzeug.wrappers import Response

from deploy.console.asking import Asking
from deploy.console.pages.figures import choices, feed_of
from deploy.console.pages.measuring import PAGE, judged, or_why_not
from deploy.console.periods import Period
from services.statistics.reports.columns import FIGURES as RESOLUTION
from services.statistics.reports.online import FIGURES as ONLINE

FIGURE_NAMES = {
    **{figure.key: (figure.vi, figure.en) for figure in (*ONLINE, *RESOLUTION)},
    "resolved_online": ("Đã giải quyết, trực tuyến", "Resolved, online"),
    "received_online": ("Tiếp nhận trong kỳ, trực tuyến", "Received in the period, online"),
    "late": ("Quá hạn, đã hoặc chưa giải quyết", "Late, resolved or not"),
    "all": ("Mọi hồ sơ của kỳ", "Every dossier of the period"),
}
"""What the list of dossiers calls the figure behind which they stand."""


@or_why_not
def unit(asking: Asking, name: str) -> Response:
    """One unit: its figures month by month, and its late dossiers."""
    period = Period.of(asking.request.args)
    query = period.narrowed
    found = asking.get("statistics", "/v1/reports/resolution", by="unit", **query)
    row = next((one for one in found["rows"] if one["unit"] == name), None)
    months = asking.get("statistics", "/v1/reports/resolution", by="unit,month", **query)["rows"]
    online = asking.get("statistics", "/v1/reports/online", by="unit", **query)["rows"]
    late, refused = asking.try_get("statistics", "/v1/reports/late", unit=name, **query)
    return asking.render(
        "figures-unit.html",
        200 if row else 404,
        feed=feed_of(period) if row else "",
        position=found["ledger_sequence"],
        period=period,
        choices=choices(asking, found["rows"], period),
        name=name,
        row=judged(row) if row else None,
        as_of=found["as_of"],
        online=next((one for one in online if one["unit"] == name), None),
        months=[judged(one) for one in months if one["unit"] == name],
        late=late,
        refused=refused,
    )


@or_why_not
def procedures(asking: Asking) -> Response:
    """The figures procedure by procedure."""
    period = Period.of(asking.request.args)
    found = asking.get("statistics", "/v1/reports/resolution", by="procedure", **period.query)
    rows = sorted(map(judged, found["rows"]), key=lambda row: -row["received_total"])
    return asking.render(
        "figures-procedures.html",
        feed=feed_of(period),
        position=found["ledger_sequence"],
        period=period,
        rows=rows,
    )


def dossiers(asking: Asking) -> Response:
    """The dossiers behind a number; of those that the person may see."""
    words = asking.request.args
    period = Period.of(words)
    wanted = {word: words[word] for word in ("figure", "unit", "level", "agency", "skip") if words.get(word)}
    found, refused = asking.try_get("statistics", "/v1/reports/dossiers", **period.narrowed, **wanted)
    skip = int(wanted.get("skip", "0")) if wanted.get("skip", "0").isdigit() else 0
    return asking.render(
        "figures-dossiers.html",
        200 if found else 422,
        period=period,
        found=found,
        refused=refused,
        wanted=wanted,
        skip=skip,
        page=PAGE,
        figure=FIGURE_NAMES.get(wanted.get("figure", "all")),
    )
