from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4, uuid5

import orjson
import pytest

from services.processing.application import Agency
from shared.clock import to_text
from tests.builders.processing import BEGAN, DOSSIER, DUE, LAND, LATE, MORNING, TAX, agency_registered
from tests.integration.processing.conftest import Office

pytestmark = pytest.mark.integration

DEADLINE = "SELECT version, fires_at, state FROM deadline WHERE aggregate_id = :leg AND name <> 'remind'"


class TestTerms:
    def test_a_term_is_written_with_the_leg(self, office: Office) -> None:
        leg = office.open_leg()
        assert office.one(DEADLINE, leg=leg) == (1, LATE, "pending")

    def test_nothing_rings_before_its_time(self, office: Office) -> None:
        leg = office.open_leg()
        office.clock.set(LATE - timedelta(seconds=1))
        office.terms.ring()
        assert office.topics(leg) == ["handed-over"]

    def test_a_leg_falls_overdue_at_its_due_time_however_late_we_notice(self, office: Office) -> None:
        leg = office.open_leg()
        office.clock.set(LATE + timedelta(days=2))
        assert office.terms.ring() is False
        assert office.topics(leg) == ["handed-over", "overdue"]
        (state,) = office.one("SELECT state FROM event WHERE topic = 'processing.work.overdue'")
        act = orjson.loads(bytes(state))["act"]
        assert act["happened_at"] == to_text(LATE)
        assert act["received_at"] == to_text(LATE + timedelta(days=2))
        assert (act["root"], act["leg"]) == (str(DOSSIER), str(leg))
        assert office.one(DEADLINE, leg=leg)[2] == "fired"
        assert [work["overdue"] for work in office.worklist.of_agency(LAND, 10)] == [True]

    def test_a_term_rings_once(self, office: Office) -> None:
        leg = office.open_leg()
        office.clock.set(LATE)
        office.terms.ring()
        office.terms.ring()
        assert office.topics(leg) == ["handed-over", "overdue"]

    @pytest.mark.parametrize(("end", "fields"), [("complete-leg", {}), ("return-leg", {"reason": "Thiếu"})])
    def test_the_term_of_a_finished_leg_is_settled(
        self, office: Office, end: str, fields: dict[str, Any]
    ) -> None:
        leg = office.open_leg()
        office.execute("accept-leg", leg)
        office.execute(end, leg, **fields)
        assert office.one(DEADLINE, leg=leg)[2] == "settled"
        office.clock.set(LATE)
        office.terms.ring()
        assert "overdue" not in office.topics(leg)

    def test_more_terms_than_one_batch_ring_in_several(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("services.processing.deadlines.BATCH", 2)
        legs = [office.open_leg(number=number) for number in (1, 2, 3)]
        office.clock.set(LATE)
        assert office.terms.ring() is True
        assert office.terms.ring() is False
        assert all(office.topics(leg)[-1] == "overdue" for leg in legs)

    def test_two_processes_ring_each_term_once(self, open_office: Callable[[], Office]) -> None:
        one, two = open_office(), open_office()
        legs = [one.open_leg(number=number) for number in (1, 2, 3)]
        one.clock.set(LATE)
        one.terms.ring()
        two.terms.ring()
        assert [one.topics(leg).count("overdue") for leg in legs] == [1, 1, 1]

    def test_a_term_that_failed_to_ring_rings_again(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        leg = office.open_leg()
        office.clock.set(LATE)
        with monkeypatch.context() as broken:
            broken.setattr(office.worklist, "flush", lambda _tx: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                office.terms.ring()
        assert office.one(DEADLINE, leg=leg)[2] == "pending"
        office.terms.ring()
        assert office.topics(leg) == ["handed-over", "overdue"]

    def test_a_newer_version_replaces_a_deadline_and_an_older_one_does_not(self, office: Office) -> None:
        key = uuid4()
        for version in (2, 1):
            with office.unit.begin():
                office.deadlines.set(key, "x", version, MORNING + timedelta(days=version))
        assert office.one(DEADLINE, leg=key) == (2, MORNING + timedelta(days=2), "pending")
        with office.unit.begin():
            office.deadlines.settle(key, "x")
            office.deadlines.set(key, "x", 3, MORNING)
        assert office.one(DEADLINE, leg=key) == (3, MORNING, "pending")

    def test_a_deadline_set_and_settled_in_one_unit_never_rings(self, office: Office) -> None:
        key = uuid4()
        with office.unit.begin():
            office.deadlines.set(key, "x", 1, MORNING)
            office.deadlines.settle(key, "x")
        with office.database.transaction() as tx:
            assert office.deadlines.claim(tx, "x", MORNING, 10) == []


class TestWorklist:
    def test_it_shows_an_agencys_open_works_the_one_due_first_at_the_top(self, office: Office) -> None:
        never = office.open_leg(number=1, due_at=None)
        late = office.open_leg(number=2, due_at=DUE + timedelta(days=1))
        early = office.open_leg(number=3, due_at=DUE)
        office.open_leg(number=4, agency=TAX)
        works = office.worklist.of_agency(LAND, 10)
        assert [work["leg_id"] for work in works] == [early, late, never]
        assert works[0] == {
            "leg_id": early,
            "dossier_id": DOSSIER,
            "agency": LAND,
            "code": "000.00.21.H47-260302-0001",
            "procedure": "1.001193",
            "name_vi": "Thẩm định hồ sơ",
            "name_en": "Examine the dossier",
            "number": 3,
            "legs": 3,
            "attempt": 1,
            "from_agency": "mot-cua-tam-ky",
            "handed_by": "queue",
            "state": "handed-over",
            "officer": None,
            "overdue": False,
            "opened_at": MORNING,
            "due_at": DUE,
            "kind": "work",
            "at_term": "overdue",
            "suspended": None,
            "reference": None,
        }

    def test_it_is_read_page_by_page(self, office: Office) -> None:
        legs = {office.open_leg(dossier=uuid5(DOSSIER, str(number))) for number in range(7)}
        seen: list[UUID] = []
        after = None
        while page := office.worklist.of_agency(LAND, 3, after):
            seen += [work["leg_id"] for work in page]
            after = seen[-1]
        assert len(seen) == 7
        assert set(seen) == legs

    def test_reading_goes_on_behind_a_work_that_was_closed_meanwhile(self, office: Office) -> None:
        legs = [office.open_leg(number=n, due_at=DUE + timedelta(days=n)) for n in (1, 2, 3)]
        first = office.worklist.of_agency(LAND, 1)[-1]["leg_id"]
        office.execute("return-leg", first, reason="Thiếu")
        assert [work["leg_id"] for work in office.worklist.of_agency(LAND, 10, first)] == legs[1:]

    def test_it_follows_the_work(self, office: Office) -> None:
        leg = office.open_leg()
        for command, fields, state in [
            ("acknowledge-message", {}, "acknowledged"),
            ("accept-leg", {"officer": "Lê Văn C"}, "accepted"),
        ]:
            office.execute(command, leg, **fields)
            (work,) = office.worklist.of_agency(LAND, 10)
            assert work["state"] == state
        assert work["officer"] == "Lê Văn C"
        office.execute("complete-leg", leg)
        assert office.worklist.of_agency(LAND, 10) == []
        assert office.one("SELECT state, closed FROM work") == ("completed", True)


class TestAgencies:
    def test_later_word_of_an_agency_replaces_earlier(self, office: Office) -> None:
        office.register("xa-a", connected=False)
        office.register("xa-a", connected=True)
        assert office.agencies.get("xa-a") == Agency("xa-a", connected=True, begins_at=BEGAN)
        assert office.agencies.connected() == sorted([LAND, TAX, "xa-a"])

    def test_later_facts_do_not_make_it_younger(self, office: Office) -> None:
        later = {**agency_registered("xa-a"), "valid_from": to_text(MORNING)}
        with office.unit.begin():
            office.agencies.register(agency_registered("xa-a"))
            office.agencies.register(later)
        with office.unit.begin():
            office.agencies.register(later)
            within = office.agencies.get("xa-a")
        assert within == office.agencies.get("xa-a") == Agency("xa-a", connected=True, begins_at=BEGAN)

    def test_what_another_process_heard_is_known_in_the_next_unit(
        self, open_office: Callable[[], Office]
    ) -> None:
        one, two = open_office(), open_office()
        with two.unit.begin():
            assert two.agencies.get("xa-a") is None
        one.register("xa-a")
        with two.unit.begin():
            assert two.agencies.get("xa-a") is not None

    def test_an_agency_registered_in_the_same_unit_is_known(self, office: Office) -> None:
        with office.unit.begin():
            office.agencies.register({**AGENCY, "agency": "xa-b"})
            assert office.agencies.get("xa-b") is not None


AGENCY = {
    "agency": "xa-b",
    "name": {"vi": "Xã B", "en": "Commune B"},
    "level": "commune",
    "kind": "people-committee",
    "vertical": False,
    "code": "H47.9",
    "connected": False,
    "valid_from": to_text(MORNING),
}
