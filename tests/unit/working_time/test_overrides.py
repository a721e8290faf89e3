"""The table of swapped days, as data."""

from datetime import date

import pytest

from shared.errors import RefusedError
from shared.working_time.vietnam import packaged_overrides, parse_overrides


def test_the_packaged_table_names_the_swap_of_new_year_2026_with_its_decision() -> None:
    overrides = {it.day: it for it in packaged_overrides()}
    assert overrides[date(2026, 1, 2)].kind == "off"
    assert overrides[date(2026, 1, 10)].kind == "work"
    assert "12729/VPCP-KGVX" in overrides[date(2026, 1, 2)].vi
    assert "12729/VPCP-KGVX" in overrides[date(2026, 1, 10)].en


def test_the_word_off_is_understood_with_and_without_quotes() -> None:
    # YAML reads a bare `off` as false.
    for kind in ("off", '"off"'):
        (override,) = parse_overrides(f"- {{day: 2027-01-04, kind: {kind}, source: QĐ 1}}")
        assert override.kind == "off"


def test_an_empty_table_overrides_nothing() -> None:
    assert parse_overrides("# nothing yet\n") == ()


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("- {day: 2027-01-04, kind: holiday, source: QĐ 1}", 1),
        ("- {day: 2027-01-04, kind: on, source: QĐ 1}", 1),
        ("- {day: 04/01/2027, kind: work, source: QĐ 1}", 1),
        ("- {day: 2027-01-04T07:00:00Z, kind: work, source: QĐ 1}", 1),
        ("- {day: 2027-01-04, kind: work}", 1),
        ("- {day: 2027-01-04, kind: work, source: ' '}", 1),
        ("- {day: 2027-01-04, kind: work, source: QĐ 1, province: 62}", 1),
        ("- {day: 2027-01-04, kind: work, source: A}\n- {day: 2027-01-04, kind: off, source: B}", 2),
        ("- 2027-01-04", 1),
        ("day: 2027-01-04", 0),
        ("- {day: [", 0),
    ],
)
def test_a_wrong_row_is_refused_and_named(text: str, row: int) -> None:
    with pytest.raises(RefusedError) as refused:
        parse_overrides(text)
    assert refused.value.code == "calendar-overrides-invalid"
    assert refused.value.facts["row"] == row
