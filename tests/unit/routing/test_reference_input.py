"""Reference data at the door: every wrong leg and field is named, and equal things come out equal."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from services.routing.schemas import read_process, read_reference
from shared.errors import RefusedError
from tests.builders.doors import agency, process

RIVER = {"fact": "kind", "equals": "river"}
DAYS = {"amount": "2", "unit": "working_day"}
FULL = {
    **process(),
    "state": "draft",
    "model": "four-step",
    "cutoff": "15:00",
    "entry": [{"id": "H47.71"}, {"kind": "one-stop", "level": "district"}],
    "limit": {"amount": "10.0", "unit": "working_day"},
    "facts": {"kind": {"values": ["river", "lake"], "many": False}, "floors": {}},
}


def leg(**changes: Any) -> dict[str, Any]:
    return {"name": {"vi": "Bước", "en": "Step"}, "agency": "receiver", "term": DAYS, **changes}


def read(**changes: Any) -> dict[str, Any]:
    return read_process({**FULL, "legs": [leg(), leg(**changes)]})


def test_everything_that_a_definition_may_say_is_read() -> None:
    found = read(
        id="y-kien",
        when=RIVER,
        terms=[
            {"when": {"fact": "floors", "at_least": 7}, "term": {"amount": "1.50", "unit": "working_day"}}
        ],
        after=[],
        join=1,
        kind="opinion",
        at_term="consent",
        pause="posting",
        return_extends={"amount": "5.0", "unit": "working_day"},
    )

    assert found["limit"] == {"amount": "10", "unit": "working_day"}
    assert found["legs"][1]["terms"][0]["term"]["amount"] == "1.5"
    assert found["legs"][1]["return_extends"]["amount"] == "5"
    assert {key: value for key, value in found.items() if key not in {"legs", "limit", "valid_from"}} == {
        key: value for key, value in FULL.items() if key not in {"legs", "limit", "valid_from"}
    }


def test_a_definition_of_the_first_release_reads_as_it_did() -> None:
    old = read_process(process())

    assert set(old) == {"process", "version", "procedure", "valid_from", "legs"}
    assert set(old["legs"][0]) == {"name", "agency", "term"}


@pytest.mark.parametrize("agency", ["applicant", "competent", {"leg": "leg-1"}, {"id": "H47"}])
def test_every_form_of_choice_is_read(agency: Any) -> None:
    assert read(agency=agency)["legs"][1]["agency"] == agency


@pytest.mark.parametrize(
    ("changes", "code", "where"),
    [
        ({"term": {**DAYS, "amount": "Không nêu rõ"}}, "term-not-numeric", "legs.1.term"),
        ({"return_extends": {**DAYS, "amount": "-1"}}, "term-not-positive", "legs.1.return_extends"),
        (
            {"terms": [{"when": RIVER, "term": {**DAYS, "unit": "ngày"}}]},
            "term-unit-unknown",
            "legs.1.terms.0.term",
        ),
        ({"terms": [{"when": {}, "term": DAYS}]}, "condition-invalid", "legs.1.terms.0.when"),
        ({"when": {"all": [RIVER, {"fact": "kind"}]}}, "condition-invalid", "legs.1.when.all[1]"),
        ({"when": {"all": [RIVER], "any": [RIVER]}}, "condition-invalid", "legs.1.when"),
        ({"when": "always"}, "invalid", "legs.1.when"),
        ({"consult": [{"id": "H47"}]}, "invalid", "legs.1.agency"),
        ({"agency": {"leg": ""}}, "invalid", "legs.1.agency"),
        ({"join": 0}, "invalid", "legs.1.join"),
        ({"join": True}, "invalid", "legs.1.join"),
        ({"join": "most"}, "invalid", "legs.1.join"),
        ({"after": "leg-1"}, "invalid", "legs.1.after"),
        ({"id": "Bước 1"}, "invalid", "legs.1.id"),
        ({"kind": "visit"}, "invalid", "legs.1.kind"),
        ({"at_term": "explode"}, "invalid", "legs.1.at_term"),
        ({"pause": "lunch"}, "invalid", "legs.1.pause"),
        ({"colour": "red"}, "invalid", "legs.1.colour"),
    ],
)
def test_a_wrong_field_is_named_with_its_leg(changes: dict[str, Any], code: str, where: str) -> None:
    with pytest.raises(RefusedError) as refused:
        read(**changes)

    facts = refused.value.facts
    assert refused.value.code == code
    assert str(facts.get("field") or facts.get("at")).startswith(where)


def test_who_is_consulted_gives_an_opinion() -> None:
    asked = {**leg(consult=[{"id": "H47"}, "competent"]), "kind": "work"}
    del asked["agency"]

    with pytest.raises(RefusedError, match=r"legs\.0\.kind"):
        read_process({**FULL, "legs": [asked]})
    assert read_process({**FULL, "legs": [{**asked, "kind": "opinion"}]})["legs"][0]["consult"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("cutoff", "25:00"),
        ("cutoff", "3 giờ chiều"),
        ("state", "dead"),
        ("entry", []),
        ("entry", ["receiver"]),
        ("entry", [{"leg": "a"}]),
        ("facts", {"Kind": {}}),
        ("facts", {"kind": {"values": []}}),
        ("limit", {"amount": 10, "unit": "working_day"}),
    ],
)
def test_a_wrong_field_of_a_definition_is_named(field: str, value: Any) -> None:
    with pytest.raises(RefusedError) as refused:
        read_process({**FULL, field: value})

    assert str(refused.value.facts["field"]).startswith(field)


HOURS = [["07:00", "11:00"], ["13:00", "17:00"]]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"category": "galaxy"}, "invalid"),
        ({"remote": "yes"}, "invalid"),
        ({"hours": []}, "invalid"),
        ({"hours": [["07:00"]]}, "invalid"),
        ({"hours": [["07:00", "11:00"]]}, "office-hours-invalid"),
        ({"hours": [["17:00", "13:00"], ["07:00", "11:00"]]}, "office-hours-invalid"),
        ({"code": "000.00.71.H48"}, "agency-code-differs"),
        ({"code": "no code"}, "agency-code-invalid"),
    ],
)
def test_a_wrong_agency_is_refused(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(RefusedError) as refused:
        read_reference(orjson.dumps({"agencies": [agency("H47.71", **changes)]}))

    assert refused.value.code == code


@pytest.mark.parametrize("code", ["000.00.71.H47", "H47.71", "001.31.71.H47"])
def test_an_agency_has_its_code_in_either_scheme(code: str) -> None:
    said = agency("H47.71", code=code, hours=HOURS, remote=True, category="commune")
    data = read_reference(orjson.dumps({"agencies": [said]}))

    assert data["agencies"][0]["hours"] == HOURS
    assert data["competences"] == []


@pytest.mark.parametrize(
    "changes",
    [
        {"agency": None, "kind": None},
        {"kind": "ubnd-xa", "level": "commune"},
        {"agency": None},
        {"valid_to": "2019-01-01T00:00:00+07:00"},
        {"area": "qna"},
        {"basis": ""},
    ],
)
def test_a_wrong_competence_is_refused(changes: dict[str, Any]) -> None:
    row = {
        "procedure": "1.001193",
        "agency": "H47",
        "valid_from": "2019-01-01T00:00:00+07:00",
        "basis": "Luật",
        **changes,
    }
    with pytest.raises(RefusedError, match="invalid"):
        read_reference(orjson.dumps({"competences": [row]}))
