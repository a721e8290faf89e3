"""The legs behind a number of hand-overs or waits, as far as somebody may see them."""

from __future__ import annotations

from urllib.parse import urlencode

from werkzeug.wrappers import Response

from deploy.console.asking import Asking
from deploy.console.pages.measuring import PAGE, Row, heat
from deploy.console.periods import Period

FIGURES = {
    "legs": ("Mọi lượt chuyển", "Every leg"),
    "accepted": ("Lượt đã được nhận, chờ lâu nhất trước", "Taken on, the longest wait first"),
    "waiting": ("Lượt còn chờ nhận, lâu nhất trước", "Still waiting, the oldest first"),
}
"""What the list calls the figure behind which the legs stand."""
_WORDS = ("figure", "giver", "taker", "direction", "by", "skip")


def address_of(period: Period, by: str, row: Row, figure: str) -> str:
    """Return where the legs behind a figure of a row of the report on flows are listed."""
    # An empty giver is the desk: it must not be left out, as nothing would be.
    between = urlencode({"giver": row["from"], "taker": row["to"]})
    words = {"figure": figure, "by": by, "direction": row["direction"]}
    return f"{period.address('/figures/legs', **words)}&{between}"


def _page(period: Period, wanted: dict[str, str], skip: int) -> str:
    rest = {word: value for word, value in wanted.items() if word != "skip"}
    return f"{period.address('/figures/legs', skip=str(skip) if skip else '')}&{urlencode(rest)}"


def legs(asking: Asking) -> Response:
    """Legs one by one, what waits or waited longest first; each leads to its dossier's events."""
    words = asking.request.args
    period = Period.of(words)
    wanted = {word: words[word] for word in _WORDS if words.get(word) or (word == "giver" and word in words)}
    found, refused = asking.try_get("statistics", "/v1/reports/legs", **period.narrowed, **wanted)
    skip = int(wanted["skip"]) if wanted.get("skip", "").isdigit() else 0
    return asking.render(
        "figures-legs.html",
        200 if found else 422,
        period=period,
        rows=[{**row, "heat": heat(row["waited"])} for row in found["rows"]] if found else [],
        found=found,
        refused=refused,
        page_of=lambda skip: _page(period, wanted, skip),
        skip=skip,
        page=PAGE,
        figure=FIGURES.get(wanted.get("figure", "legs")),
    )
