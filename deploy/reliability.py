"""The table of docs/reliability.md, made from what a run of all faults kept: `python -m deploy.reliability`.

`make faults` does the faults at full length, keeps docs/reliability.json and calls this.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
RUN = ROOT / "docs" / "reliability.json"
PAGE = ROOT / "docs" / "reliability.md"
BEGIN = "<!-- run:begin -->"
END = "<!-- run:end -->"

FAULTS: Mapping[str, str] = {
    "stops": "An agency's connection is cut in the middle of its answers, and it is away for a night",
    "acks-nothing": "An agency takes everything and acknowledges nothing, for a night",
    "nacks": "An agency gives everything back again and again, then throws it away, and is silent for a night",
    "answers-oddly": "An agency answers a year late, the end before the beginning, each command twice, and as of a year ago",
    "floods": "An agency floods commands about legs that nobody knows",
    "malformed": "An agency sends 10,000 messages that are none; an operator sets them aside",
    "clock": "An agency's clock is a day ahead, then a day behind",
    "well": "A well agency beside all of these",
    "rabbitmq-wiped": "RabbitMQ is wiped and stays away until the alert fires, under load",
    "postgresql-away": "PostgreSQL is away, under load",
    "publisher-killed": "A publisher is killed between publishing and moving its position, under load",
    "replay-killed": "The service is killed in the middle of a replay",
    "two-operators": "Two operators replay the same lot at the same moment",
}
HEAD = (
    "fault",
    "what was done",
    "sent",
    "delivered",
    "lost",
    "twice",
    "copies",
    "out of order",
    "alert",
    "fired after",
    "cleared after",
)


def run_table(run: Mapping[str, Any]) -> str:
    """Return on what the run was made, and a row for each fault."""
    machine, rules = run["machine"], run["rules"]
    about = (
        f"`pytest tests/end_to_end/reliability --faults full`, which is what `make faults` does, on {machine['date']} (Viet Nam date): {machine['cpu']}, {machine['cores']} cores, "
        f"{machine['memory_mib']:,} MiB, load average {run['load_average']:.1f} before it; PostgreSQL "
        f"{machine['postgresql']}, RabbitMQ {machine['rabbitmq']}, Python {machine['python']}. {run['seconds']:,} s in all. "
        f"The rules are those of `deploy/observability/alerts.yaml` with `for` divided by {rules['patience']}, windows "
        f"by {rules['window']}, ages by {rules['age']}, scraped every four seconds."
    )
    rows = [tuple(map(str, HEAD)), tuple("---" for _ in HEAD), *map(_cells, run["rows"])]
    return about + "\n\n" + "\n".join(f"| {' | '.join(cells)} |" for cells in rows)


def _cells(row: Mapping[str, Any]) -> tuple[str, ...]:
    done = ", ".join(f"{count:,} {what}" for what, count in row["done"].items())
    return (
        FAULTS[row["fault"]],
        done or "–",
        *(f"{row[name]:,}" for name in ("sent", "delivered", "lost", "twice", "copies", "disorder")),
        f"`{row['alert']}`" if row["alert"] else "none",
        _seconds(row["fired_after"]),
        _seconds(row["cleared_after"]),
    )


def _seconds(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f} s"


def with_run(page: str, run: Mapping[str, Any]) -> str:
    """Return the page with the run between its two marks. Raises ValueError without the marks."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        msg = f"the page lacks {BEGIN} or {END}"
        raise ValueError(msg)
    return f"{before}{BEGIN}\n{run_table(run)}\n{END}{after}"


if __name__ == "__main__":
    kept = json.loads(RUN.read_text(encoding="utf-8"))
    PAGE.write_text(with_run(PAGE.read_text(encoding="utf-8"), kept), encoding="utf-8")
