"""The steps of a computation of a due time, as records that can say themselves in two languages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum

from shared.working_time.calendar import WorkingCalendar
from shared.working_time.elapsed import working_minutes_between
from shared.working_time.special_days import SpecialDay
from shared.working_time.terms import WHOLE_UNITS, Term, Unit

_DAYS_VI = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
_DAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class Rule(StrEnum):
    """Which rule a step applies."""

    WITHIN = "within_working_time"
    """The start lies in working time."""
    CLAMPED = "moved_into_working_time"
    """The start lies outside working time and moves to the next start of work."""
    CUTOFF = "after_cutoff"
    """The start lies after the hour up to which a day's dossiers count from that day."""
    SAME_DAY = "same_day"
    """Due within the working day itself."""
    WORKING_DAYS = "working_days"
    WORKING_HOURS = "working_hours"
    CALENDAR_DAYS = "calendar_days"
    MONTHS = "months"
    ROLLED = "moved_to_next_working_day"
    """The end falls on a day off and moves to the next working day."""
    EXTENDED = "extended"
    """More time was given."""
    PAUSED = "paused"
    """The clock stood still."""


_VI = {
    Rule.WITHIN: "Bắt đầu lúc {before}, trong giờ làm việc",
    Rule.CLAMPED: "Bắt đầu lúc {before}, ngoài giờ làm việc: tính từ {after}",
    Rule.CUTOFF: "Bắt đầu lúc {before}, sau {cutoff}: tính từ ngày làm việc tiếp theo, {after}",
    Rule.SAME_DAY: "Giải quyết trong ngày làm việc: đến {after}",
    Rule.WORKING_DAYS: "Cộng {term}, ngày thứ nhất là ngày làm việc tiếp theo: đến {after}",
    Rule.WORKING_HOURS: "Cộng {term}: đến {after}",
    Rule.CALENDAR_DAYS: "Cộng {term}, ngày thứ nhất là ngày kế tiếp: đến {after}",
    Rule.MONTHS: "Cộng {term}, đến ngày tương ứng hoặc ngày cuối tháng: {after}",
    Rule.ROLLED: "Ngày cuối của thời hạn là ngày nghỉ: chuyển sang ngày làm việc tiếp theo, {after}",
    Rule.EXTENDED: "Gia hạn thêm {term}: đến {after}",
    Rule.PAUSED: "Dừng tính thời hạn từ {stopped} đến {resumed} ({length}): đến {after}",
}
_EN = {
    Rule.WITHIN: "Starts at {before}, within working time",
    Rule.CLAMPED: "Starts at {before}, outside working time: counted from {after}",
    Rule.CUTOFF: "Starts at {before}, after {cutoff}: counted from the next working day, {after}",
    Rule.SAME_DAY: "Due within the working day: until {after}",
    Rule.WORKING_DAYS: "Add {term}, the first being the next working day: until {after}",
    Rule.WORKING_HOURS: "Add {term}: until {after}",
    Rule.CALENDAR_DAYS: "Add {term}, the first being the next day: until {after}",
    Rule.MONTHS: "Add {term}, to the same day of the month or else its last day: {after}",
    Rule.ROLLED: "The last day of the term is off: moved to the next working day, {after}",
    Rule.EXTENDED: "Extended by {term}: until {after}",
    Rule.PAUSED: "The clock stood still from {stopped} to {resumed} ({length}): until {after}",
}

_FROM_THE_DAY_ITSELF = frozenset({Rule.CLAMPED, Rule.ROLLED})
_FROM_THE_NEXT_DAY = frozenset(
    {Rule.CUTOFF, Rule.WORKING_DAYS, Rule.WORKING_HOURS, Rule.EXTENDED, Rule.PAUSED}
)

_MINUTES_AN_HOUR = 60


@dataclass(frozen=True, slots=True)
class Step:
    """One step from `before` to `after`, both in Viet Nam time; `amount` is what it adds, if anything.

    `cutoff` is the hour that a start missed, `stood` from when to when the clock stood still. The
    sentences are put together only when they are asked for.
    """

    rule: Rule
    before: datetime
    after: datetime
    calendar: WorkingCalendar = field(repr=False, compare=False)
    amount: Decimal = Decimal()
    unit: Unit | None = None
    cutoff: time | None = None
    stood: tuple[datetime, datetime] | None = None

    @property
    def vi(self) -> str:
        """The step as a Vietnamese sentence."""
        text = _VI[self.rule].format(**self._facts(_DAYS_VI), **self._amounts_vi())
        special = "; ".join(f"{it.day:%d/%m/%Y} {it.vi}" for it in self.special_days())
        return f"{text} (có {special})." if special else f"{text}."

    @property
    def en(self) -> str:
        """The step as an English sentence."""
        text = _EN[self.rule].format(**self._facts(_DAYS_EN), **self._amounts_en())
        special = "; ".join(f"{it.day:%d/%m/%Y} {it.en}" for it in self.special_days())
        return f"{text} (with {special})." if special else f"{text}."

    def special_days(self) -> list[SpecialDay]:
        """Return the holidays and make-up days that this step passes over or counts."""
        first, last = self.before.date(), self.after.date()
        if self.rule in _FROM_THE_DAY_ITSELF:
            return self.calendar.special_days_between(first, last)
        if self.rule in _FROM_THE_NEXT_DAY:
            return self.calendar.special_days_between(first + timedelta(days=1), last)
        return []

    def _facts(self, days: Sequence[str]) -> dict[str, str]:
        facts = {"before": _moment(self.before, days), "after": _moment(self.after, days)}
        if self.cutoff:
            facts["cutoff"] = f"{self.cutoff:%H:%M}"
        if self.stood:
            facts["stopped"], facts["resumed"] = (_moment(each, days) for each in self.stood)
        return facts

    def _amounts_vi(self) -> dict[str, str]:
        if self.stood:
            hours, minutes = divmod(self._stood_minutes(), _MINUTES_AN_HOUR)
            kind = "" if self._in_real_time() else " làm việc"
            return {"length": f"{hours} giờ {minutes} phút{kind}"}
        return {"term": Term(self.amount, self.unit).vi} if self.unit else {}

    def _amounts_en(self) -> dict[str, str]:
        if self.stood:
            hours, minutes = divmod(self._stood_minutes(), _MINUTES_AN_HOUR)
            kind = "" if self._in_real_time() else " of working time"
            return {"length": f"{hours} h {minutes} min{kind}"}
        return {"term": Term(self.amount, self.unit).en} if self.unit else {}

    def _in_real_time(self) -> bool:
        return self.unit in WHOLE_UNITS

    def _stood_minutes(self) -> int:
        if self.stood is None:
            return 0
        stopped, resumed = self.stood
        if self._in_real_time():
            return (resumed - stopped) // timedelta(minutes=1)
        return working_minutes_between(stopped, resumed, self.calendar)


def _moment(at: datetime, names: Sequence[str]) -> str:
    return f"{at:%H:%M} {names[at.weekday()]} {at:%d/%m/%Y}"
