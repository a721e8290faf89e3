"""Viet Nam's public-sector calendar: the `holidays` package and the table of overrides."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from importlib.resources import files

import holidays
import yaml

from shared.errors import RefusedError
from shared.working_time.calendar import WorkingCalendar
from shared.working_time.office_hours import DEFAULT_HOURS, OfficeHours
from shared.working_time.problems import OVERRIDES_INVALID
from shared.working_time.special_days import SpecialDay

_AMERICAN_DATE = re.compile(r"(\d\d)/(\d\d)/(\d{4})")
"""As in "Day off (substituted from 05/04/2019)" for the fourth of May; we write the day first."""

_OVERRIDE_FIELDS = {"day", "kind", "source"}


def vietnam_calendar(hours: OfficeHours = DEFAULT_HOURS) -> WorkingCalendar:
    """Return the public sector's calendar, with the table of overrides that comes with this package."""
    return WorkingCalendar(vietnam_special_days, hours, packaged_overrides())


def vietnam_special_days(year: int) -> Iterable[SpecialDay]:
    """Give the holidays, observed and substituted days off and make-up working days of a year.

    Source: Labour Code 2019 art. 112 and the yearly swaps, as the `holidays` package has them.
    """
    vietnamese = holidays.country_holidays("VN", years=year, expand=False, language="vi")
    english = holidays.country_holidays("VN", years=year, expand=False, language="en_US")
    for day, name in vietnamese.items():
        yield SpecialDay(day, "off", name, _AMERICAN_DATE.sub(r"\2/\1/\3", english[day]))
    for day in vietnamese.weekend_workdays:
        yield SpecialDay(day, "work", "ngày làm bù", "make-up working day")


def packaged_overrides() -> tuple[SpecialDay, ...]:
    """Return the overrides of `overrides.yaml`."""
    return parse_overrides((files("shared.working_time") / "overrides.yaml").read_text("utf-8"))


def parse_overrides(text: str) -> tuple[SpecialDay, ...]:
    """Return the special days of a YAML table of overrides.

    Refuses (`calendar-overrides-invalid`) rows with other fields than day, kind and source, with a
    kind other than off and work, without a source, and a second row for the same day.
    """
    try:
        rows = yaml.safe_load(text) or []
    except yaml.YAMLError as error:
        raise RefusedError(OVERRIDES_INVALID, row=0, value=str(error)) from error
    if not isinstance(rows, list):
        raise RefusedError(OVERRIDES_INVALID, row=0, value=rows)
    special: dict[date, SpecialDay] = {}
    for number, row in enumerate(rows, start=1):
        override = _override(row)
        if override is None or override.day in special:
            raise RefusedError(OVERRIDES_INVALID, row=number, value=row)
        special[override.day] = override
    return tuple(special.values())


def _override(row: object) -> SpecialDay | None:
    if not isinstance(row, dict) or set(row) != _OVERRIDE_FIELDS:
        return None
    day, kind, source = row["day"], row["kind"], row["source"]
    if type(day) is not date or not isinstance(source, str) or not source.strip():
        return None
    if kind in ("off", False):  # YAML reads a bare `off` as false
        return SpecialDay(day, "off", f"ngày nghỉ hoán đổi ({source})", f"swapped day off ({source})")
    if kind == "work":
        return SpecialDay(day, "work", f"ngày làm bù ({source})", f"make-up working day ({source})")
    return None
