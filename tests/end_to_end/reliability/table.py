"""What came of each fault: the rows of docs/reliability.md."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """One fault, what was sent meanwhile, and what became of it."""

    fault: str
    """`deploy.reliability` has its words."""
    done: dict[str, int]
    """How often what was done."""
    sent: int
    delivered: int
    lost: int
    twice: int
    copies: int
    """Messages that came more than once under one id, and were dropped."""
    disorder: int
    alert: str | None
    fired_after: float | None
    cleared_after: float | None

    def check(self) -> None:
        """Fail unless nothing was lost, nothing happened twice and order was kept."""
        assert (self.lost, self.twice, self.disorder) == (0, 0, 0), self
        assert self.sent == self.delivered > 0, self


@dataclass(slots=True)
class Table:
    """All rows of a run."""

    length: str
    machine: dict[str, Any]
    load_average: float
    rules: dict[str, int]
    began: float = field(default_factory=monotonic)
    rows: dict[str, Row] = field(default_factory=dict)

    def add(self, row: Row) -> None:
        """Keep a row, and fail if something went wrong."""
        self.rows[row.fault] = row
        row.check()

    def keep(self, path: Path) -> None:
        """Write the run down."""
        run = {
            "length": self.length,
            "machine": self.machine,
            "load_average": self.load_average,
            "seconds": round(monotonic() - self.began),
            "rules": self.rules,
            "rows": [asdict(row) for row in self.rows.values()],
        }
        path.write_text(json.dumps(run, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
