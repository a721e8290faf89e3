"""Scenarios as data: what a province's period looked like, read from `deploy/scenarios/<name>/`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parent.parent / "scenarios"


class ScenarioError(Exception):
    """A scenario does not exist or contradicts itself; the text says how."""


@dataclass(frozen=True, slots=True)
class Figures:
    """How many dossiers: received = resolved + pending, resolved = early or on time + late + no verdict."""

    received: int
    resolved: int
    early_or_on_time: int
    late: int
    no_verdict: int
    pending: int

    def check(self) -> None:
        """Raise ScenarioError unless the figures balance."""
        resolved = self.early_or_on_time + self.late + self.no_verdict
        if self.resolved != resolved or self.received != resolved + self.pending:
            raise ScenarioError(f"the figures do not balance: {self}")


@dataclass(frozen=True, slots=True)
class Filing:
    """A kind of dossier in the mix: which procedure, at which desk, about which area, by whom, how often."""

    procedure: str
    desk: str
    applicant: str
    weight: float
    area: str | None = None
    no_verdict: bool = False
    """Whether the dossiers without a verdict are of this kind; then there are no others of it."""
    facts: Mapping[str, Any] = field(default_factory=dict, hash=False)
    """What the procedure asks about the case, such as the services chosen."""
    applicant_agency: str | None = None
    """The agency that files, if one does."""
    days_needed: int = 0
    """How many working days its way takes at least: none is filed later than that before the end."""


@dataclass(frozen=True, slots=True)
class Mix:
    """Shares, from 0 to 1, of what is filed and how it goes."""

    channels: dict[str, float]
    early: float
    """Of those early or on time."""
    near_due: float
    """Of those resolved: within one working hour of the due moment."""
    pending_overdue: float
    """Of those pending."""
    not_collected: float
    """Of those resolved: the result still lies at the desk."""
    near_due_days: tuple[date, ...]
    filings: tuple[Filing, ...]
    happenings: Mapping[str, float] = field(default_factory=dict, hash=False)
    """By the names in `happenings`: of those received, as far as their ways allow it."""
    silence: float = 0.0
    """Of the opinions asked for where silence is consent."""


NO_FIGURES = Figures(0, 0, 0, 0, 0, 0)
NO_MIX = Mix(
    channels={}, early=0, near_due=0, pending_overdue=0, not_collected=0, near_due_days=(), filings=()
)


@dataclass(frozen=True, slots=True)
class UnitShare:
    """A unit, what is filed there, and whether it is over the target at the count, by the cut-off, or not."""

    unit: str
    filing: Filing
    weight: float
    reaches: str | None
    """`before` (the count), `by-cut-off`, or None."""


@dataclass(frozen=True, slots=True)
class UnitPlan:
    """What each unit of a province did against a target; `deploy.play.units` makes dossiers of it."""

    indicator: str
    percent: str
    reach_by: date
    set_at: str
    basis: str
    counted_until: date
    """The last day that the source counts."""
    resolved: int
    """Dossiers until then."""
    ratio: str
    """Of them, those filed online, in per cent with two decimals."""
    over: Mapping[str, list[int]]
    """By level: how many units are over the target, of how many, as the source prints it."""
    units: tuple[UnitShare, ...]


@dataclass(frozen=True, slots=True)
class Scenario:
    """One scenario; agencies, procedures and processes are in the shapes that the doors take in."""

    name: str
    title: dict[str, str]
    source: str
    seed: int
    first: date
    last: date
    figures: Figures
    mix: Mix
    agencies: list[dict[str, Any]]
    procedures: list[dict[str, Any]]
    processes: list[dict[str, Any]]
    competences: list[dict[str, Any]] = field(default_factory=list)
    received_until: date | None = None
    """The last day on which dossiers are filed, if it is not the period's."""
    units: UnitPlan | None = None
    """What each unit did, where the source says that; then the figures and the mix are empty."""
    reorganisation: dict[str, Any] | None = None
    """The plan by which agencies end in the middle of the period."""
    ranking: dict[str, Any] | None = None
    """By which rules units are ranked while it goes on."""
    printed: dict[str, Any] | None = None
    """What the source prints besides the figures that are played; see `deploy.printed`."""
    districts: Scenario | None = None
    """What the districts that work in the system do beside it, as a scenario of its own; it is never scaled."""
    urging: dict[str, Any] | None = None
    """Who works in the system when, and who is urged; then the figures are those of its waves."""

    @property
    def connected(self) -> list[str]:
        """The agencies that have a system of their own."""
        return [agency["agency"] for agency in self.agencies if agency["connected"]]

    @property
    def routes(self) -> dict[str, Any]:
        """What routing has to know."""
        routes = {"agencies": self.agencies, "processes": self.processes}
        return {**routes, "competences": self.competences} if self.competences else routes


