"""A wave's bookkeeping: what is next, what is done, what is missing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from deploy.play import acts
from deploy.play.acts import Act, Part, PlannedDossier, Turn
from deploy.play.scenario import Filing
from deploy.play.wave import Found, Wave

T = datetime(2019, 3, 4, 2, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def done(number: int, agency: str, after: int, **more: Any) -> Turn:
    """Return a turn of an hour, `after` hours from the reception on."""
    begun, ended = T + after * HOUR, T + (after + 1) * HOUR
    told = (Act(acts.ACCEPT, begun), Act(acts.COMPLETE, ended))
    return Turn(number, agency, begun, told, closed_at=ended, outcome="completed", **more)


FIRST, SECOND = done(1, "H47.06", 0), done(2, "H47.60", 1)
WHOLE = PlannedDossier(
    play="p",
    seed=1,
    number=7,
    filing=Filing("1.001193", "H47.60", "citizen", 1),
    channel="direct",
    components=(),
    received_at=T,
    turns=(FIRST, SECOND),
    resolved_at=T + 2 * HOUR,
    handed_back_at=None,
    manner="direct",
)


def planned(*turns: Turn) -> PlannedDossier:
    return replace(WHOLE, turns=turns)


def wave_of(dossier: PlannedDossier, *connected: str, part: Part = acts.WHOLE) -> Wave:
    wave = Wave([dossier], connected, part)
    wave.submitted(dossier, "d")
    return wave


def found(number: int, agency: str, attempt: int = 1) -> Found:
    return Found("d", f"leg-{number}.{attempt}", number, agency, attempt)


def told(wave: Wave) -> list[tuple[str, str]]:
    """Return the keys and agencies of what agencies can say now."""
    return [(command.key, command.agency) for task in wave.tasks() for command in task.commands]


def names(wave: Wave) -> list[str]:
    return [command.name for task in wave.tasks() for command in task.commands]


def test_a_leg_before_its_agency_gives_its_commands_in_order_with_stable_keys() -> None:
    wave = wave_of(WHOLE)
    wave.find(found(1, "H47.06"))

    (task,) = wave.tasks()

    assert [(it.name, it.key, it.time, it.agency) for it in task.commands] == [
        ("accept-leg", "p/7/1/accept-leg", "2019-03-04T02:00:00.000000Z", "H47.06"),
        ("complete-leg", "p/7/1/complete-leg", "2019-03-04T03:00:00.000000Z", "H47.06"),
    ]


@pytest.mark.parametrize("other", [found(2, "H47.60"), found(3, "H47.60"), found(1, "H47.06", attempt=2)])
def test_a_leg_that_is_not_next_gives_nothing(other: Found) -> None:
    wave = wave_of(WHOLE)
    wave.find(other)

    assert wave.tasks() == []


def test_a_dossier_of_another_wave_gives_nothing() -> None:
    wave = wave_of(WHOLE)
    wave.find(Found("other", "leg", 1, "H47.06"))

    assert wave.tasks() == []
    assert not wave.knows("other")


def test_a_leg_that_was_found_before_its_turn_is_remembered() -> None:
    wave = wave_of(WHOLE)
    wave.find(found(2, "H47.60"))
    wave.done("d")

    assert told(wave) == [("p/7/2/accept-leg", "H47.60"), ("p/7/2/complete-leg", "H47.60")]


def test_a_dossier_waits_until_its_last_leg_is_done() -> None:
    wave = wave_of(WHOLE)

    assert wave.agencies() == {"H47.06"}
    wave.done("d")
    assert wave.agencies() == {"H47.60"}
    assert wave.waiting == ["d"]
    wave.done("d")
    assert wave.waiting == []
    wave.done("d")


def test_worklists_are_read_only_for_legs_that_are_not_found_yet() -> None:
    wave = wave_of(WHOLE)
    wave.find(found(1, "H47.06"))

    assert wave.agencies() == set()


def test_legs_side_by_side_are_done_in_the_order_in_which_they_end() -> None:
    long = replace(done(2, "H47.61", 1), closed_at=T + 9 * HOUR)
    long = replace(long, acts=(long.acts[0], Act(acts.COMPLETE, T + 9 * HOUR)))
    wave = wave_of(planned(FIRST, long, done(3, "H47.63", 2), done(4, "H47.60", 9)))
    for number, agency in [(1, "H47.06"), (2, "H47.61"), (3, "H47.63")]:
        wave.find(found(number, agency))

    order = []
    while wave.tasks():
        order += [task.found.number for task in wave.tasks()]
        wave.done("d")

    assert order == [1, 3, 2]


def test_only_own_systems_among_themselves_speak_over_the_broker_while_they_work_side_by_side() -> None:
    beside = done(1, "H47.61", 0, beside=frozenset({"H47.63"}))
    for connected, own in [(["H47.61", "H47.63"], True), (["H47.61"], False)]:
        wave = wave_of(planned(beside), *connected)
        wave.find(found(1, "H47.61"))

        assert [task.own for task in wave.tasks()] == [own]


def test_a_pending_dossier_waits_only_for_what_is_planned() -> None:
    wave = wave_of(planned(FIRST, Turn(2, "H47.60", T + HOUR, (Act(acts.ACCEPT, T + 2 * HOUR),))))
    wave.done("d")
    wave.find(found(2, "H47.60"))

    assert names(wave) == ["accept-leg"]
    wave.done("d")
    assert wave.waiting == []


def test_people_leave_an_untouched_leg_but_own_systems_take_note_of_it() -> None:
    untouched = planned(Turn(1, "H47.61", T))

    assert wave_of(untouched).waiting == []
    wave = wave_of(untouched, "H47.61")
    wave.find(found(1, "H47.61"))
    assert names(wave) == ["acknowledge-message"]


def test_an_own_system_acknowledges_when_the_leg_opens() -> None:
    wave = wave_of(planned(SECOND), "H47.60")
    wave.find(found(2, "H47.60"))

    (task,) = wave.tasks()

    assert task.commands[0].name == "acknowledge-message"
    assert task.commands[0].time == "2019-03-04T03:00:00.000000Z"


SUPPLEMENTED = Turn(
    1,
    "H47.06",
    T,
    (
        Act(acts.ACCEPT, T),
        Act(acts.SUPPLEMENT, T + HOUR, {"reason": "thiếu"}),
        Act(acts.FULFIL, T + 2 * HOUR),
        Act(acts.COMPLETE, T + 3 * HOUR),
    ),
    closed_at=T + 3 * HOUR,
    outcome="completed",
)


def test_an_agency_waits_for_the_applicant_in_the_middle_of_its_turn() -> None:
    wave = wave_of(planned(SUPPLEMENTED))
    wave.find(found(1, "H47.06"))

    assert names(wave) == ["accept-leg", "request-supplement"]
    assert not any(task.own for task in wave.tasks())  # what would harm twice is said by the historian
    assert wave.desk_tasks() == []
    wave.done("d")
    assert wave.tasks() == []
    (brought,) = wave.desk_tasks()
    assert brought.line == {
        "key": "p/7/1/fulfil",
        "action": "fulfil",
        "dossier": "d",
        "data": {"happened_at": "2019-03-04T04:00:00+00:00"},
    }
    wave.done("d")
    assert names(wave) == ["complete-leg"]
    wave.done("d")
    assert wave.waiting == []


def test_a_turn_of_the_applicant_needs_no_agency() -> None:
    paid = Turn(1, "H47.60", T, (Act(acts.FULFIL, T + HOUR),), closed_at=T + HOUR, applicants=True)
    wave = wave_of(planned(paid), "H47.60")

    assert wave.agencies() == set()
    assert [task.line["action"] for task in wave.desk_tasks()] == ["fulfil"]


def test_who_withdraws_does_it_when_the_leg_lies_before_its_agency() -> None:
    withdrawn = replace(FIRST, acts=(FIRST.acts[0], Act(acts.WITHDRAW, T + HOUR, {"reason": "thôi"})))
    wave = wave_of(planned(withdrawn))
    wave.find(found(1, "H47.06"))
    wave.done("d")

    assert [task.line["data"]["reason"] for task in wave.desk_tasks()] == ["thôi"]
    fresh = wave_of(planned(replace(withdrawn, acts=withdrawn.acts[1:])))
    assert fresh.desk_tasks() == []


def test_a_leg_done_again_has_keys_of_its_own() -> None:
    again = replace(FIRST, attempt=2)
    wave = wave_of(planned(again))
    wave.find(found(1, "H47.06", attempt=2))

    assert [key for key, _ in told(wave)] == ["p/7/1.2/accept-leg", "p/7/1.2/complete-leg"]


def test_who_handed_a_leg_over_takes_it_back_itself() -> None:
    recalled = Turn(2, "H47.60", T + HOUR, (Act(acts.RECALL, T + HOUR, {"reason": "nhầm"}, by=1),))
    wave = wave_of(planned(FIRST, recalled))
    wave.find(found(1, "H47.06"))
    wave.done("d")
    wave.find(found(2, "H47.60"))

    assert told(wave) == [("p/7/2/recall-leg", "H47.06")]


def stand(wave: Wave, *opened: Found, tries: dict[int, int], ended: bool = False) -> None:
    wave.stands("d", opened, tries, ended=ended)


def test_what_routing_says_is_past_is_past() -> None:
    wave = wave_of(WHOLE)

    stand(wave, found(1, "H47.06"), tries={1: 1, 2: 0})
    assert wave.agencies() == {"H47.06"}
    stand(wave, found(2, "H47.60"), tries={1: 1, 2: 1})
    assert wave.agencies() == {"H47.60"}
    stand(wave, tries={1: 1, 2: 1}, ended=True)
    assert wave.waiting == []


def test_a_leg_that_routing_has_not_opened_yet_is_not_past() -> None:
    wave = wave_of(WHOLE)
    wave.done("d")

    stand(wave, found(1, "H47.06"), tries={1: 1, 2: 0})

    assert wave.agencies() == {"H47.60"}


def test_the_first_attempt_is_past_when_the_second_is_open() -> None:
    wave = wave_of(planned(FIRST, done(2, "H47.60", 1), replace(done(1, "H47.06", 2), attempt=2)))

    stand(wave, found(1, "H47.06", attempt=2), tries={1: 2, 2: 1})
    wave.find(found(1, "H47.06", attempt=2))

    assert [task.found.attempt for task in wave.tasks()] == [2]


def test_what_is_missing_names_dossier_leg_and_agency() -> None:
    assert wave_of(WHOLE).missing() == ["p/7/(d) leg 1 at H47.06"]


MIDDLE = T + timedelta(minutes=30)


def test_a_part_ends_in_the_middle_of_a_turn_and_the_next_goes_on_there() -> None:
    before = wave_of(WHOLE, "H47.06", part=Part(until=MIDDLE))
    after = wave_of(WHOLE, "H47.06", part=Part(since=MIDDLE))
    for wave in (before, after):
        wave.find(found(1, "H47.06"))

    assert names(before) == ["acknowledge-message", "accept-leg"]
    assert names(after) == ["complete-leg"]
    before.done("d")
    assert before.waiting == []
    after.done("d")
    assert after.agencies() == {"H47.60"}


def test_after_a_reorganisation_whoever_has_the_leg_acts_on_it() -> None:
    part = Part(since=MIDDLE, successors={"H47.06": ["H47.90", "H47.91"]})
    wave = wave_of(WHOLE, "H47.91", part=part)

    assert wave.agencies() == {"H47.06", "H47.90", "H47.91"}
    wave.find(found(1, "H47.90"))
    assert told(wave) == [("p/7/1/complete-leg", "H47.90")]


def test_a_successor_with_a_system_of_its_own_takes_note_of_what_comes_to_it() -> None:
    untouched = planned(Turn(1, "H47.06", T))
    part = Part(successors={"H47.06": ["H47.91"]})
    wave = wave_of(untouched, "H47.91", part=part)
    wave.find(found(1, "H47.91"))

    assert told(wave) == [("p/7/1/acknowledge-message", "H47.91")]
