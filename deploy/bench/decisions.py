"""How fast the decisions themselves are: itineraries planned, and due times counted, a second.

No database and no broker: the pure rules alone, on one core. The planning takes the ten interlinked
routes in turn, in a register of a large province (communes by the hundred), so that looking an agency
up costs what it costs there. The peer of a due time is the `holidays` package's own count of working
days, which knows neither office hours nor overrides.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import cycle, islice
from time import perf_counter
from typing import Any

import holidays
import orjson

from deploy.play.scenario import load
from services.routing.rules.planning import plan
from services.routing.rules.structure import Registry
from services.routing.schemas import read_reference
from shared.clock import to_text
from shared.working_time.due import due_at
from shared.working_time.terms import Term, Unit
from shared.working_time.vietnam import vietnam_calendar

SCENARIO = "lien-thong"
COMMUNES = 200
"""As many as a province has after the reorganisation of 2025, and then some."""
RECEIVED_AT = datetime(2025, 4, 25, 2, 0, tzinfo=UTC)
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Decisions:
    """Rates a second, on one core."""

    itineraries: float
    legs: float
    """Planned legs a second, in the same time."""
    due_times: float
    holidays_package: float
    """The peer's count of the same working days."""

    @property
    def ratio_to_holidays(self) -> float:
        """Our due times over the peer's."""
        return self.due_times / self.holidays_package


def measure(seconds: float) -> Decisions:
    """Measure each for about so many seconds."""
    planned: list[int] = []
    itineraries = _rate(_planning(planned), seconds)
    calendar = vietnam_calendar()
    moments = [RECEIVED_AT + timedelta(hours=7 * n) for n in range(365)]
    term = Term(Decimal(15), Unit.WORKING_DAY)
    ours = cycle(moments)
    due_times = _rate(lambda: [due_at(at, term, calendar) for at in islice(ours, _CHUNK)], seconds)
    known = holidays.country_holidays("VN", years=range(2024, 2029))
    theirs = cycle([moment.date() for moment in moments])
    peer = _rate(lambda: [known.get_nth_working_day(day, 15) for day in islice(theirs, _CHUNK)], seconds)
    return Decisions(itineraries, itineraries * sum(planned) / len(planned), due_times, peer)


def _planning(planned: list[int]) -> Callable[[], Any]:
    scenario = load(SCENARIO)
    reference = read_reference(orjson.dumps(scenario.routes))
    registry = Registry.of(
        [*reference["agencies"], *_communes()], competences=reference.get("competences", ())
    )
    structure = registry.at(to_text(RECEIVED_AT))
    definitions = {one["procedure"]: one for one in reference["processes"]}
    cases = cycle([filing for filing in scenario.mix.filings if filing.procedure in definitions])

    def some() -> None:
        for filing in islice(cases, _CHUNK):
            facts = {**filing.facts, "channel": "direct", "applicant_agency": filing.applicant_agency}
            legs = plan(definitions[filing.procedure], filing.desk, filing.area, structure, facts)
            if len(planned) < _CHUNK:
                planned.append(len(legs))

    return some


def _communes() -> list[dict[str, Any]]:
    return [
        {
            "agency": f"H47.{number}",
            "name": {"vi": f"Xã {number}", "en": f"Commune {number}"},
            "level": "commune",
            "kind": "ubnd-xa",
            "area": f"QNA.X{number}",
            "valid_from": "2020-01-01T00:00:00.000000Z",
        }
        for number in range(1000, 1000 + COMMUNES)
    ]


def _rate(chunk: Callable[[], Any], seconds: float) -> float:
    chunk()  # what is looked up once is looked up now
    chunks, started = 0, perf_counter()
    while (elapsed := perf_counter() - started) < seconds:
        chunk()
        chunks += 1
    return chunks * _CHUNK / elapsed
