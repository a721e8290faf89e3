"""When something is due, and why: the computation step by step."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from shared.clock import VIETNAM
from shared.working_time import sentences
from shared.working_time.calendar import WorkingCalendar
from shared.working_time.office_hours import WORKING_DAY
from shared.working_time.steps import Rule, Step
from shared.working_time.terms import Term, Unit
