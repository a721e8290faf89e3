"""Holders of dossiers in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.statistics.read_model import versions
from services.statistics.reports.timeline import AGENCY, APPLICANT, POSTING, Holder
from shared.persistence.database import Transaction
from shared.working_time.shares import IN_TRANSIT, PROCESS

Names = Mapping[str, tuple[str, str]]
"""Agency to its Vietnamese and its English name."""

_WORDS = {
    AGENCY: ("{vi}", "{en}"),
    APPLICANT: ("Người nộp hồ sơ", "The applicant"),
    POSTING: ("Niêm yết công khai tại {vi}", "Public notice at {en}"),
    IN_TRANSIT: ("Giữa các cơ quan", "Between agencies"),
    PROCESS: (
        "Do quy trình: các công đoạn cộng lại dài hơn thời hạn",
        "The process: its terms exceed the limit",
    ),
}


def described(holder: Holder, names: Names) -> dict[str, Any]:
    """Return a holder as plain values, with its name in both languages."""
    vi, en = names.get(holder.agency or "", (holder.agency or "—",) * 2)
    in_vi, in_en = _WORDS[holder.kind]
    return {
        "holder": holder.kind,
        "agency": holder.agency,
        "names": {"holder": {"vi": in_vi.format(vi=vi), "en": in_en.format(en=en)}},
    }


def names_of_agencies(tx: Transaction, version: int) -> Names:
    """Return what agencies are called."""
    rows = tx.execute(versions.at_version("SELECT agency, name_vi, name_en FROM agency_v#", version))
    return {agency: (vi, en) for agency, vi, en in rows if vi and en}
