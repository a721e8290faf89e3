"""The report on adoption: which units work in the system, how much, and which do not at all.

Every unit that the register has in being stands in it; one without a dossier has no share, and says so.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.statistics.read_model import versions
from services.statistics.reports.answers import FIXED_NAMES, Answer, Question, terms
from services.statistics.reports.columns import CONCERNS, RECEIVED_IN_PERIOD
from services.statistics.reports.counting import TRIAL, bounds, period_rows
from services.statistics.reports.periods import Period
from services.statistics.reports.ratios import percent
from services.statistics.reports.structure import Structure
from services.statistics.reports.units import NOW, POSITION, position_of, structure_at
from shared.clock import to_text
from shared.persistence.database import Transaction

_SQL = """
    SELECT ({position}), coalesce(d.lead, d.desk), d.area, d.procedure, count(*),
        count(*) FILTER (WHERE {received}), count(*) FILTER (WHERE {received} AND d.channel = 'online'),
        max(d.received_at) AS "last [timestamptz]"
    FROM dossier_v# d JOIN ({periods}) AS p ON {concerns}
    WHERE {trial} AND coalesce(d.lead, d.desk) IS NOT NULL GROUP BY 2, 3, 4
"""
_CATALOGUE = "SELECT count(*) FROM procedure_v#"
COLUMNS = (
    ("unit", "Đơn vị", "Unit"),
    ("level", "Cấp", "Level"),
    ("way", "Cách làm việc", "Works by"),
    ("uses", "Có hồ sơ trên hệ thống", "Works in the system"),
    ("received", "Tiếp nhận trong kỳ", "Received in the period"),
    ("procedures", "Số thủ tục phát sinh hồ sơ", "Procedures with dossiers"),
    ("ratio_of_all", "Phần trong toàn tỉnh (%)", "Share of the province (%)"),
    ("ratio_online", "Trực tuyến (%)", "Online (%)"),
    ("last_received_at", "Tiếp nhận gần nhất", "Last received"),
)

_WAYS = {
    "system": ("Hệ thống riêng", "Own system"),
    "worklist": ("Danh sách việc", "Worklist"),
}


@dataclass(slots=True)
class _Use:
    dossiers: int = 0
    received: int = 0
    online: int = 0
    procedures: set[str] = field(default_factory=set)
    last: datetime | None = None


def adoption(
    tx: Transaction, version: int, question: Question, periods: Sequence[Period]
) -> tuple[int | None, Answer]:
    """Make the report, with the position in the ledger."""
    structure = structure_at(tx, version, periods[0].cut_at)
    sql = _SQL.format(
        position=POSITION,
        received=RECEIVED_IN_PERIOD,
        concerns=CONCERNS,
        periods=period_rows(1),
        trial=TRIAL[question.trial],
    )
    found = tx.execute(versions.at_version(sql, version), {"version": version, **bounds(periods[:1])})
    uses: dict[str, _Use] = defaultdict(_Use, {unit: _Use() for unit in structure.units()})
    for _position, lead, area, procedure, many, received, online, last in found:
        agency = structure.successor(lead, area) if question.structure == NOW else lead
        use = uses[structure.unit(agency)]
        use.dossiers += many
        use.received += received
        use.online += online
        use.procedures.add(procedure)
        use.last = max(filter(None, (use.last, last)), default=None)
    connected = structure.connected()
    whole = sum(use.received for use in uses.values())
    [(catalogue,)] = tx.execute(versions.at_version(_CATALOGUE, version))
    procedures = set().union(*(use.procedures for use in uses.values())) if uses else set()
    return (found[0][0] if found else position_of(tx, version)), {
        **terms("adoption", question, periods),
        "by": ["unit"],
        "columns": [{"key": key, "vi": vi, "en": en} for key, vi, en in COLUMNS],
        "rows": [
            _row(unit, use, whole, structure, _way(unit, connected)) for unit, use in sorted(uses.items())
        ],
        "total": {
            "units": len(uses),
            "units_in_use": sum(1 for use in uses.values() if use.dossiers),
            **_by_way(uses, connected),
            "received": whole,
            "procedures": len(procedures),
            "catalogue": catalogue,
        },
    }


def _way(unit: str, connected: Container[str]) -> str:
    return "system" if unit in connected else "worklist"


def _by_way(uses: Mapping[str, _Use], connected: Container[str]) -> dict[str, int]:
    """Return how many units work each way, and how many of those have dossiers."""
    units = Counter(_way(unit, connected) for unit in uses)
    in_use = Counter(_way(unit, connected) for unit, use in uses.items() if use.dossiers)
    return {
        "units_with_system": units["system"],
        "units_with_system_in_use": in_use["system"],
        "units_with_worklist": units["worklist"],
        "units_with_worklist_in_use": in_use["worklist"],
    }


def _row(unit: str, use: _Use, whole: int, structure: Structure, way: str) -> dict[str, Any]:
    level = structure.level(unit)
    names: dict[str, Any] = {"way": {"vi": _WAYS[way][0], "en": _WAYS[way][1]}}
    for key, known in (("unit", structure.names(unit)), ("level", FIXED_NAMES.get(("level", level or "")))):
        if known:
            names[key] = {"vi": known[0], "en": known[1]}
    return {
        "unit": unit,
        "level": level,
        "names": names,
        "way": way,
        "uses": use.dossiers > 0,
        "received": use.received,
        "procedures": len(use.procedures),
        "ratio_of_all": percent(use.received, whole) if use.dossiers else None,
        "ratio_online": percent(use.online, use.received),
        "last_received_at": to_text(use.last) if use.last else None,
    }
