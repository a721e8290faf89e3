"""What is known of a dossier's legs in the numbers of one version, in those of another."""

from __future__ import annotations

from typing import Any

from services.routing.domain.renumbering import Renumbering, identified


def way(*names: str, skipped: str | None = None) -> list[dict[str, Any]]:
    """Legs by their names; what has an agency behind a colon is an opinion."""
    legs = []
    for number, name in enumerate(names, start=1):
        one, _, agency = name.partition(":")
        kind = "opinion" if agency else "work"
        legs.append(
            {"number": number, "id": one, "kind": kind, "agency": agency or "desk", "skipped": None}
            | ({"skipped": "does not apply"} if name == skipped else {})
        )
    return legs


OLD = way("take-in", "check", "survey", "decide")
NEW = way("take-in", "weigh", "decide", "check", "give")


def test_what_is_known_of_a_leg_goes_with_its_name() -> None:
    moved = Renumbering(OLD, NEW, str)

    assert moved.number == {1: 1, 2: 4, 4: 3}
    assert moved.states(["done", "open", "done", "pending"]) == [
        "done",
        "pending",
        "pending",
        "open",
        "pending",
    ]
    assert moved.back_to([0, 1, 1, 2]) == [0, 0, 4, 1, 0]
    assert moved.back_to([0, 1, 1, 3]) == [0, 0, 0, 1, 0], "the leg it came from is left out"


def test_no_number_is_opened_for_the_same_time_twice() -> None:
    assert Renumbering(OLD, NEW, str).tries([1, 3, 2, 1]) == [1, 3, 2, 3, 0]
    assert Renumbering(NEW, OLD[:2], str).tries([1, 2, 1, 4, 1]) == [1, 4, 1, 4, 1]


def test_a_leg_that_does_not_apply_there_is_skipped_unless_it_was_begun() -> None:
    moved = Renumbering(OLD, way("take-in", "check", "decide", skipped="check"), str)

    assert moved.states(["done", "withdrawn", "done", "pending"]) == ["done", "skipped", "pending"]
    assert moved.states(["done", "done", "done", "pending"]) == ["done", "done", "pending"]


def test_what_an_agency_was_told_is_known_after_a_second_move() -> None:
    told = {"number": 4, "from_number": 2, "back_to": 3}
    (once,) = Renumbering(OLD, NEW, str).opened({"leg": told}).values()
    assert once == {
        "number": 3,
        "from_number": 4,
        "back_to": 0,
        "sent_back": True,
        "renumbered": {"1": 1, "2": 4, "4": 3},
    }

    (twice,) = Renumbering(NEW, way("check", "decide"), str).opened({"leg": once}).values()
    assert twice == {
        "number": 2,
        "from_number": 1,
        "back_to": 0,
        "sent_back": True,
        "renumbered": {"2": 1, "4": 2},
    }


def test_consulted_agencies_are_told_apart_also_when_two_have_become_one() -> None:
    told = [identity for identity, _ in identified(way("ask:ward", "ask:ward", "ask:police", "ask"), str)]

    assert len(set(told)) == 4
    assert Renumbering(way("ask:ward", "ask:ward"), way("ask:police", "ask:ward"), str).number == {1: 2}
