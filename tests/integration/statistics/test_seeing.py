"""Whom a dossier concerns: those it came to, those above them, and those who go on for them."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from services.statistics.reports.seeing import concerns
from tests.builders.statistics import CENTRE, COMMUNE, LAND, TAX, root_of, vietnam
from tests.integration.statistics.conftest import Office
from tests.integration.statistics.test_online import DISTRICT, HEAD, OFFICE, OTHER, file, province

pytestmark = pytest.mark.integration

EVERYBODY = (HEAD, CENTRE, LAND, TAX, DISTRICT, OFFICE, COMMUNE, OTHER)
NOW = vietnam(2019, 12, 31)


def seeing(office: Office, number: int, named: Iterable[str] = ()) -> set[str]:
    return {one for one in EVERYBODY if concerns(office.database, root_of(number), one, NOW, named)}


@pytest.mark.parametrize(
    ("lead", "others"),
    [
        (LAND, {LAND}),
        (OFFICE, {OFFICE, DISTRICT}),
        (DISTRICT, {DISTRICT, OFFICE}),
        (COMMUNE, {COMMUNE, DISTRICT, OFFICE}),
    ],
    ids=["a department's", "a district's office's", "a district's", "a commune's"],
)
def test_a_dossier_concerns_the_units_it_came_to_and_those_above(
    office: Office, lead: str, others: set[str]
) -> None:
    found = province()
    file(found, 1, lead, "online", vietnam(2019, 5, 6), 3)
    office.take(found.sent)
    assert seeing(office, 1) == {HEAD, CENTRE} | others, "an office belongs to its district's unit"


def test_who_is_named_is_concerned_and_so_are_those_above(office: Office) -> None:
    found = province()
    file(found, 1, LAND, "online", vietnam(2019, 5, 6), 3)
    office.take(found.sent)
    assert seeing(office, 1, {OTHER}) == {HEAD, CENTRE, LAND, OTHER, DISTRICT, OFFICE}
    assert seeing(office, 77) == set(), "nothing is known of it"
    assert not concerns(office.database, root_of(1), "nobody-knows", NOW)


def test_who_goes_on_for_an_ended_agency_sees_what_it_did(office: Office) -> None:
    found = province()
    file(found, 1, COMMUNE, "online", vietnam(2019, 5, 6), 3)
    found.end_agency(COMMUNE, OTHER)
    office.take(found.sent)
    assert OTHER in seeing(office, 1)
