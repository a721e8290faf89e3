"""A wave's bookkeeping: what is next, what is done, what is missing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from deploy.play.plan import PlannedDossier, PlannedLeg
from deploy.play.scenario import Filing
from deploy.play.wave import Found, Wave

T = datetime(2019, 3, 4, 2, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def done_leg(agency: str, after: int) -> PlannedLeg:
    return PlannedLeg(agency, T + after * HOUR, T + (after + 1) * HOUR)


WHOLE = PlannedDossier(
    play="p",
    seed=1,
    number=7,
    filing=Filing("1.001193", "H47.60", "citizen", 1),
    channel="direct",
    components=(),
    received_at=T,
    legs=(done_leg("H47.06", 0), done_leg("H47.60", 1)),
    handed_back_at=None,
    manner="direct",
)


def wave_of(dossier: PlannedDossier, *connected: str) -> Wave:
    wave = Wave([dossier], connected)
    wave.submitted(dossier, "d")
    return wave


def test_a_leg_before_its_agency_gives_its_commands_in_order_with_stable_keys() -> None:
    task = wave_of(WHOLE).task(Found("d", "leg-1", 1, "H47.06"))

    assert task
    assert task.commands == (
        ("accept-leg", "p/7/1/accept-leg", "2019-03-04T02:00:00.000000Z"),
        ("complete-leg", "p/7/1/complete-leg", "2019-03-04T03:00:00.000000Z"),
    )


@pytest.mark.parametrize("number", [0, 2, 3])
def test_a_leg_that_is_not_next_gives_nothing(number: int) -> None:
    assert wave_of(WHOLE).task(Found("d", "leg", number, "H47.06")) is None


def test_a_dossier_of_another_wave_gives_nothing() -> None:
    assert wave_of(WHOLE).task(Found("other", "leg", 1, "H47.06")) is None


def test_a_dossier_waits_until_its_last_leg_is_done() -> None:
    wave = wave_of(WHOLE)

    assert wave.agencies() == {"H47.06"}
    wave.done(Found("d", "leg-1", 1, "H47.06"))
    assert wave.agencies() == {"H47.60"}
    assert wave.waiting == ["d"]
    wave.done(Found("d", "leg-2", 2, "H47.60"))
    assert wave.waiting == []


def test_a_leg_done_twice_counts_once_and_one_out_of_turn_not_at_all() -> None:
    wave = wave_of(WHOLE)

    wave.done(Found("d", "leg-2", 2, "H47.60"))
    assert wave.agencies() == {"H47.06"}
    wave.done(Found("d", "leg-1", 1, "H47.06"))
    wave.done(Found("d", "leg-1", 1, "H47.06"))
    assert wave.agencies() == {"H47.60"}


def test_a_pending_dossier_waits_only_for_what_is_planned() -> None:
    begun = replace(WHOLE, legs=(WHOLE.legs[0], PlannedLeg("H47.60", T + 2 * HOUR)))
    wave = wave_of(begun)
    wave.done(Found("d", "leg-1", 1, "H47.06"))

    task = wave.task(Found("d", "leg-2", 2, "H47.60"))
    assert task
    assert [command for command, _, _ in task.commands] == ["accept-leg"]
    wave.done(task.found)
    assert wave.waiting == []


def test_people_leave_an_untouched_leg_but_own_systems_take_note_of_it() -> None:
    untouched = replace(WHOLE, legs=(PlannedLeg("H47.61"), PlannedLeg("H47.60")))

    assert wave_of(untouched).waiting == []
    task = wave_of(untouched, "H47.61").task(Found("d", "leg-1", 1, "H47.61"))
    assert task
    assert [command for command, _, _ in task.commands] == ["acknowledge-message"]


def test_an_own_system_acknowledges_when_the_leg_before_is_done() -> None:
    wave = wave_of(WHOLE, "H47.60")
    wave.done(Found("d", "leg-1", 1, "H47.06"))

    task = wave.task(Found("d", "leg-2", 2, "H47.60"))

    assert task
    assert task.commands[0][0] == "acknowledge-message"
    assert task.commands[0][2] == "2019-03-04T03:00:00.000000Z"


def test_an_own_system_behind_an_unfinished_leg_is_not_waited_for() -> None:
    stuck = replace(WHOLE, legs=(PlannedLeg("H47.06", T), PlannedLeg("H47.61")))
    wave = wave_of(stuck, "H47.61")

    wave.done(Found("d", "leg-1", 1, "H47.06"))
    assert wave.waiting == []


def test_what_routing_says_is_past_is_past() -> None:
    wave = wave_of(WHOLE)

    wave.past("d", 0)
    assert wave.agencies() == {"H47.06"}
    wave.past("d", 1)
    assert wave.agencies() == {"H47.60"}
    wave.past("d", 2)
    assert wave.waiting == []
    wave.past("unknown", 1)


def test_what_is_missing_names_dossier_leg_and_agency() -> None:
    assert wave_of(WHOLE).missing() == ["p/7/(d) leg 1 at H47.06"]
