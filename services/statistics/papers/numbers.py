"""Figures as people in Viet Nam read them: 46.735, 26,77 %, 20/07/2019. The only place that writes them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

NO_DATA = ("Không có số liệu", "No data")
"""What stands where there is no figure: never 0, never 100 %."""
_YES, _NO = "Có", "Không"


def number(value: int | Decimal) -> str:
    """Return a number with full stops between thousands and a comma before decimals, a true minus before it."""
    text = f"{abs(value):,}".translate(str.maketrans(",.", ".,"))
    return f"−{text}" if value < 0 else text


def per_cent(value: Decimal | None) -> str:
    """Return a ratio in per cent with two decimals, or that there is none."""
    return NO_DATA[0] if value is None else f"{number(value.quantize(Decimal('0.01')))} %"


def day(text: str) -> str:
    """Return a date (yyyy-mm-dd) as dd/mm/yyyy."""
    return f"{date.fromisoformat(text):%d/%m/%Y}"


def month(text: str) -> str:
    """Return a month (yyyy-mm) as mm/yyyy."""
    return "/".join(reversed(text.split("-")))


_ROMAN = ("", "I", "II", "III", "IV")


def part_of_year(text: str) -> tuple[str, str]:
    """Return a month, quarter, half-year or year (2023-11, 2023-Q4, 2023-H1, 2023) in Vietnamese and English."""
    year, _, part = text.partition("-")
    if not part:
        return f"Năm {year}", year
    if part[0] == "Q":
        return f"Quý {_ROMAN[int(part[1])]} năm {year}", f"Quarter {part[1]} of {year}"
    if part[0] == "H":
        first = part[1] == "1"
        return (
            f"6 tháng {'đầu' if first else 'cuối'} năm {year}",
            f"{'First' if first else 'Second'} half of {year}",
        )
    return f"Tháng {month(text)}", f"Month {month(text)}"


def shown(value: str | int | Decimal | None) -> str:
    """Return any value of a report: text as it is, a Decimal in per cent."""
    if value is None:
        return NO_DATA[0]
    if isinstance(value, bool):
        return _YES if value else _NO
    if isinstance(value, Decimal):
        return per_cent(value)
    return number(value) if isinstance(value, int) else value
