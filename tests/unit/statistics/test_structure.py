"""Who belongs to which unit, and who succeeded whom, as of a moment."""

from __future__ import annotations

from datetime import UTC, datetime

from services.statistics.reports.structure import End, Entry, Structure

BEFORE, MERGED, AFTER = (datetime(2025, month, 1, tzinfo=UTC) for month in (1, 7, 12))


def entry(agency: str, level: str, parent: str | None, position: int = 1, *, vertical: bool = False) -> Entry:
    return Entry(agency, position, BEFORE, level, parent, vertical, (agency, agency))


PROVINCE = (
    entry("tinh", "province", None),
    entry("so", "province", "tinh"),
    entry("chi-nhanh", "province", "so"),
    entry("huyen", "district", "tinh"),
    entry("mot-cua-huyen", "district", "huyen"),
    entry("phong", "district", "huyen"),
    entry("xa-a", "commune", "huyen"),
    entry("mot-cua-xa-a", "commune", "xa-a"),
    entry("xa-b", "commune", "huyen"),
    entry("cong-an-tinh", "province", "tinh", vertical=True),
    entry("cong-an-xa", "commune", "cong-an-tinh", vertical=True),
)
ENDS = (
    End("huyen", 90, MERGED, (("xa-a", ("QN.H.A",)), ("so", None))),
    End("xa-b", 91, MERGED, (("xa-a", None),)),
)


def test_a_unit_is_the_topmost_agency_of_its_level_below_the_provinces_head() -> None:
    structure = Structure(PROVINCE, (), BEFORE)
    found = {one.agency: structure.unit(one.agency) for one in PROVINCE}

    assert found == {
        "tinh": "tinh",
        "so": "so",
        "chi-nhanh": "so",
        "huyen": "huyen",
        "mot-cua-huyen": "huyen",
        "phong": "huyen",
        "xa-a": "xa-a",
        "mot-cua-xa-a": "xa-a",
        "xa-b": "xa-b",
        "cong-an-tinh": "cong-an-tinh",
        "cong-an-xa": "cong-an-xa",
    }
    assert structure.units() == {"so": "province", "huyen": "district", "xa-a": "commune", "xa-b": "commune"}
    assert structure.level("cong-an-xa") == "vertical"
    assert [structure.above(unit) for unit in ("xa-a", "huyen", "so", "tinh")] == [
        "huyen",
        "tinh",
        "tinh",
        None,
    ]
    assert (structure.unit("nobody"), structure.level("nobody"), structure.above("nobody")) == (
        "nobody",
        None,
        None,
    )


def test_heirs_are_found_by_the_longest_area_and_through_later_ends() -> None:
    structure = Structure(PROVINCE, ENDS, AFTER)

    assert structure.successor("huyen", "QN.H.A.1") == "xa-a"
    assert structure.successor("huyen", "QN.H.AB") == "so", "an area is no prefix of another's name"
    assert structure.successor("huyen", None) == "so"
    assert structure.successor("xa-b", "QN.H.B") == "xa-a"
    assert Structure(PROVINCE, ENDS, BEFORE).successor("huyen", None) == "huyen", "not ended yet"
    assert "huyen" not in structure.units()
    assert structure.unit("phong") == "huyen", "what was its unit stays so for its past"


def test_a_later_entry_moves_an_agency_and_a_ring_of_parents_or_heirs_ends() -> None:
    moved = Entry("phong", 7, MERGED, "district", "tinh", False, ("phong", "phong"))
    assert Structure((*PROVINCE, moved), (), BEFORE).unit("phong") == "huyen"
    assert Structure((*PROVINCE, moved), (), AFTER).unit("phong") == "phong"

    ring = (entry("a", "commune", "b"), entry("b", "commune", "a"))
    assert Structure(ring, (), AFTER).unit("a") in {"a", "b"}
    heirs = (End("a", 1, MERGED, (("b", None),)), End("b", 2, MERGED, (("a", None),)))
    assert Structure(ring, heirs, AFTER).successor("a", None) in {"a", "b"}
