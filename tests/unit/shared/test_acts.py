"""Who acts when: what time may be asserted, and what an event keeps of an act."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import orjson
import pytest

from shared.acts import CLOCK_SKEW, HISTORIAN, Act, Actor, asserted_time
from shared.clock import to_text
from shared.errors import RefusedError

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
TOLERANCE = timedelta(hours=24)
MOMENT = timedelta(microseconds=1)
OFFICER, ARCHIVIST = Actor("receiving_officer", "an"), Actor(HISTORIAN, "binh")
ROOT, LEG = UUID(int=1), UUID(int=2)


def believed(at: datetime, actor: Actor = OFFICER) -> datetime:
    return asserted_time(to_text(at), actor, NOW, TOLERANCE)


def refusal(at: datetime, actor: Actor = OFFICER) -> str:
    with pytest.raises(RefusedError) as refused:
        believed(at, actor)
    return refused.value.code


def test_without_an_asserted_time_it_is_now() -> None:
    assert asserted_time(None, OFFICER, NOW, TOLERANCE) == NOW


@pytest.mark.parametrize("back", [timedelta(0), timedelta(hours=1), TOLERANCE])
def test_a_time_within_the_tolerance_is_believed(back: timedelta) -> None:
    assert believed(NOW - back) == NOW - back


def test_nobody_backdates_beyond_the_tolerance() -> None:
    assert refusal(NOW - TOLERANCE - MOMENT) == "time-out-of-tolerance"


@pytest.mark.parametrize("role", ["agency", "agency-system", "administrator", "system", "Historian"])
def test_no_role_but_the_historian_s_is_let_further_back(role: str) -> None:
    assert refusal(NOW - timedelta(days=365), Actor(role, "x")) == "time-out-of-tolerance"


def test_a_historian_asserts_any_past() -> None:
    past = datetime(1975, 4, 30, tzinfo=UTC)
    assert believed(past, ARCHIVIST) == past


@pytest.mark.parametrize("ahead", [MOMENT, CLOCK_SKEW])
def test_a_clock_that_runs_a_little_ahead_means_now(ahead: timedelta) -> None:
    assert believed(NOW + ahead) == NOW


@pytest.mark.parametrize("actor", [OFFICER, ARCHIVIST])
def test_nobody_acts_in_the_future(actor: Actor) -> None:
    assert refusal(NOW + CLOCK_SKEW + MOMENT, actor) == "time-in-future"


def test_a_text_that_is_no_time_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="offset"):
        asserted_time("2026-03-02T08:00:00", OFFICER, NOW, TOLERANCE)


def test_a_refusal_says_both_times_in_both_languages() -> None:
    with pytest.raises(RefusedError) as refused:
        believed(NOW - timedelta(days=2))
    details = refused.value.details()
    assert "28/02/2026 08:00 lies back by more than 24 hours" in details["title"]
    assert "28/02/2026 08:00 đã qua quá 24 giờ" in details["title_vi"]


def test_an_act_s_state_is_plain_json_and_leaves_out_what_is_not_said() -> None:
    state = Act(OFFICER, NOW, NOW, NOW, ROOT).state()
    assert orjson.loads(orjson.dumps(state)) == state
    assert set(state) == {"role", "subject", "happened_at", "received_at", "root"}


def test_an_act_s_state_says_all_that_is_said() -> None:
    act = Act(Actor("agency", "an", "H47.1"), NOW, NOW, NOW, ROOT, LEG, "cause", "all", historical=True)
    assert act.state() == {
        "role": "agency",
        "subject": "an",
        "agency": "H47.1",
        "happened_at": to_text(NOW),
        "received_at": to_text(NOW),
        "root": str(ROOT),
        "leg": str(LEG),
        "causation": "cause",
        "correlation": "all",
        "historical": True,
    }


def test_an_act_on_something_else_is_the_same_act() -> None:
    act = Act(OFFICER, NOW, NOW, NOW, ROOT, LEG, "cause", historical=True)
    on_leg, on_root = act.on(leg=UUID(int=3)), act.on(root=UUID(int=4))
    assert (on_leg.root, on_leg.leg, on_leg.causation) == (ROOT, UUID(int=3), "cause")
    assert (on_root.root, on_root.leg, on_root.historical) == (UUID(int=4), LEG, True)
