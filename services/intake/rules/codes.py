"""Codes of agencies and of dossiers."""

from __future__ import annotations

import re
from datetime import date, datetime

from services.intake import problems
from shared.clock import VIETNAM
from shared.errors import RefusedError

_AGENCY_CODE = r"(?:[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.[A-Z][0-9]{2}|[A-Z][0-9]{2}(?:\.[0-9]{2,})*)"
_AGENCY_CODE_ONLY = re.compile(_AGENCY_CODE)
_DOSSIER_CODE = re.compile(rf"{_AGENCY_CODE}-[0-9]{{6}}-[0-9]{{4,}}")


def local_date(moment: datetime) -> date:
    """Return the date that it is in Viet Nam."""
    return moment.astimezone(VIETNAM).date()


def check_agency_code(code: str) -> None:
    """Refuse an agency identifier of neither scheme.

    Source: QCVN 102:2016/BTTTT (`000.00.53.H48`) and Decision 20/2020/QĐ-TTg (`H21.65`).
    """
    if not _AGENCY_CODE_ONLY.fullmatch(code):
        raise RefusedError(problems.DESK_CODE_INVALID, code=code)


def dossier_code(agency_code: str, day: date, number: int) -> str:
    """Return `<agency code>-YYMMDD-NNNN`; the number grows past four digits when a day needs it.

    Source: Circular 01/2018/TT-VPCP art. 19.
    """
    return f"{agency_code}-{day:%y%m%d}-{number:04d}"


def check_dossier_code(code: str) -> str:
    """Return the code; refuse (`dossier-code-invalid`) what is none."""
    if not _DOSSIER_CODE.fullmatch(code):
        raise RefusedError(problems.DOSSIER_CODE_INVALID, code=code)
    return code
