"""Which dossiers a list is of: those behind a figure, of a unit, at a desk, of a procedure; in SQL."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from services.statistics.problems import UNKNOWN_FIGURE
from services.statistics.read_model import versions
from services.statistics.reports.answers import Question
from services.statistics.reports.columns import CONCERNS, OVERDUE, RESOLVED_LATE
from services.statistics.reports.counting import TRIAL
from services.statistics.reports.indicators import COUNTED
from services.statistics.reports.structure import Structure
from services.statistics.reports.units import NOW
from shared.errors import RefusedError
from shared.persistence.database import Transaction

CONDITIONS: Mapping[str, str] = {
    **{name: figure.condition for name, figure in COUNTED.items()},
    "late": f"({RESOLVED_LATE} OR {OVERDUE})",
    "all": CONCERNS,
}
"""Which dossiers a figure counts, by its key in the reports `resolution` and `online`."""
_LEADS = "SELECT DISTINCT coalesce(lead, desk), {area} FROM dossier_v# WHERE coalesce(lead, desk) IS NOT NULL"
_DESKS = "SELECT DISTINCT desk FROM dossier_v# WHERE desk IS NOT NULL"


class Choice(NamedTuple):
    """Conditions over a dossier `d` and a period `p`, and what they are to be given."""

    figure: str
    rest: str
    parameters: Mapping[str, Any]


def choice(tx: Transaction, version: int, question: Question, structure: Structure, figure: str) -> Choice:
    """Return which dossiers are asked for. Raises RefusedError with `unknown-figure`."""
    if figure not in CONDITIONS:
        raise RefusedError(UNKNOWN_FIGURE, figure=figure, known=", ".join(CONDITIONS))
    conditions = [TRIAL[question.trial]]
    parameters: dict[str, Any] = {}
    for column, value in (("procedure", question.procedure), ("desk", question.agency)):
        if value is not None:
            conditions.append(f"d.{column} = :{column}")
            parameters[column] = value
    if question.unit is not None:
        wanted = structure.unit(question.unit)
        conditions.append(f"{_lead(question)} IN :units")
        parameters["units"] = _leads(
            tx, version, question, structure, lambda agency: structure.unit(agency) == wanted
        )
    if question.level is not None:
        conditions.append(f"{_lead(question)} IN :of_level")
        parameters["of_level"] = _leads(
            tx, version, question, structure, lambda agency: _level(structure, agency) == question.level
        )
    if question.within is not None:  # who received it may see it too, whoever answers for it
        above = structure.unit(question.within)
        conditions.append(f"({_lead(question)} IN :within OR d.desk IN :desks)")
        parameters["within"] = _leads(
            tx, version, question, structure, lambda agency: above in structure.upwards(agency)
        )
        parameters["desks"] = _desks(tx, version, structure, question.within)
    return Choice(CONDITIONS[figure], " AND ".join(conditions), parameters)


def _level(structure: Structure, agency: str) -> str | None:
    """Return the level of an agency's unit."""
    return structure.level(structure.unit(agency))


def _leads(
    tx: Transaction,
    version: int,
    question: Question,
    structure: Structure,
    fits: Callable[[str], bool],
) -> list[str]:
    """Return which leads, with the area where that matters, fit."""
    found = []
    for lead, area in tx.execute(versions.at_version(_LEADS.format(area=_area(question)), version)):
        agency = structure.successor(lead, area or None) if question.structure == NOW else lead
        if fits(agency):
            found.append(f"{lead}/{area}")
    return found


def _desks(tx: Transaction, version: int, structure: Structure, wanted: str) -> list[str]:
    """Return which desks belong to a unit, or to one under it."""
    desks = [desk for (desk,) in tx.execute(versions.at_version(_DESKS, version))]
    return [desk for desk in desks if structure.unit(wanted) in structure.upwards(desk)]


def _lead(question: Question) -> str:
    return f"coalesce(d.lead, d.desk) || '/' || {_area(question, 'd.')}"


def _area(question: Question, prefix: str = "") -> str:
    """Return a dossier's area in SQL, where dossiers of one lead may count with several units."""
    return f"coalesce({prefix}area, '')" if question.structure == NOW else "''"
