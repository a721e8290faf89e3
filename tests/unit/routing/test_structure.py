"""Who there is at a moment, who is responsible, and who goes on with what an ended agency had."""

from __future__ import annotations

from typing import Any

import pytest

from services.routing.rules.structure import Registry, holds, missing_in_words
from shared.errors import NotYetKnownError
from tests.builders.routing import AGENCIES, DESK, DISTRICT, POLICE, agency

BEFORE = "2025-06-30T16:59:59.999999Z"
REFORM = "2025-06-30T17:00:00.000000Z"
"""Midnight of 1 July 2025 in Viet Nam."""
NEW_WARD = "H47.80"
PROVINCE = "H47"
LAW = "Luật 72/2025/QH15"


def end(agency_id: str, *successors: tuple[str, list[str] | None], at: str = REFORM) -> dict[str, Any]:
    return {
        "agency": agency_id,
        "ended_at": at,
        "change": "split" if len(successors) > 1 else "merge",
        "successors": [{"agency": name, "areas": areas} for name, areas in successors],
        "basis": LAW,
    }


def born(agency_id: str, area: str, at: str = REFORM) -> dict[str, Any]:
    return {**agency(agency_id, "commune", "people-committee", area), "valid_from": at}


REGISTRY = Registry.of(
    [*AGENCIES, born(NEW_WARD, "QNA.TK"), agency(PROVINCE, "province", "people-committee", "QNA")],
    [
        end(DESK, (NEW_WARD, None)),
        end("H47.71.02", (NEW_WARD, None)),
        end(DISTRICT, (NEW_WARD, ["QNA.TK.AX"]), (PROVINCE, None)),
    ],
)


def test_only_agencies_of_the_time_are_responsible() -> None:
    def responsible(moment: str) -> Any:
        return REGISTRY.at(moment).responsible("people-committee", "commune", "QNA.TK.AX")["agency"]

    assert responsible(BEFORE) == DESK
    assert responsible(REFORM) == NEW_WARD


def test_who_serves_has_begun() -> None:
    before, after = REGISTRY.at(BEFORE), REGISTRY.at(REFORM)

    assert before.serving(DESK, None) == before.current(DESK, None)
    assert after.serving(DESK, None)[0]["agency"] == NEW_WARD
    assert before.current(NEW_WARD, None)[0]["agency"] == NEW_WARD
    with pytest.raises(NotYetKnownError) as unborn:
        before.serving(NEW_WARD, None)
    assert unborn.value.reference == f"agency/{NEW_WARD}"


def test_competence_of_an_agency_that_has_not_begun_is_not_there_yet() -> None:
    row = {"procedure": "1", "agency": NEW_WARD, "valid_from": "2019-01-01T00:00:00.000000Z", "basis": LAW}
    registry = Registry.of([*AGENCIES, born(NEW_WARD, "QNA.TK")], competences=[row])

    assert registry.at(REFORM).competent("1", "QNA.TK")[0]["agency"] == NEW_WARD
    with pytest.raises(NotYetKnownError, match=f"agency/{NEW_WARD}"):
        registry.at(BEFORE).competent("1", "QNA.TK")


@pytest.mark.parametrize(
    ("reference", "vi", "en"),
    [
        ("agency-of/people-committee/district", "cơ quan people-committee cấp huyện",
         "an agency people-committee at district level"),
        ("agency-of/a/b/commune", "cơ quan a/b cấp xã", "an agency a/b at commune level"),
        ("agency/H47.99", "cơ quan H47.99", "the agency H47.99"),
        ("competent-for/1.001193", "cơ quan có thẩm quyền giải quyết 1.001193",
         "an agency competent for 1.001193"),
        ("successor-of/H47", "cơ quan kế thừa H47", "a successor of H47"),
        ("agency/applicant", "cơ quan nộp hồ sơ", "the agency that files"),
        ("something/else", "something/else", "something/else"),
    ],
)  # fmt: skip
def test_what_is_missing_is_said_in_words(reference: str, vi: str, en: str) -> None:
    assert missing_in_words(reference) == {"vi": vi, "en": en}


def test_before_an_agencys_first_day_it_is_known_but_not_responsible() -> None:
    early = REGISTRY.at("2018-12-31T00:00:00.000000Z")

    assert early.agency(POLICE)["agency"] == POLICE
    assert early.alive() == []
    with pytest.raises(NotYetKnownError, match="agency-of/police/commune"):
        early.responsible("police", "commune", "QNA.TK.AX")


