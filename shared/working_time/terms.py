"""Terms: how long a procedure or one of its legs may take."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from shared.errors import RefusedError
from shared.working_time.problems import (
    TERM_MALFORMED,
    TERM_NOT_NUMERIC,
    TERM_NOT_POSITIVE,
    TERM_NOT_WHOLE,
    TERM_TOO_LARGE,
    TERM_TOO_PRECISE,
    TERM_UNIT_UNKNOWN,
)

LARGEST_AMOUNT = 9999
DECIMAL_PLACES = 4
"""So every amount is a whole number of microseconds of working time, and nothing is ever rounded."""

_NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,12})?")


class Unit(StrEnum):
    """In what a term is counted. The values are durable."""

    WORKING_DAY = "working_day"
    """ngày làm việc"""
    CALENDAR_DAY = "calendar_day"
    """ngày"""
    WORKING_HOUR = "working_hour"
    """giờ (làm việc)"""
    MONTH = "month"
    """tháng"""


WHOLE_UNITS = frozenset({Unit.CALENDAR_DAY, Unit.MONTH})
"""Units without fractions: half a calendar day that ends on a Saturday would end after a whole one."""

_VI = {
    Unit.WORKING_DAY: "ngày làm việc",
    Unit.CALENDAR_DAY: "ngày",
    Unit.WORKING_HOUR: "giờ làm việc",
    Unit.MONTH: "tháng",
}
_EN = {
    Unit.WORKING_DAY: "working day",
    Unit.CALENDAR_DAY: "calendar day",
    Unit.WORKING_HOUR: "working hour",
    Unit.MONTH: "month",
}


@dataclass(frozen=True, slots=True)
class Term:
    """An amount of a unit; more than 0, at most 9999, with at most 4 decimal places.

    Working days alone may be 0: that is "trong ngày làm việc", within the working day itself.

    Raises RefusedError, code `term-...`, for an amount that cannot be counted in its unit.
    """

    amount: Decimal
    unit: Unit

    def __post_init__(self) -> None:
        if not self.amount.is_finite():
            raise RefusedError(TERM_NOT_NUMERIC, value=str(self.amount))
        if self.amount.is_signed() or (not self.amount and self.unit is not Unit.WORKING_DAY):
            raise RefusedError(TERM_NOT_POSITIVE, value=self.amount)
        if self.amount > LARGEST_AMOUNT:
            raise RefusedError(TERM_TOO_LARGE, value=self.amount, limit=LARGEST_AMOUNT)
        if self.amount != round(self.amount, DECIMAL_PLACES):
            raise RefusedError(TERM_TOO_PRECISE, value=self.amount, limit=DECIMAL_PLACES)
        if self.unit in WHOLE_UNITS and self.amount != int(self.amount):
            raise RefusedError(TERM_NOT_WHOLE, value=self.amount, unit=self.unit)

    @classmethod
    def parse(cls, value: object) -> Term:
        """Return the term that a plain dict such as `{"amount": "0.5", "unit": "working_day"}` names.

        The amount is text, an int or a Decimal; floats are refused, since they are not what was written.
        Text that is no plain number, such as "Không nêu rõ", is refused as `term-not-numeric`.
        """
        if not isinstance(value, Mapping) or set(value) != {"amount", "unit"}:
            raise RefusedError(TERM_MALFORMED, value=value)
        if value["unit"] not in list(Unit):
            raise RefusedError(TERM_UNIT_UNKNOWN, value=value["unit"], known=", ".join(Unit))
        return cls(_number(value["amount"]), Unit(value["unit"]))

    def dump(self) -> dict[str, str]:
        """Return the plain dict that `parse` reads; equal terms give equal dicts."""
        return {"amount": self._plain_amount, "unit": self.unit.value}

    @property
    def vi(self) -> str:
        """The term in Vietnamese, such as "0,5 ngày làm việc"."""
        if not self.amount:
            return "trong ngày làm việc"
        return f"{self._plain_amount.replace('.', ',')} {_VI[self.unit]}"

    @property
    def en(self) -> str:
        """The term in English, such as "0.5 working days"."""
        if not self.amount:
            return "within the working day"
        return f"{self._plain_amount} {_EN[self.unit]}{'' if self.amount == 1 else 's'}"

    @property
    def _plain_amount(self) -> str:
        return format(self.amount.normalize(), "f")


def _number(amount: object) -> Decimal:
    if isinstance(amount, Decimal):
        return amount
    text = str(amount) if isinstance(amount, int) else amount
    if not isinstance(text, str) or not _NUMBER.fullmatch(text):
        raise RefusedError(TERM_NOT_NUMERIC, value=amount)
    return Decimal(text)
