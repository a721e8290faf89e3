"""Working time in words."""

from __future__ import annotations

from datetime import timedelta

from shared.working_time.office_hours import WORKING_DAY

_A_DAY = WORKING_DAY // timedelta(minutes=1)


def in_words(minutes: int) -> dict[str, str]:
    """Return minutes of working time as {"vi": ..., "en": ...}, such as "1 ngày làm việc 2 giờ 5 phút"."""
    days, rest = divmod(minutes, _A_DAY)
    hours, left = divmod(rest, 60)
    parts = [
        (days, "ngày làm việc", "working day"),
        (hours, "giờ", "hour"),
        (left, "phút", "minute"),
    ]
    said = [part for part in parts if part[0]] or parts[-1:]
    return {
        "vi": " ".join(f"{number} {vi}" for number, vi, _en in said),
        "en": " ".join(f"{number} {en}{'' if number == 1 else 's'}" for number, _vi, en in said),
    }
