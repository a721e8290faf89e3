"""Journeys along graphs: what opens when, what is done again, what goes on without anybody."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from deploy.play import happenings
from deploy.play.conduct import Conduct
from deploy.play.happenings import Happening, Script, possible
from deploy.play.journey import Journey, travel
from deploy.play.office_time import HOUR, OfficeTime
from deploy.play.scenario import Scenario
from deploy.play.ways import Ways
from shared.clock import VIETNAM
from shared.working_time.vietnam import vietnam_calendar

MONDAY = datetime(2025, 3, 3, 8, 0, tzinfo=VIETNAM)
CLOCK = OfficeTime(vietnam_calendar(), date(2025, 3, 3), date(2025, 5, 30))


@pytest.fixture(scope="module")
def ways(lien_thong: Scenario) -> Ways:
    return Ways(lien_thong)


def legs_of(ways: Ways, scenario: Scenario, procedure: str) -> Sequence[Any]:
    filing = next(it for it in scenario.mix.filings if it.procedure == procedure)
    return ways.legs(filing, "direct", MONDAY)


def journey(ways: Ways, legs: Sequence[Any], pace: int = HOUR, **script: Any) -> Journey:
    usual = Script((1.0,) * len(legs), (0.5,) * len(legs), (2 * HOUR,) * len(legs))
    return travel(legs, Conduct(ways, CLOCK, replace(usual, **script), pace), MONDAY)


def turns(journey: Journey) -> list[tuple[int, int, str | None]]:
    return [(turn.number, turn.attempt, turn.outcome) for turn in journey.turns]


def test_side_by_side_both_are_waited_for(ways: Ways, lien_thong: Scenario) -> None:
    legs = legs_of(ways, lien_thong, "1.001193")
    found = journey(ways, legs, weights=(1.0, 1.0, 5.0, 1.0))

    register, police, insurance, desk = found.turns
    assert police.opened_at == insurance.opened_at == register.closed_at
    assert desk.opened_at == insurance.closed_at
    assert police.beside == {insurance.agency}
    assert register.beside == desk.beside == frozenset()
    assert found.through


def test_a_notice_ends_by_itself_and_the_clock_stands_still(ways: Ways, lien_thong: Scenario) -> None:
    found = journey(ways, legs_of(ways, lien_thong, "LT-DATDAI"), pace=0)

    notice, paid = found.turns[4], found.turns[9]
    assert (notice.outcome, notice.acts) == ("elapsed", ())
    assert found.pauses == ((notice.opened_at, notice.closed_at), (paid.opened_at, paid.closed_at))
    # 03/03 + 15 days is Tuesday 18/03, and it hangs that whole day.
    assert notice.closed_at == datetime(2025, 3, 18, 17, 0, tzinfo=UTC)
    assert paid.applicants


def test_who_keeps_silent_agrees_when_the_term_has_ended(ways: Ways, lien_thong: Scenario) -> None:
    legs = legs_of(ways, lien_thong, "LT-XAYDUNG")
    found = journey(ways, legs, silent=frozenset({3}))

    by_number = {turn.number: turn for turn in found.turns}
    assert by_number[3].outcome == "consented"
    assert by_number[5].opened_at == by_number[3].closed_at
    assert [act.name for act in by_number[3].acts] == ["silence"]
    assert [act.command for act in by_number[2].acts] == ["accept-leg", "give-opinion"]


def test_a_return_is_gone_through_again_from_there(ways: Ways, lien_thong: Scenario) -> None:
    legs = legs_of(ways, lien_thong, "LT-TCXH")
    found = journey(ways, legs, happening=Happening(happenings.RETURN, 3, to=1))

    assert [turn[:2] for turn in turns(found)] == [
        (1, 1),
        (2, 1),
        (3, 1),
        (1, 2),
        (2, 2),
        (3, 2),
        (4, 1),
        (5, 1),
    ]
    assert turns(found)[2] == (3, 1, "returned")
    assert found.through


def test_a_return_that_gives_more_time_says_so(ways: Ways, lien_thong: Scenario) -> None:
    legs = [dict(leg) for leg in legs_of(ways, lien_thong, "LT-TCXH")]
    legs[0]["return_extends"] = {"amount": "2", "unit": "working_day"}

    assert journey(ways, legs, happening=Happening(happenings.RETURN, 3, to=1)).extensions == (
        legs[0]["return_extends"],
    )
    assert journey(ways, legs, happening=Happening(happenings.RECALL, 2, to=1)).extensions == ()


def test_what_was_recalled_is_handed_over_again(ways: Ways, lien_thong: Scenario) -> None:
    legs = legs_of(ways, lien_thong, "1.001193")
    found = journey(ways, legs, happening=Happening(happenings.RECALL, 2, to=1))

    # The insurance, side by side with the police, is left alone.
    assert sorted(turns(found)) == [
        (1, 1, "completed"),
        (1, 2, "completed"),
        (2, 1, "recalled"),
        (2, 2, "completed"),
        (3, 1, "completed"),
        (4, 1, "completed"),
    ]
    recall = found.turns[1].acts[-1]
    assert (recall.command, recall.by) == ("recall-leg", 1)


def test_the_wrong_agency_hands_it_back(ways: Ways, lien_thong: Scenario) -> None:
    legs = legs_of(ways, lien_thong, "1.001193")
    right = legs[1]["agency"]
    (wrong,) = {it.agency for it in possible(happenings.WRONG_AGENCY, legs, ways, MONDAY) if it.number == 2}
    found = journey(ways, legs, happening=Happening(happenings.WRONG_AGENCY, 2, agency=wrong))

    passed = [(turn.agency, turn.outcome) for turn in found.turns if turn.number == 2]
    assert passed == [(right, "transferred"), (wrong, "transferred"), (right, "completed")]


def test_after_a_withdrawal_nobody_does_anything_more(ways: Ways, lien_thong: Scenario) -> None:
    legs = legs_of(ways, lien_thong, "1.001193")
    found = journey(ways, legs, weights=(1.0, 1.0, 9.0, 1.0), happening=Happening(happenings.WITHDRAWAL, 2))

    assert turns(found) == [(1, 1, "completed"), (2, 1, "withdrawn"), (3, 1, "withdrawn")]
    end = found.turns[1].closed_at
    assert end
    assert all(act.at <= end for turn in found.turns for act in turn.acts)


def test_who_is_asked_for_papers_is_waited_for(ways: Ways, lien_thong: Scenario) -> None:
    legs = legs_of(ways, lien_thong, "LT-TCXH")
    found = journey(ways, legs, happening=Happening(happenings.SUPPLEMENT, 2))

    ((asked, given),) = found.pauses
    assert CLOCK.position(given) - CLOCK.position(asked) == 2 * HOUR
    assert [act.command for act in found.turns[1].acts] == [
        "accept-leg",
        "request-supplement",
        "fulfil",
        "complete-leg",
    ]


def test_a_journey_longer_than_the_period_does_not_come_through(ways: Ways, lien_thong: Scenario) -> None:
    found = journey(ways, legs_of(ways, lien_thong, "LT-CHUYENNUOC"), pace=300 * HOUR)

    assert not found.through
    assert found.turns[-1].closed_at is None


def test_nothing_is_returned_over_a_payment_or_a_notice(ways: Ways, lien_thong: Scenario) -> None:
    legs = legs_of(ways, lien_thong, "LT-DATDAI")
    found = {(it.to, it.number) for it in possible(happenings.RETURN, legs, ways, MONDAY)}

    assert (1, 2) in found
    assert (6, 8) in found
    assert not any(to <= 5 < number or to <= 10 < number for to, number in found)
