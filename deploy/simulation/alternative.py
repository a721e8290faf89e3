"""The other world: processes, a plan of a reorganisation, a calendar, read strictly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from deploy.simulation.problems import PLAN_WITHOUT_CHANGES
from services.routing.rules.route import check_route
from services.routing.schemas.plans import PlanSchema, settled_plan
from services.routing.schemas.processes import read_process
from shared.clock import from_text, to_text
from shared.contracts.parsing import check
from shared.errors import RefusedError
from shared.working_time.calendar import WorkingCalendar
from shared.working_time.vietnam import packaged_overrides, parse_overrides, vietnam_special_days

Facts = Mapping[str, Any]
_PLAN = PlanSchema()


@dataclass(frozen=True, slots=True)
class Alternative:
    """What is otherwise than it was; what is left out is as it was."""

    processes: Sequence[Facts] = ()
    """Definitions that lead every dossier of their procedure whose desk may enter them."""
    plan: Facts | None = None
    calendar: WorkingCalendar | None = None


def read_processes(value: Any) -> list[dict[str, Any]]:
    """Return checked definitions: one, or a list of them. Raises RefusedError with routing's own codes."""
    definitions = [read_process(one) for one in (value if isinstance(value, list) else [value])]
    for definition in definitions:
        check_route(definition)
    return definitions


def read_plan(value: Any, as_if_from: str | None = None) -> dict[str, Any]:
    """Return a checked plan, with all that it dates from its day on moved to `as_if_from` (RFC 3339).

    Raises RefusedError: `plan-without-changes`, or routing's own codes. Raises ValueError for a time
    that is none.
    """
    if isinstance(value, dict) and value.get("changes") == []:
        raise RefusedError(PLAN_WITHOUT_CHANGES, plan=value.get("plan"))
    plan = settled_plan(check(value, _PLAN))
    for definition in plan["processes"]:
        check_route(definition)
    return _moved(plan, from_text(as_if_from) - from_text(plan["from"])) if as_if_from else plan


def read_calendar(text: str) -> WorkingCalendar:
    """Return the public sector's calendar where a day of the table wins over what is known of it.

    Raises RefusedError with `calendar-overrides-invalid`.
    """
    days = {special.day: special for special in (*packaged_overrides(), *parse_overrides(text))}
    return WorkingCalendar(vietnam_special_days, overrides=days.values())


def _moved(plan: dict[str, Any], by: timedelta) -> dict[str, Any]:
    since = plan["from"]

    def moved(facts: Facts) -> dict[str, Any]:
        return {
            name: to_text(from_text(value) + by) if name in _DATED and value and value >= since else value
            for name, value in facts.items()
        }

    parts = {name: [moved(one) for one in plan[name]] for name in ("agencies", "competences", "processes")}
    return {**plan, **parts, "from": to_text(from_text(since) + by)}


_DATED = frozenset({"valid_from", "valid_to"})