def test_an_agency_that_goes_on_has_no_reasons() -> None:
    assert REGISTRY.at(BEFORE).current(DISTRICT, None) == (REGISTRY.at(BEFORE).agency(DISTRICT), [])


def test_a_split_agency_is_succeeded_by_area_else_by_the_one_without() -> None:
    structure = REGISTRY.at(REFORM)

    assert structure.current(DISTRICT, "QNA.TK.AX.1")[0]["agency"] == NEW_WARD
    assert structure.current(DISTRICT, "QNA.TK.TT")[0]["agency"] == PROVINCE
    assert structure.current(DISTRICT, None)[0]["agency"] == PROVINCE


def test_every_hop_of_a_succession_is_a_sentence() -> None:
    chain = Registry.of(
        [*AGENCIES, born(NEW_WARD, "QNA.TK"), born("H47.81", "QNA.TK", "2026-01-01T00:00:00.000000Z")],
        [
            end(DESK, (NEW_WARD, None)),
            end(NEW_WARD, ("H47.81", None), at="2026-01-01T00:00:00.000000Z"),
        ],
    )

    assert chain.at(REFORM).current(DESK, None)[0]["agency"] == NEW_WARD
    facts, reasons = chain.at("2026-06-01T00:00:00.000000Z").current(DESK, None)
    assert facts["agency"] == "H47.81"
    assert [reason["en"] for reason in reasons] == [
        f"{DESK} was merged on 2025-07-01 ({LAW}); {NEW_WARD} goes on",
        f"{NEW_WARD} was merged on 2026-01-01 ({LAW}); H47.81 goes on",
    ]
    assert reasons[0]["vi"] == f"{DESK} được sáp nhập ngày 2025-07-01 ({LAW}), {NEW_WARD} kế thừa"


def test_whom_nobody_succeeds_is_named() -> None:
    alone = Registry.of(AGENCIES, [{**end(DESK), "change": "abolish"}]).at(REFORM)

    assert alone.ended(DESK)
    assert alone.agency(DESK)["agency"] == DESK
    with pytest.raises(NotYetKnownError, match=f"successor-of/{DESK}"):
        alone.current(DESK, None)


def test_facts_change_on_their_day() -> None:
    moved = {**born(POLICE, "QNA.TK"), "kind": "police"}
    registry = Registry.of([*AGENCIES, moved])

    assert registry.at(BEFORE).agency(POLICE)["area"] == "QNA.TK.AX"
    assert registry.at(REFORM).agency(POLICE)["area"] == "QNA.TK"


def test_the_same_structure_serves_until_something_changes() -> None:
    assert REGISTRY.at("2020-01-01T00:00:00.000000Z") is REGISTRY.at(BEFORE)
    assert REGISTRY.at(BEFORE) is not REGISTRY.at(REFORM)


def competence(area: str | None, since: str, until: str | None = None, **whose: Any) -> dict[str, Any]:
    return {
        "procedure": "1.001193",
        "area": area,
        "valid_from": f"{since}T00:00:00+07:00",
        "valid_to": until and f"{until}T00:00:00+07:00",
        "basis": "Nghị định 151/2025/NĐ-CP",
        **whose,
    }


def test_competence_follows_date_and_area_and_succession() -> None:
    rows = [
        competence(None, "2019-01-01", "2025-07-01", agency=DISTRICT),
        competence("QNA.TK", "2025-07-01", kind="people-committee", level="commune"),
        competence("QNA.TK.TT", "2019-01-01", agency=DISTRICT),
    ]
    registry = Registry.of(
        [*AGENCIES, born(NEW_WARD, "QNA.TK"), agency(PROVINCE, "province", "people-committee", "QNA")],
        REGISTRY.ends.values(),
        rows,
    )

    def competent(moment: str, area: str) -> Any:
        return registry.at(moment).competent("1.001193", area)[0]["agency"]

    assert competent(BEFORE, "QNA.TK.AX") == DISTRICT
    assert competent(REFORM, "QNA.TK.AX") == NEW_WARD
    assert competent(REFORM, "QNA.TK.TT") == PROVINCE
    with pytest.raises(NotYetKnownError, match="competent-for"):
        registry.at(REFORM).competent("9.999999", None)


@pytest.mark.parametrize(
    ("whole", "part", "held"),
    [
        ("QNA", "QNA.TK", True),
        ("QNA.TK", "QNA.TK", True),
        ("QNA.TK", "QNA.TKX", False),
        ("QNA.TK.AX", "QNA.TK", False),
        (None, "QNA", True),
    ],
)
def test_areas_hold_their_parts(whole: str | None, part: str, held: bool) -> None:
    assert holds(whole, part) is held
