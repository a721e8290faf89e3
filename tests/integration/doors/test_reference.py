"""Reference data with everything wrong: refused whole, so that no dossier meets it halfway."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders.doors import (
    BIRTH,
    CATALOGUE,
    DESK,
    FIRST,
    REGISTER,
    agency,
    leg,
    procedure,
    process,
    without,
)
from tests.fixtures.doors import Caller, System, refused, taken

pytestmark = pytest.mark.integration

PATH = "/v1/reference"
DIFFERENCES = f"{PATH}/differences"
NEW = "H47.90"

AGENCIES: list[tuple[str, dict[str, Any]]] = [
    ("a level nobody knows", agency(NEW, level="galaxy")),
    ("a level that is a list", agency(NEW, level=["province"])),
    ("an area in small letters", agency(NEW, area="qna.tk")),
    ("an area with an end of line", agency(NEW, area="QNA\n")),
    ("an area that is a number", agency(NEW, area=7)),
    ("an id of another form", agency("Quảng Nam")),
    ("an id with an end of line", agency(f"{NEW}\n")),
    ("an id with another script's digits", agency("H47.９０")),
    ("an id that is too long", agency("H47" + ".99" * 100)),
    ("an empty kind", agency(NEW, kind="")),
    ("a zero byte in a kind", agency(NEW, kind="a\0b")),
    ("no name", without(agency(NEW), "name")),
    ("a name in one language", agency(NEW, name={"vi": "Sở"})),
    ("a name in three languages", agency(NEW, name={"vi": "Sở", "en": "Dept", "fr": "Dép"})),
    ("a name that is a word", agency(NEW, name="Sở")),
    ("a word for yes", agency(NEW, connected="maybe")),
    ("a time without an offset", agency(NEW, valid_from="2020-01-01T00:00:00")),
    ("a time that is none", agency(NEW, valid_from="ngày xưa")),
    ("a field that does not exist", agency(NEW, colour="red")),
    ("an agency that is a word", NEW),  # type: ignore[list-item]
    ("a category nobody knows", agency(NEW, category="galaxy")),
    ("half an interval of office hours", agency(NEW, hours=[["07:00"]])),
]
REFUSED: list[tuple[str, dict[str, Any], int, str]] = [
    ("a code of neither scheme", {"agencies": [agency(NEW, code="no code")]}, 422, "agency-code-invalid"),
    ("another province's code", {"agencies": [agency(NEW, code="H48.90")]}, 422, "agency-code-differs"),
    ("an hour's day", {"agencies": [agency(NEW, hours=[["07:00", "08:00"]])]}, 422, "office-hours-invalid"),
    ("a parent nobody knows", {"agencies": [agency(NEW, parent="H47.99")]}, 422, "agency-parent-unknown"),
    ("an agency above itself", {"agencies": [agency(NEW, parent=NEW)]}, 422, "agency-parent-cycle"),
    ("other facts of the same day", {"agencies": [agency(FIRST, kind="police")]}, 409, "validity-overlaps"),
    (
        "a way in a circle",
        {"processes": [process(version=2, legs=[leg({"id": FIRST}, after=["leg-1"])])]},
        422,
        "route-cyclic",
    ),
    ("a version that dossiers follow", {"processes": [process(source="QĐ 1")]}, 409, "process-in-force"),
    (
        "nobody competent",
        {
            "competences": [
                {
                    "procedure": BIRTH,
                    "agency": "H47.99",
                    "valid_from": "2020-01-01T00:00:00Z",
                    "basis": "QĐ 1",
                }
            ]
        },
        422,
        "agency-unknown",
    ),
]
TERM = {"amount": "2", "unit": "working_day"}
PROCESSES: list[tuple[str, dict[str, Any], str]] = [
    (
        "a leg's time that is a word",
        process(legs=[leg({"id": FIRST}, term={**TERM, "amount": "two"})]),
        "term-not-numeric",
    ),
    (
        "a leg's time that is a number",
        process(legs=[leg({"id": FIRST}, term={**TERM, "amount": 2})]),
        "invalid",
    ),
    (
        "no time at all",
        process(legs=[leg({"id": FIRST}, term={"amount": "0", "unit": "working_hour"})]),
        "term-not-positive",
    ),
    (
        "a time below none",
        process(legs=[leg({"id": FIRST}, term={**TERM, "amount": "-1"})]),
        "term-not-positive",
    ),
    (
        "another script's digits",
        process(legs=[leg({"id": FIRST}, term={**TERM, "amount": "２"})]),
        "term-not-numeric",
    ),
    (
        "a time with an end of line",
        process(legs=[leg({"id": FIRST}, term={**TERM, "amount": "2\n"})]),
        "term-not-numeric",
    ),
    (
        "half a month",
        process(legs=[leg({"id": FIRST}, term={"amount": "0.5", "unit": "month"})]),
        "term-not-whole",
    ),
    (
        "a unit nobody knows",
        process(legs=[leg({"id": FIRST}, term={**TERM, "unit": "moon"})]),
        "term-unit-unknown",
    ),
    ("a term's field that is not", process(legs=[leg({"id": FIRST}, term={**TERM, "x": 1})]), "invalid"),
    ("a leg without its time", process(legs=[without(leg({"id": FIRST}), "term")]), "invalid"),
    ("no legs", process(legs=[]), "invalid"),
    ("legs that are a word", process(legs="all"), "invalid"),
    ("101 legs", process(legs=[leg({"id": FIRST})] * 101), "invalid"),
    ("a choice that is a word", process(legs=[leg("sender")]), "invalid"),
    ("a choice that is nothing", process(legs=[leg(None)]), "invalid"),
    ("a choice that is empty", process(legs=[leg({})]), "invalid"),
    ("a choice by an empty id", process(legs=[leg({"id": ""})]), "invalid"),
    ("a choice by too much", process(legs=[leg({"id": FIRST, "kind": "x"})]), "invalid"),
    ("a choice by half", process(legs=[leg({"kind": "department"})]), "invalid"),
    ("a choice by a level nobody knows", process(legs=[leg({"kind": "d", "level": "galaxy"})]), "invalid"),
    ("a choice by a number", process(legs=[leg({"id": 7})]), "invalid"),
    ("a zero byte in a choice", process(legs=[leg({"id": f"{FIRST}\0"})]), "invalid"),
    ("version nought", process(version=0), "invalid"),
    ("a version that is a word", process(version="1"), "invalid"),
    ("a version too large to keep", process(version=2**31), "invalid"),
    ("no procedure", without(process(), "procedure"), "invalid"),
    ("a field that does not exist", process(colour="red"), "invalid"),
]
WHOLES: list[tuple[str, Any, int, str]] = [
    ("an array", [], 422, "invalid"),
    ("null", None, 422, "invalid"),
    ("no JSON", b"agencies", 400, "malformed"),
    ("agencies that are an object", {"agencies": {}}, 422, "invalid"),
    ("a field that does not exist", {"agencies": [], "colour": "red"}, 422, "invalid"),
]


@pytest.mark.parametrize("wrong", [a[1] for a in AGENCIES], ids=[a[0] for a in AGENCIES])
def test_a_wrong_agency_lets_none_of_its_company_in(
    system: System, administrator: Caller, wrong: dict[str, Any]
) -> None:
    with system.nothing_recorded():
        body = {"agencies": [agency("H47.91"), wrong]}
        refused(administrator.put("routing", PATH, body), 422, "invalid")


@pytest.mark.parametrize(("wrong", "code"), [p[1:] for p in PROCESSES], ids=[p[0] for p in PROCESSES])
def test_a_wrong_process_lets_none_of_its_company_in(
    system: System, administrator: Caller, wrong: dict[str, Any], code: str
) -> None:
    with system.nothing_recorded():
        body = {"agencies": [agency("H47.91")], "processes": [wrong]}
        refused(administrator.put("routing", PATH, body), 422, code)


@pytest.mark.parametrize(("body", "status", "code"), [w[1:] for w in WHOLES], ids=[w[0] for w in WHOLES])
def test_what_is_no_reference_data_is_refused(
    system: System, administrator: Caller, body: Any, status: int, code: str
) -> None:
    value = b"null" if body is None else body
    with system.nothing_recorded():
        refused(administrator.put("routing", PATH, value), status, code)


@pytest.mark.parametrize(("body", "status", "code"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED])
def test_what_contradicts_the_register_lets_none_of_its_company_in(
    system: System, administrator: Caller, body: dict[str, Any], status: int, code: str
) -> None:
    company = [agency("H47.91"), *body.get("agencies", [])]
    with system.nothing_recorded():
        refused(administrator.put("routing", PATH, {**body, "agencies": company}), status, code)


@pytest.mark.parametrize(("body", "code"), [r[1:4:2] for r in REFUSED[3:6]], ids=[r[0] for r in REFUSED[3:6]])
def test_what_the_register_would_refuse_is_told_before(
    system: System, administrator: Caller, body: dict[str, Any], code: str
) -> None:
    (wrong,) = body["agencies"]
    body = {"agencies": [agency("H47.91"), wrong]}
    with system.nothing_recorded():
        twice = [taken(administrator.post("routing", DIFFERENCES, body)) for _ in range(2)]
        refused(administrator.put("routing", PATH, body), 409 if code == "validity-overlaps" else 422, code)

    assert twice[0] == twice[1]
    (refusal,) = twice[0]["refusals"]
    assert (refusal["agency"], refusal["code"]) == (wrong["agency"], code)
    assert wrong["agency"] in refusal["vi"]
    assert wrong["agency"] in refusal["en"]
    assert [change["agency"] for change in twice[0]["changes"]] == ["H47.91", wrong["agency"]]


def test_what_would_be_taken_in_is_told_without_refusals(system: System, administrator: Caller) -> None:
    with system.nothing_recorded():
        body = {"agencies": [agency("H47.91.01", parent="H47.91"), agency("H47.91"), agency(FIRST)]}
        found = taken(administrator.post("routing", DIFFERENCES, body))
        refused(administrator.post("routing", DIFFERENCES, {"agencies": [{}]}), 422, "invalid")

    assert found["refusals"] == []
    assert [change["change"] for change in found["changes"]] == ["added", "added", "unchanged"]
    known = taken(administrator.get("routing", "/v1/agencies"))["agencies"]
    assert "H47.91" not in {it["agency"] for it in known}


def test_what_is_known_already_changes_nothing(system: System, administrator: Caller) -> None:
    with system.nothing_recorded():
        taken(administrator.put("routing", PATH, REGISTER))
        taken(administrator.put("routing", PATH, {}))
        taken(administrator.put("intake", PATH, CATALOGUE))


PROCEDURES: list[tuple[str, dict[str, Any], str]] = [
    ("a limit that is a word", procedure(limit={**TERM, "amount": "three"}), "term-not-numeric"),
    ("a limit of nothing", procedure(limit={"amount": "0", "unit": "working_hour"}), "term-not-positive"),
    ("a limit below nothing", procedure(limit={**TERM, "amount": "-1"}), "term-not-positive"),
    ("a limit without end", procedure(limit={**TERM, "amount": "10000"}), "term-too-large"),
    ("half a month", procedure(limit={"amount": "0.5", "unit": "month"}), "term-not-whole"),
    ("a unit nobody knows", procedure(limit={**TERM, "unit": "moon"}), "term-unit-unknown"),
    ("a limit of half a field", procedure(limit={"amount": "2"}), "missing-field"),
    ("a paper twice", procedure(components=[{"code": "a"}, {"code": "a"}]), "duplicate-component"),
    ("no channel", procedure(channels=[]), "invalid"),
    ("a channel nobody knows", procedure(channels=["pigeon"]), "invalid"),
    ("a level nobody knows", procedure(service_level=5), "invalid"),
    ("a code of another form", procedure(procedure="khai sinh"), "invalid"),
    ("a time that is none", procedure(valid_from="ngày xưa"), "bad-time"),
    ("a field that does not exist", procedure(colour="red"), "unknown-field"),
    ("nothing", {}, "missing-field"),
]


@pytest.mark.parametrize(("wrong", "code"), [p[1:] for p in PROCEDURES], ids=[p[0] for p in PROCEDURES])
def test_a_wrong_procedure_lets_none_of_its_company_in(
    system: System, administrator: Caller, wrong: dict[str, Any], code: str
) -> None:
    with system.nothing_recorded():
        body = {"procedures": [procedure(procedure="3.000001"), wrong]}
        refused(administrator.put("intake", PATH, body), 422, code)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ([], 400, "malformed"),
        ({}, 400, "malformed"),
        ({"procedures": {}}, 400, "malformed"),
        ({"procedures": ["1.001193"]}, 400, "malformed"),
        ({"procedures": [], "colour": "red"}, 422, "unknown-field"),
    ],
)
def test_what_is_no_catalogue_is_refused(
    system: System, administrator: Caller, body: Any, status: int, code: str
) -> None:
    with system.nothing_recorded():
        refused(administrator.put("intake", PATH, body), status, code)


@pytest.mark.parametrize("name", ["7", "x", DESK, BIRTH, "6f7ee5c4-0b0c-4b83-8f3c-3f2a0ef4a111", "x" * 3000])
def test_an_itinerary_that_is_not_there_is_not_found(administrator: Caller, name: str) -> None:
    refused(administrator.get("routing", f"/v1/itineraries/{name}"), 404, "not-found")
