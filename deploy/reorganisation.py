"""Carrying a reorganisation out through routing's doors: preview, register, batches, end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from deploy.play.client import Client, DoorError

BATCH = 200


@dataclass(slots=True)
class Effect:
    """What becomes of one agency."""

    agency: str
    change: str
    successors: list[str]
    queue: str
    """What becomes of its queue and account, if its own system has one."""
    account: str | None
    """Its broker account, if it is of no use any more."""
    processes: list[str]
    """Versions of processes that name it."""
    counts: Counter[str] = field(default_factory=Counter)
    """dossiers, open_legs, with_due_time, legs_to_come, received_here."""

    def as_json(self) -> dict[str, Any]:
        """Return it for machines."""
        return {
            "agency": self.agency,
            "change": self.change,
            "successors": self.successors,
            "queue": self.queue,
            "account": self.account,
            "processes": self.processes,
            **{name: self.counts.get(name, 0) for name in _COUNTS},
        }


_TOLD = ("agency", "change", "successors", "queue", "account", "processes")
_COUNTS = ("dossiers", "open_legs", "with_due_time", "legs_to_come", "received_here")


@dataclass(slots=True)
class Outcome:
    """What was done."""

    plan: str
    examined: int = 0
    dossiers: int = 0
    legs: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Open legs by the agency that had them and its successor."""

    def count(self, counted: Mapping[str, Any]) -> None:
        """Add what routing has counted: `dossiers` and `legs`."""
        self.dossiers += counted["dossiers"]
        for row in counted["legs"]:
            self.legs[row["agency"], row["successor"]] += row["legs"]

    def as_json(self) -> dict[str, Any]:
        """Return it for machines."""
        return {
            "plan": self.plan,
            "in_flight_before": self.examined,
            "re_homed": self.dossiers,
            "by_agency": [
                {"agency": agency, "successor": successor, "legs": legs}
                for (agency, successor), legs in sorted(self.legs.items())
            ],
        }


@dataclass(frozen=True, slots=True)
class Preview:
    """What a plan would do."""

    effects: list[Effect]
    uncovered: list[dict[str, Any]]
    """Legs of processes in force that would find no agency any more: dossiers of theirs would wait."""

    def as_json(self) -> dict[str, Any]:
        """Return it for machines."""
        return {"by_agency": [one.as_json() for one in self.effects], "uncovered": self.uncovered}


def preview(routing: Client, plan: Any) -> Preview:
    """Return what would become of each agency of a plan. Raises DoorError."""
    effects: dict[str, Effect] = {}
    uncovered: list[dict[str, Any]] = []
    after: str | None = None
    while True:
        body = {"plan": plan, "limit": BATCH * 25, "after": after}
        page = routing.post("/v1/reorganisations/previews", body, f"cli/preview/{after}")
        for one in page["by_agency"]:
            effect = effects.setdefault(
                one["agency"],
                Effect(**{name: one[name] for name in _TOLD}),
            )
            effect.counts.update({name: one.get(name, 0) for name in _COUNTS})
        uncovered += page["uncovered"]
        after = page["next"]
        if after is None:
            return Preview([effects[agency] for agency in sorted(effects)], uncovered)


def carry_out(routing: Client, plan: Any, happened_at: str | None = None) -> Outcome:
    """Carry a plan out to its end; one that was interrupted goes on. Raises DoorError.

    The outcome counts what was re-homed in all, before an interruption too. `happened_at` is for the
    historian alone; otherwise it happens now.
    """
    name = _name(plan)
    routing.post("/v1/reorganisations", {"plan": plan, "happened_at": happened_at}, f"cli/{name}/begin")
    examined = rehome(routing, plan, happened_at).examined
    body = {"happened_at": happened_at}
    counts = routing.post(f"/v1/reorganisations/{name}/finish", body, f"cli/{name}/finish")
    outcome = Outcome(name, examined)
    outcome.count(counts)
    return outcome


def rehome(routing: Client, plan: Any, happened_at: str | None = None) -> Outcome:
    """Re-home what lies before the agencies that a plan has ended, also after its end. Raises DoorError."""
    outcome = Outcome(_name(plan))
    after: str | None = None
    while True:
        body = {"after": after, "limit": BATCH, "happened_at": happened_at}
        batch = routing.post(f"/v1/reorganisations/{outcome.plan}/batches", body, f"cli/batch/{after}")
        outcome.examined += batch["examined"]
        outcome.count(batch)
        after = batch["next"]
        if after is None:
            return outcome


def _name(plan: Any) -> str:
    name = plan.get("plan") if isinstance(plan, dict) else None
    if not isinstance(name, str) or not name:
        raise DoorError("invalid", "the plan has no name (field `plan`)")
    return name