def names() -> list[str]:
    """Return the names of all scenarios."""
    return sorted(path.parent.name for path in FOLDER.glob("*/scenario.yaml"))


def load(name: str) -> Scenario:
    """Return a scenario. Raises ScenarioError."""
    if name not in names():
        raise ScenarioError(f"no scenario {name!r}; there are {', '.join(names())}")
    about = _read(name, "scenario")
    # A scenario may take place in the province of another one.
    province = about.get("province", name)
    scenario = Scenario(
        name=name,
        title=about["title"],
        source=about["source"],
        seed=about["seed"],
        first=about["period"]["first"],
        last=about["period"]["last"],
        figures=Figures(**about["figures"]) if "figures" in about else NO_FIGURES,
        mix=_mix(about["mix"]) if "mix" in about else NO_MIX,
        agencies=_read(province, "agencies"),
        procedures=_read(province, "procedures"),
        processes=_read(province, "processes"),
        competences=_read(province, "competences") if _has(province, "competences") else [],
        received_until=about["period"].get("received_until"),
        units=_units(_read(name, "units")) if _has(name, "units") else None,
        reorganisation=_read(name, "plan") if _has(name, "plan") else None,
        ranking=about.get("ranking"),
        printed=about.get("printed"),
        urging=_read(name, "urging") if _has(name, "urging") else None,
    )
    scenario.figures.check()
    return (
        replace(scenario, districts=_districts(scenario, about["districts"]))
        if "districts" in about
        else scenario
    )


def scaled(figures: Figures, scale: float) -> Figures:
    """Return the figures at a scale, still balanced, each within one of its share.

    What has no verdict is the odd one out of all: it is not scaled, and left out only where fewer than
    20 dossiers are played. Raises ScenarioError when nothing would be left.
    """
    received = round(figures.received * scale)
    if received < 1:
        raise ScenarioError(f"at scale {scale} of {figures.received} dossiers none is left")
    odd = figures.no_verdict if received >= 20 else 0  # noqa: PLR2004
    parts = (figures.early_or_on_time, figures.late, figures.pending)
    on_time, late, pending = apportion(received - odd, parts)
    return Figures(received, received - pending, on_time, late, odd, pending)


def apportion(total: int, weights: tuple[float, ...] | list[float]) -> list[int]:
    """Share `total` out in proportion to `weights` by the largest remainder, the earlier of equals first."""
    whole = sum(weights)
    exact = [total * weight / whole for weight in weights]
    shares = [int(share) for share in exact]
    by_remainder = sorted(range(len(exact)), key=lambda i: (shares[i] - exact[i], i))
    for index in by_remainder[: total - sum(shares)]:
        shares[index] += 1
    return shares


def wave(scenario: Scenario, said: Mapping[str, Any]) -> Scenario:
    """Return the part of a scenario of urging in which some units stand idle, as a scenario of its own."""
    urging = scenario.urging or {}
    filings = [
        {
            "procedure": one["procedure"],
            "desk": agency["agency"],
            "applicant": "citizen",
            "weight": one["weight"],
        }
        for one in urging["filings"]
        for agency in scenario.agencies
        if agency["kind"] == one["kind"] and not agency["agency"].startswith(tuple(said["idle"]))
    ]
    figures = Figures(**said["figures"])
    figures.check()
    mix = _mix({**urging["mix"], "filings": filings})
    return replace(scenario, first=said["first"], last=said["last"], figures=figures, mix=mix)


def _districts(scenario: Scenario, said: Mapping[str, Any]) -> Scenario:
    filings = tuple(Filing(said["procedure"], desk, "citizen", 1) for desk in said["desks"])
    figures = Figures(**said["figures"])
    figures.check()
    mix = replace(scenario.mix, filings=filings, happenings={}, near_due=0)
    return replace(scenario, seed=said["seed"], figures=figures, mix=mix)


def _mix(mix: Mapping[str, Any]) -> Mix:
    filings = tuple(Filing(**filing) for filing in mix["filings"])
    return Mix(**{**mix, "near_due_days": tuple(mix["near_due_days"]), "filings": filings})


def _units(said: Mapping[str, Any]) -> UnitPlan:
    units = tuple(
        UnitShare(
            one["unit"],
            Filing(one["procedure"], one["desk"], "citizen", one["weight"]),
            one["weight"],
            one.get("reaches"),
        )
        for one in said["units"]
    )
    return UnitPlan(**{**said, "units": units})


def _has(name: str, part: str) -> bool:
    return (FOLDER / name / f"{part}.yaml").exists()


def _read(name: str, part: str) -> Any:
    return yaml.safe_load((FOLDER / name / f"{part}.yaml").read_text("utf-8"))
