"""Playing a scenario that says what each unit did against a target, and holding the report against its source."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from deploy.demo import settle
from deploy.play.client import Client
from deploy.play.player import load_reference, play
from deploy.play.scenario import Scenario, ScenarioError, UnitPlan
from deploy.play.units import counts, over_by_level, plan_units
from deploy.reach import Reached
from services.statistics.reports.ratios import percent, rounded
from shared.messaging.broker import Broker

Progress = Callable[[int, int], None]
ByLevel = Mapping[str, list[int]]
"""By level: how many units are over the target, of how many that have data."""

_PRINTED_DECISION = "17/QĐ-UBCĐSQG"


@dataclass(frozen=True, slots=True)
class Standing:
    """How the units stand on a day."""

    ratio: str | None
    over: ByLevel
    below: Mapping[str, list[str]]
    """By level: the units below the target, the lowest first."""
    ratio_of_received: str | None
    mean_of_ratios: str | None
    """What the units' own ratios come to on average: not the province's ratio."""


@dataclass(frozen=True, slots=True)
class Held:
    """What came of a play, beside its source."""

    scenario: Scenario
    at_count: Standing
    at_cut_off: Standing
    wanted_at_cut_off: ByLevel
    """As the scenario assumes it; the source prints nothing of it."""
    events: int
    seconds: float

    @property
    def plan(self) -> UnitPlan:
        """The scenario's plan."""
        assert self.scenario.units  # noqa: S101
        return self.scenario.units

    @property
    def exact(self) -> bool:
        """Whether every figure is the source's."""
        source = (self.plan.ratio, self.plan.over)
        found = (self.at_count.ratio, self.at_count.over)
        return found == source and self.at_cut_off.over == self.wanted_at_cut_off

    def inconsistencies(self) -> list[dict[str, str]]:
        """Return what the source prints that does not fit, or means something else than it seems, by how much."""
        found = self.at_count
        units = [sum(of[at] for of in found.over.values()) for at in (0, 1)]
        return [
            {
                "vi": "Số hiệu quyết định giao chỉ tiêu in trong công văn khác số hiệu của chính quyết định",
                "en": "The number of the decision that sets the target is not the decision's own",
                "printed": _PRINTED_DECISION,
                "right": "17/QĐ-UBQGCĐS",
                "difference": "UBCĐSQG ≠ UBQGCĐS",
            },
            {
                "vi": "Tính trên hồ sơ đã giải quyết; Bộ chỉ số 766 (mục 3.3) tính trên hồ sơ tiếp nhận",
                "en": "Counted over dossiers resolved; the index of Decision 766 (3.3) counts those received",
                "printed": self.plan.ratio,
                "right": found.ratio_of_received or "",
                "difference": _less(found.ratio_of_received, self.plan.ratio),
            },
            {
                "vi": f"{units[0]}/{units[1]} đơn vị đạt không cho biết tỷ lệ chung: trung bình các đơn vị là số khác",
                "en": f"{units[0]}/{units[1]} units over the target say nothing of the ratio: their mean is another",
                "printed": self.plan.ratio,
                "right": found.mean_of_ratios or "",
                "difference": _less(found.mean_of_ratios, self.plan.ratio),
            },
        ]

    def as_json(self) -> dict[str, Any]:
        """Return the figures for machines."""
        return {
            "online_ratio": self.at_count.ratio,
            "over_target": dict(self.at_count.over),
            "below_target": dict(self.at_count.below),
            "at_cut_off": {
                "day": self.plan.reach_by.isoformat(),
                "online_ratio": self.at_cut_off.ratio,
                "over_target": dict(self.at_cut_off.over),
                "below_target": dict(self.at_cut_off.below),
            },
            "inconsistencies": self.inconsistencies(),
            "events": self.events,
            "seconds": round(self.seconds, 2),
        }


def run(reached: Reached, broker: Broker, scenario: Scenario, scale: float, progress: Progress) -> Held:
    """Set the target, play the scenario, and return how the units stand at the count and at the cut-off.

    Raises ScenarioError, PlayError, DoorError or NotSettledError.
    """
    plan = scenario.units
    if plan is None:
        raise ScenarioError(f"{scenario.name} does not say what each unit did")
    started = time.monotonic()
    doors, dossiers = reached.doors(broker), plan_units(scenario, scale)
    with closing(reached.client("statistics")) as statistics:
        before = statistics.get("/health")["ledger"]
        load_reference(doors, scenario)
        with closing(reached.client("processing", "historian")) as processing:
            _set_target(processing, scenario, plan)
        play(doors, scenario, dossiers, progress=progress)
        ledger = settle(reached)
        first = date(plan.reach_by.year, 1, 1)
        at_count = _standing(statistics, scenario, first, plan.counted_until)
        # To be reached before the day: what is done on it comes too late.
        at_cut_off = _standing(statistics, scenario, first, plan.reach_by - timedelta(days=1))
    wanted = over_by_level(scenario, counts(plan, scale), at_cut_off=True)
    return Held(scenario, at_count, at_cut_off, wanted, ledger - before, time.monotonic() - started)


def _set_target(processing: Client, scenario: Scenario, plan: UnitPlan) -> None:
    content = {
        "indicator": plan.indicator,
        "scope": "province",
        "year": plan.reach_by.year,
        "percent": plan.percent,
        "reach_by": plan.reach_by.isoformat(),
        "basis": plan.basis,
        "happened_at": plan.set_at,
    }
    processing.post("/v1/targets", content, f"{scenario.name}/target")


def _standing(statistics: Client, scenario: Scenario, first: date, last: date) -> Standing:
    """Return how the scenario's own units stand; a system may hold those of other provinces too."""
    own = {agency["agency"]: agency["level"] for agency in scenario.agencies}
    period = {"from": first.isoformat(), "to": last.isoformat(), "by": "unit"}
    answer = statistics.get("/v1/reports/online", **period)
    rows = [row for row in answer["rows"] if row["unit"] in own]
    over: dict[str, list[int]] = {}
    below: dict[str, list[str]] = {}
    for row in sorted(rows, key=lambda row: (Decimal(row["ratio_resolved"] or 0), row["unit"])):
        if row["reached"] is not None:
            level = own[row["unit"]]
            counted = over.setdefault(level, [0, 0])
            counted[0] += row["reached"]
            counted[1] += 1
            below.setdefault(level, []).extend([] if row["reached"] else [row["unit"]])
    return Standing(
        percent(_sum(rows, "resolved_online"), _sum(rows, "resolved")),
        over,
        below,
        percent(_sum(rows, "received_online"), _sum(rows, "received")),
        _mean([row["ratio_resolved"] for row in rows if row["ratio_resolved"] is not None]),
    )


def _sum(rows: Sequence[Mapping[str, Any]], figure: str) -> int:
    return sum(row[figure] for row in rows)


def _mean(ratios: Sequence[str]) -> str | None:
    return rounded(sum(map(Fraction, ratios), Fraction(0)) / len(ratios)) if ratios else None


def _less(found: str | None, printed: str) -> str:
    return "" if found is None else f"{Decimal(found) - Decimal(printed):+}"
