"""Terms: what is read, what is refused, and that nothing changes on the way."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import RefusedError
from shared.working_time.terms import WHOLE_UNITS, Term, Unit


@st.composite
def terms(draw: st.DrawFn) -> Term:
    unit = draw(st.sampled_from(Unit))
    if unit in WHOLE_UNITS:
        return Term(Decimal(draw(st.integers(1, 9999))), unit)
    return Term(Decimal(draw(st.integers(1, 99_990_000))).scaleb(-4), unit)


@given(term=terms())
def test_a_term_survives_its_way_through_json(term: Term) -> None:
    assert Term.parse(json.loads(json.dumps(term.dump()))) == term


@given(term=terms(), zeros=st.integers(1, 5))
def test_equal_terms_are_dumped_alike(term: Term, zeros: int) -> None:
    same = Term(term.amount + Decimal(0).scaleb(-zeros), term.unit)
    assert same == term
    assert same.dump() == term.dump()


@pytest.mark.parametrize(
    ("amount", "dumped"),
    [("15", "15"), (15, "15"), ("0.50", "0.5"), ("100", "100"), (Decimal("1E+1"), "10"), ("0.0", "0")],
)
def test_amounts_are_dumped_as_plain_numbers(amount: object, dumped: str) -> None:
    term = Term.parse({"amount": amount, "unit": "working_day"})
    assert term.dump() == {"amount": dumped, "unit": "working_day"}


@pytest.mark.parametrize(
    ("value", "code"),
    [
        # Leg times as real catalogues write them.
        ({"amount": "Không nêu rõ", "unit": "working_day"}, "term-not-numeric"),
        ({"amount": "Theo quy định tại mục 5", "unit": "working_day"}, "term-not-numeric"),
        ({"amount": "", "unit": "working_day"}, "term-not-numeric"),
        ({"amount": "0,5", "unit": "working_day"}, "term-not-numeric"),
        ({"amount": None, "unit": "working_day"}, "term-not-numeric"),
        ({"amount": True, "unit": "working_day"}, "term-not-numeric"),
        ({"amount": 0.5, "unit": "working_day"}, "term-not-numeric"),
        ({"amount": ["1"], "unit": "working_day"}, "term-not-numeric"),
        # What Python would read as a number, and people would not.
        ({"amount": "NaN", "unit": "working_day"}, "term-not-numeric"),
        ({"amount": "Infinity", "unit": "working_day"}, "term-not-numeric"),
        ({"amount": Decimal("sNaN"), "unit": "working_day"}, "term-not-numeric"),
        ({"amount": "1e3", "unit": "working_day"}, "term-not-numeric"),
        ({"amount": "1_0", "unit": "working_day"}, "term-not-numeric"),
        ({"amount": " 5", "unit": "working_day"}, "term-not-numeric"),
        ({"amount": "5\n", "unit": "working_day"}, "term-not-numeric"),
        ({"amount": "٥", "unit": "working_day"}, "term-not-numeric"),
        ({"amount": "9" * 5000, "unit": "working_day"}, "term-not-numeric"),
        ({"amount": "0", "unit": "working_hour"}, "term-not-positive"),
        ({"amount": "0", "unit": "calendar_day"}, "term-not-positive"),
        ({"amount": "0", "unit": "month"}, "term-not-positive"),
        ({"amount": "-0", "unit": "working_day"}, "term-not-positive"),
        ({"amount": "-1", "unit": "working_hour"}, "term-not-positive"),
        ({"amount": "10000", "unit": "working_day"}, "term-too-large"),
        ({"amount": "0.00001", "unit": "working_hour"}, "term-too-precise"),
        ({"amount": "0.5", "unit": "calendar_day"}, "term-not-whole"),
        ({"amount": "1.5", "unit": "month"}, "term-not-whole"),
        ({"amount": "5", "unit": "week"}, "term-unit-unknown"),
        ({"amount": "5", "unit": "Working_day"}, "term-unit-unknown"),
        ({"amount": "5", "unit": None}, "term-unit-unknown"),
        ({"amount": "5", "unit": ["working_day"]}, "term-unit-unknown"),
        ({"amount": "5"}, "term-malformed"),
        ({"amount": "5", "unit": "month", "note": ""}, "term-malformed"),
        ("5 working_day", "term-malformed"),
        (None, "term-malformed"),
    ],
)
def test_what_is_no_term_is_refused_with_a_stable_code_and_both_languages(value: object, code: str) -> None:
    with pytest.raises(RefusedError) as refused:
        Term.parse(value)
    assert refused.value.code == code
    details = refused.value.details()
    assert details["status"] == 422
    assert details["title"] != details["title_vi"]


@pytest.mark.parametrize(
    ("amount", "unit", "vi", "en"),
    [
        ("0.5", Unit.WORKING_DAY, "0,5 ngày làm việc", "0.5 working days"),
        ("1", Unit.WORKING_HOUR, "1 giờ làm việc", "1 working hour"),
        ("30", Unit.CALENDAR_DAY, "30 ngày", "30 calendar days"),
        ("2", Unit.MONTH, "2 tháng", "2 months"),
        ("0", Unit.WORKING_DAY, "trong ngày làm việc", "within the working day"),
    ],
)
def test_a_term_says_itself_in_both_languages(amount: str, unit: Unit, vi: str, en: str) -> None:
    term = Term(Decimal(amount), unit)
    assert (term.vi, term.en) == (vi, en)


def test_the_names_of_the_units_are_durable() -> None:
    assert [unit.value for unit in Unit] == ["working_day", "calendar_day", "working_hour", "month"]
