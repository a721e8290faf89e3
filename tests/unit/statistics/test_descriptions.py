"""One line for each type of message, in both languages."""

from __future__ import annotations

import orjson
import pytest

from services.statistics.reports.descriptions import LINES, describe
from shared.contracts import registry
from shared.contracts.envelope import Message
from tests.builders.statistics import LAND, a_province

MESSAGES = {message.type: message for message in a_province(2)}
REFERENCE = {
    "lienthong.intake.procedure-published",
    "lienthong.routing.agency-registered",
    "lienthong.routing.process-published",
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
