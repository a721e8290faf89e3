"""Agency codes of both schemes, and their conversion."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.agency_codes import AgencyCode
from shared.errors import RefusedError

PAIRS = [
    ("000.00.00.H49", "H49", 1),
    ("000.00.53.H48", "H48.53", 2),
    ("000.17.22.H56", "H56.22.17", 3),
    ("000.00.18.G12", "G12.18", 2),
    ("005.17.22.H56", "H56.22.17.005", 4),
]


@pytest.mark.parametrize(("qcvn", "decision20", "level"), PAIRS)
def test_both_schemes_name_the_same_agency(qcvn: str, decision20: str, level: int) -> None:
    assert AgencyCode.parse(qcvn) == AgencyCode.parse(decision20)
    assert AgencyCode.parse(qcvn).decision20 == decision20
    assert AgencyCode.parse(decision20).qcvn == qcvn
    assert AgencyCode.parse(qcvn).level == level


def test_parents_lead_up_to_the_province() -> None:
    code = AgencyCode.parse("005.17.22.H56")
    line = []
    while code.parent:
        code = code.parent
        line.append(code.decision20)
    assert line == ["H56.22.17", "H56.22", "H56"]


def test_a_unit_that_skips_a_level_keeps_it_and_belongs_to_the_level_above_the_gap() -> None:
    code = AgencyCode.parse("000.17.00.H56")
    assert (code.groups, code.level) == (("H56", "00", "17"), 3)
    assert code.qcvn == "000.17.00.H56"
    assert code.parent == AgencyCode.parse("H56")
    assert code != AgencyCode.parse("000.00.17.H56")
    with pytest.raises(RefusedError, match="agency-code-not-convertible"):
        _ = code.decision20


@pytest.mark.parametrize(
    "text",
    [
        "H55.242",  # three digits at level 2
        "H55.24.170",
        "H56.22.17.05",  # the QCVN's level 4 has three digits
        "H56.22.17.005.01",  # a fifth level
    ],
)
def test_what_the_older_scheme_has_no_room_for_is_refused(text: str) -> None:
    code = AgencyCode.parse(text)
    assert code.decision20 == text
    with pytest.raises(RefusedError) as refused:
        _ = code.qcvn
    assert refused.value.code == "agency-code-not-convertible"
    assert refused.value.details()["title"] != refused.value.details()["title_vi"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "H",
        "H5",
        "h56",
        "H56.",
        "H56.2",
        "H56.00",
        "H56.00.17",
        "H56..22",
        "56.22",
        "HH6.22",
        "H56-22",
        " H56",
        "H56\n",
        "H٥٦",
        "00.00.53.H48",
        "000.00.53.48",
        "000.53.H48",
        "000.000.53.H48",
        "1.001193.000.00.00.H56",
        "H56" + ".22" * 11,  # 36 characters
        None,
        56,
    ],
)
def test_what_is_no_agency_code_is_refused(text: object) -> None:
    with pytest.raises(RefusedError) as refused:
        AgencyCode.parse(text)
    assert refused.value.code == "agency-code-invalid"
    assert refused.value.details()["title"] != refused.value.details()["title_vi"]


def test_a_code_may_have_thirty_five_characters() -> None:
    text = "H56" + ".22" * 9 + ".2222"
    assert len(text) == 35
    assert AgencyCode.parse(text).level == 11


@given(st.from_regex(r"[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.[A-Z][0-9]{2}", fullmatch=True))
def test_every_code_of_the_older_scheme_is_written_as_it_was_read(text: str) -> None:
    code = AgencyCode.parse(text)
    assert code.qcvn == text
    if "00" not in code.groups and "000" not in code.groups:
        assert AgencyCode.parse(code.decision20).qcvn == text


@given(st.from_regex(r"[A-Z][0-9]{2}(\.[0-9]{2,4}){0,5}", fullmatch=True))
def test_no_two_codes_become_one(text: str) -> None:
    try:
        qcvn = AgencyCode.parse(text).qcvn
    except RefusedError:
        return
    assert AgencyCode.parse(qcvn).decision20 == text
