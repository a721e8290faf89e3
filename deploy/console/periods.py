"""Of what time a page's figures are: a period in words or from a day to a day, as of a moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from services.statistics.papers.numbers import part_of_year
from services.statistics.reports.periods import label, spelled
from shared.clock import VIETNAM, SystemClock, to_text
from shared.errors import RefusedError

PARTS: Mapping[str, tuple[str, str]] = {
    "": ("Cả năm", "Whole year"),
    "H1": ("6 tháng đầu năm", "First half-year"),
    "H2": ("6 tháng cuối năm", "Second half-year"),
    **{f"Q{one}": (f"Quý {one}", f"Quarter {one}") for one in range(1, 5)},
    **{f"{one:02}": (f"Tháng {one}", f"Month {one}") for one in range(1, 13)},
}
"""What of a year can be chosen, by how a period's word goes on after the year."""
_UNITS = {"": "year", "H": "half", "Q": "quarter"}


@dataclass(frozen=True, slots=True)
class Period:
    """What a page's figures are of, as its address says it; every address that it makes says the same."""

    first: date
    last: date
    word: str
    """2023, 2023-H1, 2023-Q4 or 2023-11; nothing when it goes from a day to a day."""
    as_of: str
    """As the form has it: a local date and time, or nothing."""
    today: date
    procedure: str = ""
    """Figures of this procedure alone; nothing: of all."""

    @classmethod
    def of(cls, words: Mapping[str, str]) -> Period:
        """Return the period that an address asks for: this year, if there is none or it makes no sense."""
        today = SystemClock().now().astimezone(VIETNAM).date()
        first, last = _day(words.get("from")), _day(words.get("to"))
        if first or last:
            word, first, last = "", first or date(today.year, 1, 1), last or today
        else:
            word, first, last = _spelled(words.get("period") or _chosen(words), str(today.year))
        procedure = words.get("procedure", "").strip()[:60]
        return cls(first, last, word, words.get("as_of", "").strip(), today, procedure)

    @property
    def year(self) -> int:
        """The year that the form shows."""
        return self.first.year

    @property
    def part(self) -> str:
        """What of the year the form shows."""
        return self.word.partition("-")[2]

    @property
    def parts(self) -> Mapping[str, tuple[str, str]]:
        """What of a year can be chosen."""
        return PARTS

    @property
    def kept(self) -> dict[str, str]:
        """What a form that chooses something else keeps."""
        return {**self._time(), **({"as_of": self.as_of} if self.as_of else {})}

    @property
    def query(self) -> dict[str, str]:
        """The words for statistics' doors, of every procedure."""
        words = {"from": self.first.isoformat(), "to": self.last.isoformat()}
        try:
            moment = datetime.fromisoformat(self.as_of).replace(tzinfo=VIETNAM) if self.as_of else None
        except ValueError:
            moment = None
        return words | ({"as_of": to_text(moment)} if moment else {})

    @property
    def narrowed(self) -> dict[str, str]:
        """The words for statistics' doors, of the procedure alone."""
        return self.query | ({"procedure": self.procedure} if self.procedure else {})

    def address(self, path: str, **more: str) -> str:
        """Return the address of another page about the same time and procedure; `more` wins over both."""
        words = {**self._time(), "as_of": self.as_of, "procedure": self.procedure, **more}
        return f"{path}?{urlencode({word: value for word, value in words.items() if value})}"

    def within(self, part: str) -> dict[str, str]:
        """Return the words of one part of it, such as 2023-11, as far as it lies in it."""
        first, last = spelled(part)
        return {
            "period": "",
            "from": max(first, self.first).isoformat(),
            "to": min(last, self.last).isoformat(),
        }

    def others(self) -> list[tuple[str, str, str]]:
        """Return words and names of the periods that people ask for most: those beside it, and those of today."""
        found = [*self._beside()]
        for unit, vi, en in (
            ("month", "Tháng này", "This month"),
            ("quarter", "Quý này", "This quarter"),
            ("half", "Sáu tháng này", "This half-year"),
            ("year", "Năm nay", "This year"),
        ):
            found.append((label(self.today, unit), vi, en))
        return [*found, (str(self.today.year - 1), "Năm trước", "Last year")]

    def name(self, language: str) -> str:
        """Return what it is called; its two days when it goes from a day to a day."""
        if not self.word:
            return f"{self.first:%d/%m/%Y} – {self.last:%d/%m/%Y}"
        return part_of_year(self.word)[0 if language == "vi" else 1]

    def _beside(self) -> list[tuple[str, str, str]]:
        if not self.word:
            return []
        unit = _UNITS.get(self.part[:1], "month")
        before, after = (
            label(self.first - timedelta(days=1), unit),
            label(self.last + timedelta(days=1), unit),
        )
        found = [(before, "‹ Kỳ trước", "‹ Before")]
        return found + ([(after, "Kỳ sau ›", "After ›")] if self.last < self.today else [])

    def _time(self) -> dict[str, str]:
        if self.word:
            return {"period": self.word}
        return {"from": self.first.isoformat(), "to": self.last.isoformat()}


def _spelled(word: str, otherwise: str) -> tuple[str, date, date]:
    try:
        return (word, *spelled(word))
    except RefusedError:
        return (otherwise, *spelled(otherwise))


def _chosen(words: Mapping[str, str]) -> str:
    """Return the period that the form's two fields say together."""
    year, part = words.get("year", "").strip(), words.get("part", "")
    return f"{year}-{part}" if year and part else year


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
