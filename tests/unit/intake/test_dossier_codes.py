from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.rules import codes
from shared.errors import RefusedError

AGENCY_CODES = st.one_of(
    st.from_regex(r"[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.[A-Z][0-9]{2}", fullmatch=True),
    st.from_regex(r"[A-Z][0-9]{2}(\.[0-9]{2,3}){0,3}", fullmatch=True),
)
DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))


@given(AGENCY_CODES, DAYS, st.integers(1, 10**6))
def test_every_code_given_is_wellformed(agency_code: str, day: date, number: int) -> None:
    codes.check_agency_code(agency_code)
    code = codes.dossier_code(agency_code, day, number)
    assert codes.check_dossier_code(code) == code
    assert int(code.rpartition("-")[2]) == number


@given(st.lists(st.tuples(AGENCY_CODES, DAYS, st.integers(1, 20_000)), unique=True, max_size=20))
def test_different_desks_days_and_numbers_have_different_codes(taken: list[tuple[str, date, int]]) -> None:
    assert len({codes.dossier_code(*one) for one in taken}) == len(taken)


@pytest.mark.parametrize("code", ["000.00.53.H48-220921-0099", "H21.65-220914-0011", "H55.242-250101-12345"])
def test_real_codes_of_both_schemes_are_wellformed(code: str) -> None:
    assert codes.check_dossier_code(code) == code


@pytest.mark.parametrize(
    "code",
    [
        "",
        "H21.65",
        "H21.65-220914-011",
        "h21.65-220914-0011",
        "H21.65-220914-0011 ",
        "H21.65-220914-0011\n",
        "H21.65-22091-00011",
        "00.00.53.H48-220921-0099",
        "H21.5-220914-0011",
        "H21.65-٢٢٠٩١٤-0011",
    ],
)
def test_what_is_no_code_is_refused_with_its_own_code(code: str) -> None:
    with pytest.raises(RefusedError) as refused:
        codes.check_dossier_code(code)
    assert refused.value.code == "dossier-code-invalid"


def test_the_ten_thousandth_dossier_of_a_day_gets_five_digits() -> None:
    assert codes.dossier_code("H21.65", date(2025, 7, 7), 10_000) == "H21.65-250707-10000"


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2025, 7, 7, 16, 59, 59, tzinfo=UTC), date(2025, 7, 7)),
        (datetime(2025, 7, 7, 17, 0, tzinfo=UTC), date(2025, 7, 8)),
    ],
)
def test_the_day_of_a_code_is_the_day_in_viet_nam(moment: datetime, day: date) -> None:
    assert codes.local_date(moment) == day
