"""A plan of a reorganisation, as what happens to each agency."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Change:
    """What a plan does with one agency."""

    agency: str
    change: str
    """`abolish`, `merge`, `split` or `rename`, which end it; `re-parent`, which does not."""
    successors: tuple[Mapping[str, Any], ...] = ()
    """`{agency, areas}`: for dossiers about these areas, or for all others."""
    parent: str | None = None

    @property
    def ends(self) -> bool:
        """Whether the agency ends."""
        return self.change != "re-parent"


def changes_of(plan: Mapping[str, Any]) -> Iterator[Change]:
    """Give the changes of a plan, agency by agency, in the order in which the plan states them."""
    for change in plan["changes"]:
        kind = change["change"]
        if kind == "re-parent":
            yield Change(change["agency"], kind, parent=change["parent"])
        elif kind == "merge":
            for agency in change["agencies"]:
                yield Change(agency, kind, ({"agency": change["into"], "areas": None},))
        elif kind == "rename":
            yield Change(change["agency"], kind, ({"agency": change["to"], "areas": None},))
        else:
            yield Change(change["agency"], kind, tuple(change["successors"]))


def ended_by(plan: Mapping[str, Any]) -> frozenset[str]:
    """Return the agencies that a plan ends."""
    return frozenset(change.agency for change in changes_of(plan) if change.ends)


def stays_or_comes(plan: Mapping[str, Any]) -> list[str]:
    """Return the agencies that a plan makes, describes or puts under another, and does not end."""
    named = {one["agency"] for one in plan["agencies"]}
    named |= {change.agency for change in changes_of(plan) if not change.ends}
    return sorted(named - ended_by(plan))
