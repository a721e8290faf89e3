"""One line for each type of message, in both languages."""

from __future__ import annotations

import orjson
import pytest

from services.statistics.reports.descriptions import LANGUAGES, describe, details
from services.statistics.reports.lines import LINES
from shared.contracts import registry
from shared.contracts.envelope import Message
from tests.builders.statistics import LAND, TAX, a_province, an_eventful_province

MESSAGES = {message.type: message for message in (*a_province(2), *an_eventful_province())}
REFERENCE = {
    "lienthong.intake.procedure-published",
    "lienthong.routing.agency-registered",
    "lienthong.routing.agency-ended",
    "lienthong.routing.process-published",
    "lienthong.routing.process-state-changed",
}


def test_every_type_that_concerns_a_dossier_has_a_line() -> None:
    assert set(LINES) == set(registry.EVENTS) - REFERENCE


@pytest.mark.parametrize("message", MESSAGES.values(), ids=MESSAGES)
def test_a_line_names_what_it_is_about_and_leaves_no_gap(message: Message) -> None:
    description = describe(orjson.loads(message.to_bytes()), {LAND: ("Sở TNMT", "Land office")})
    for line in description.values():
        assert line
        assert "{" not in line
        assert "None" not in line


def test_an_agency_goes_by_its_name_where_it_is_known() -> None:
    document = orjson.loads(MESSAGES["lienthong.processing.leg-accepted"].to_bytes())
    agency = document["data"]["agency"]
    assert describe(document, {agency: ("Sở", "Office")}) == {
        "vi": "Sở nhận xử lý",
        "en": "Office took it on",
    }
    assert describe(document, {})["en"] == f"{agency} took it on"


def test_a_type_that_is_not_known_is_shown_by_its_name() -> None:
    assert (
        describe({"type": "lienthong.intake.unheard-of", "data": {}}, {})["vi"]
        == "lienthong.intake.unheard-of"
    )


def said(message_type: str, /, **changed: object) -> dict[str, str]:
    document = orjson.loads(MESSAGES[f"lienthong.{message_type}"].to_bytes())
    document["data"] |= changed
    return describe(document, {LAND: ("Sở TNMT", "Land office"), TAX: ("Cục thuế", "Tax office")})


def test_a_plan_says_why_each_agency_was_chosen_and_what_is_skipped() -> None:
    document = orjson.loads(MESSAGES["lienthong.routing.itinerary-planned"].to_bytes())
    first, _, last = details(document, {LAND: ("Sở TNMT", "Land office")})
    assert first == {
        "vi": "1. Thẩm định: Sở TNMT (theo quy trình)",
        "en": "1. Appraisal: Land office (named by the process)",
    }
    assert last == {
        "vi": "3. Thẩm định: bỏ qua (lệ phí không từ 1 trở lên)",
        "en": "3. Appraisal: skipped (the dossier's fee is not at least 1)",
    }
    assert "trial" in describe(document, {})["en"]
    del document["data"]["legs"][0]["reason_vi"]  # as older messages are
    assert details(document, {})[0]["vi"] == f"1. Thẩm định: {LAND} (named by the process)"


def test_every_language_says_everything() -> None:
    assert all(
        set(said(kind.removeprefix("lienthong."))) == set(LANGUAGES) for kind in MESSAGES if kind in LINES
    )


@pytest.mark.parametrize(
    ("kind", "changed", "en"),
    [
        (
            "processing.leg-transferred",
            {},
            "Land office is not competent and names Tax office: không đúng thẩm quyền",
        ),
        ("processing.leg-recalled", {"by": TAX}, "Tax office took it back from Land office: nhầm"),
        ("processing.leg-returned", {"to": 0, "reason": "x"}, "Tax office returned it to the desk: x"),
        ("processing.leg-returned", {"to": 2, "reason": "x"}, "Tax office returned it to leg 2: x"),
        (
            "intake.dossier-extended",
            {},
            "Given 2 working days more: trả lại lần đầu; result now due 21/07/2019",
        ),
        (
            "intake.dossier-resumed",
            {"due_at": None},
            "The clock goes on after a stop, for money to be paid; result now due —",
        ),
        (
            "routing.leg-rehomed",
            {},
            (
                "Leg 1 went from Land office to so-nnmt by reorganisation (sap-xep-2025); still due 12/07/2019;"
                " basis: Nghị quyết 202/2025/QH15"
            ),
        ),
        (
            "routing.leg-opened",
            {"pause": "posting", "kind": "work"},
            "Across to Tax office: leg 2/2 Appraisal, attempt 2, due 16/07/2019, for a public notice",
        ),
    ],
)
def test_a_line_says_what_is_special_of_its_message(kind: str, changed: dict[str, object], en: str) -> None:
    assert said(kind, **changed)["en"] == en
