from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.routing.domain import flow
from services.routing.domain.flow import DONE, OPEN, PENDING, SKIPPED, WITHDRAWN


def graph(*legs: tuple[list[int], str]) -> list[dict[str, Any]]:
    return [{"number": n, "after": after, "join": join} for n, (after, join) in enumerate(legs, start=1)]


SEQUENCE = graph(([], "all"), ([1], "all"), ([2], "all"))
SIDE_BY_SIDE = graph(([], "all"), ([1], "all"), ([1], "all"), ([2, 3], "all"))
CONSULTED = graph(([], "all"), ([1], "all"), ([1], "all"), ([1], "all"), ([2, 3, 4], "2"))


def test_a_sequence_opens_one_leg_after_the_other() -> None:
    assert flow.following(SEQUENCE, [PENDING] * 3).opening == (1,)
    assert flow.following(SEQUENCE, [DONE, PENDING, PENDING]).opening == (2,)
    assert flow.following(SEQUENCE, [DONE, OPEN, PENDING]).opening == ()


def test_legs_side_by_side_open_together_and_the_join_waits_for_all() -> None:
    assert flow.following(SIDE_BY_SIDE, [DONE, PENDING, PENDING, PENDING]).opening == (2, 3)
    assert flow.following(SIDE_BY_SIDE, [DONE, DONE, OPEN, PENDING]).opening == ()
    assert flow.following(SIDE_BY_SIDE, [DONE, DONE, DONE, PENDING]).opening == (4,)


def test_a_skipped_leg_is_passed() -> None:
    assert flow.following(SIDE_BY_SIDE, [DONE, DONE, SKIPPED, PENDING]).opening == (4,)
    assert flow.following(SEQUENCE, [SKIPPED, SKIPPED, PENDING]).opening == (3,)


def test_a_quorum_lets_the_rest_go() -> None:
    states = [DONE, DONE, OPEN, DONE, PENDING]
    assert flow.following(CONSULTED, states) == flow.Following((5,), (3,))
    assert flow.following(CONSULTED, [DONE, DONE, OPEN, OPEN, PENDING]) == flow.Following((), ())


def test_a_quorum_counts_on_no_more_than_can_come() -> None:
    assert flow.following(CONSULTED, [DONE, SKIPPED, DONE, SKIPPED, PENDING]).opening == (5,)
    assert flow.following(CONSULTED, [DONE, SKIPPED, SKIPPED, SKIPPED, PENDING]).opening == (5,)


def test_a_branch_that_leads_only_to_a_satisfied_join_is_withdrawn_whole() -> None:
    legs = graph(([], "all"), ([], "all"), ([2], "all"), ([1, 3], "any"), ([2], "all"))
    # 2 leads to 5 as well, so it stays; 3 leads only to the join.
    assert flow.following(legs, [DONE, OPEN, PENDING, PENDING, PENDING]) == flow.Following((4,), (3,))


def test_going_back_redoes_what_lies_between_and_leaves_what_lies_beside() -> None:
    assert flow.redone(SIDE_BY_SIDE, [DONE, DONE, OPEN, PENDING], 3, 1) == {1, 3}
    assert flow.redone(SIDE_BY_SIDE, [DONE, DONE, DONE, OPEN], 4, 1) == {1, 2, 3, 4}
    assert flow.redone(SIDE_BY_SIDE, [DONE, SKIPPED, DONE, OPEN], 4, 1) == {1, 3, 4}


def test_back_to_the_desk_interrupts_what_is_open_beside() -> None:
    assert flow.redone(SIDE_BY_SIDE, [DONE, OPEN, OPEN, PENDING], 3, 0) == {1, 2, 3}


@st.composite
def graphs(draw: st.DrawFn) -> list[dict[str, Any]]:
    size = draw(st.integers(1, 7))
    legs = []
    for number in range(1, size + 1):
        after = draw(st.sets(st.integers(1, number - 1), max_size=3)) if number > 1 else set()
        join = draw(st.sampled_from(["all", "any", *map(str, range(1, len(after) + 1))]))
        legs.append({"number": number, "after": sorted(after), "join": join})
    return legs


@given(graphs(), st.data())
def test_every_way_through_a_graph_ends_and_opens_no_leg_twice(
    legs: list[dict[str, Any]], data: st.DataObject
) -> None:
    states = [data.draw(st.sampled_from([PENDING, PENDING, SKIPPED])) for _ in legs]
    opened: list[int] = []
    while True:
        next_ = flow.following(legs, states)
        for number in next_.withdrawing:
            assert states[number - 1] in {PENDING, OPEN}
            states[number - 1] = WITHDRAWN
        for number in next_.opening:
            states[number - 1] = OPEN
            opened.append(number)
        now_open = [n for n, state in enumerate(states, start=1) if state == OPEN]
        if not now_open:
            break
        states[data.draw(st.sampled_from(now_open)) - 1] = DONE

    assert flow.is_through(states)
    assert len(opened) == len(set(opened))
