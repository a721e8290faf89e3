"""A small province for the load: desks that take dossiers in, and departments with their own systems.

Each department has one procedure, whose process has one leg, so that a dossier makes exactly the
five actions of the journey.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

_FROM = "2020-01-01T00:00:00+07:00"
_CHANNELS = ["direct", "post", "online"]
_PROVINCE = "H99"


@dataclass(frozen=True, slots=True)
class Province:
    """What there is to file at, to file, and to work."""

    desks: Sequence[str]
    departments: Sequence[str]

    @classmethod
    def of(cls, desks: int, departments: int) -> Province:
        """Return a province with so many of each."""
        return cls(
            [f"{_PROVINCE}.1{number}" for number in range(desks)],
            [f"{_PROVINCE}.{20 + number}" for number in range(departments)],
        )

    def procedure(self, department: str) -> str:
        """Return the code of the procedure that a department settles."""
        return f"9.{department.rpartition('.')[2]:0>6}"

    def for_intake(self) -> dict[str, Any]:
        """Return what intake is told: the catalogue."""
        return {"procedures": [self._procedure(department) for department in self.departments]}

    def for_routing(self) -> dict[str, Any]:
        """Return what routing is told: agencies and processes."""
        desks = [_agency(desk, "one-stop", connected=False) for desk in self.desks]
        departments = [_agency(each, "department", connected=True) for each in self.departments]
        return {
            "agencies": desks + departments,
            "processes": [self._process(department) for department in self.departments],
        }

    def submission(self, number: int) -> dict[str, Any]:
        """Return what the dossier of that number files: with an officer present, so it is received at once."""
        department = self.departments[number % len(self.departments)]
        return {
            "procedure": self.procedure(department),
            "desk": self.desks[number % len(self.desks)],
            "channel": "direct",
            "applicant_kind": "citizen",
            "person": {
                "name": f"Nguyễn Văn {number}",
                "identity_number": f"{number:012}",
                "phone": f"09{number:08}",
                "address": f"{number} Trần Hưng Đạo",
            },
            "components": [{"code": "application-form"}, {"code": "certificate", "copies": 2}],
        }

    def _procedure(self, department: str) -> dict[str, Any]:
        code = self.procedure(department)
        return {
            "procedure": code,
            "name": {"vi": f"Thủ tục {code}", "en": f"Procedure {code}"},
            "sector": "bench",
            "service_level": 4,
            "valid_from": _FROM,
            "limit": {"amount": "5", "unit": "working_day"},
            "channels": _CHANNELS,
            "components": [{"code": "application-form"}, {"code": "certificate", "copies": 2}],
        }

    def _process(self, department: str) -> dict[str, Any]:
        leg = {
            "name": {"vi": "Thẩm định", "en": "Appraisal"},
            "agency": {"id": department},
            "term": {"amount": "3", "unit": "working_day"},
        }
        code = self.procedure(department)
        return {
            "process": f"bench-{code}",
            "version": 1,
            "procedure": code,
            "valid_from": _FROM,
            "legs": [leg],
        }


def _agency(agency: str, kind: str, *, connected: bool) -> dict[str, Any]:
    return {
        "agency": agency,
        "name": {"vi": f"Cơ quan {agency}", "en": f"Agency {agency}"},
        "level": "province",
        "kind": kind,
        "code": agency,
        "connected": connected,
        "valid_from": _FROM,
    }
