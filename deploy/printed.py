"""What Quảng Nam's report of 2019 prints beside its dossiers, held against its own arithmetic."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from deploy.play.scenario import Figures
from services.statistics.papers.numbers import number

Inconsistency = dict[str, str]
"""In both languages, what is printed, what is right, and by how much they differ."""


def inconsistencies(printed: Mapping[str, Any], figures: Figures) -> list[Inconsistency]:
    """Return what does not fit, or means something else than it seems; what fits is not in it."""
    judged = figures.early_or_on_time + figures.late
    online, percent = printed["online_level_3_4"], printed["online_percent"]
    parts = printed["of_departments"] + printed["of_vertical_agencies"]
    using, of = printed["districts_on_system"]
    return [
        *_sum(
            "Trước hạn, đúng hạn và quá hạn cộng lại không bằng số đã giải quyết",
            "Early, on time and late do not add up to those resolved",
            figures.resolved,
            judged,
        ),
        *_sum(
            "Thủ tục của các sở và của ngành dọc cộng lại không bằng tổng số tại Trung tâm",
            "Procedures of departments and of vertical sectors do not add up to the centre's",
            printed["procedures"],
            parts,
        ),
        *_share(
            "Tỷ lệ trước hạn, đúng hạn đã làm tròn, che mất một hồ sơ",
            "The share early or on time is rounded, and hides one dossier",
            printed["on_time_percent"],
            figures.early_or_on_time,
            figures.resolved,
        ),
        *_share(
            "Tỷ lệ quá hạn đã làm tròn",
            "The share late is rounded",
            printed["late_percent"],
            figures.late,
            figures.resolved,
        ),
        *_share(
            f"{online} dịch vụ mức 3, 4 trên tổng số {number(printed['procedures'])} thủ tục tại Trung tâm",
            f"{online} services of level 3 and 4 among all {printed['procedures']:,} procedures at the centre",
            percent,
            online,
            printed["procedures"],
        ),
        *_share(
            f"{online} dịch vụ mức 3, 4 trên {number(printed['of_departments'])} thủ tục của các sở: gần với số in nhất",
            f"{online} services of level 3 and 4 among the departments' {printed['of_departments']:,}: nearest to the print",
            percent,
            online,
            printed["of_departments"],
        ),
        {
            "vi": "Số đang giải quyết không được in; không nói hồ sơ năm 2018 chuyển sang",
            "en": "Those in progress are not printed; nor those carried over from 2018",
            "printed": "—",
            "right": str(figures.pending),
            "difference": str(figures.pending),
        },
        {
            "vi": "Chỉ đếm cấp huyện; yêu cầu là 100 % huyện và xã",
            "en": "Districts alone are counted; asked for are all districts and communes",
            "printed": f"{using}/{of}",
            "right": f"{of}/{of}",
            "difference": str(using - of),
        },
    ]


def _sum(vi: str, en: str, whole: int, parts: int) -> list[Inconsistency]:
    if whole == parts:
        return []
    return [
        {"vi": vi, "en": en, "printed": str(whole), "right": str(parts), "difference": str(parts - whole)}
    ]


def _share(vi: str, en: str, percent: int, part: int, whole: int) -> list[Inconsistency]:
    right = (Decimal(100 * part) / whole).quantize(Decimal("0.01"), ROUND_HALF_UP)
    if right == percent:
        return []
    return [
        {"vi": vi, "en": en, "printed": str(percent), "right": str(right), "difference": str(right - percent)}
    ]
