"""What the linter finds, on cases that were printed in provinces' decisions and on drawn ones."""

from __future__ import annotations

from typing import Any

import pytest

from services.routing.rules.lint import lint, lint_areas
from services.routing.rules.route import check_route
from services.routing.rules.structure import Registry
from shared.errors import RefusedError
from tests.builders.routing import AGENCIES, process

TEN = {"amount": "10", "unit": "working_day"}


def days(amount: str) -> dict[str, str]:
    return {"amount": amount, "unit": "working_day"}


def leg(name: str, amount: str | None = "1", **more: Any) -> dict[str, Any]:
    term = days(amount) if amount else None
    return {"id": name, "name": {"vi": name, "en": name}, "agency": "receiver", "term": term, **more}


def codes(*legs: dict[str, Any], limit: Any = None, limits: Any = (), **more: Any) -> list[tuple[str, Any]]:
    found = lint({**process(list(legs)), **more}, limit, limits)
    return [(finding.code, finding.leg) for finding in found]


@pytest.mark.parametrize(
    ("amounts", "limit", "exceeds"),
    [
        (["0.5", "6.5", "2", "3"], "10", True),  # 12.0 of 10
        (["0.5", "4.5", "3"], "5", True),  # 8.0 of 5
        (["2", "7", "3"], "12", False),  # 12 of 12
        (["15", "8"], "23", False),
        (["0.25", "0.5", "0.5", "1.5", "0.5", "0.5", "0.5", "3", "0.5", "1", "2"], "15", False),
    ],
)
def test_the_legs_of_printed_processes_against_their_limits(
    amounts: list[str], limit: str, exceeds: bool
) -> None:
    legs = [leg(f"l{number}", amount) for number, amount in enumerate(amounts)]

    assert codes(*legs, limit=days(limit)) == ([("legs-exceed-limit", None)] if exceeds else [])


def test_the_sum_is_said_in_both_languages() -> None:
    (found,) = lint(process([leg("a", "9.5"), leg("b", "2.5")]), TEN)

    assert found.level == "error"
    assert (
        found.en
        == "The longest sequence of legs takes 12 working days, more than the limit of 10 working days"
    )
    assert "12 ngày làm việc" in found.vi
    assert "10 ngày làm việc" in found.vi


@pytest.mark.parametrize("words", ["Không nêu rõ", "3-5 ngày", "", "trong ngày"])
def test_a_leg_whose_time_is_words_is_found(words: str) -> None:
    stated = leg("thue") | {"term": {"amount": words, "unit": "working_day"}}

    assert codes(leg("a", "4"), stated, limit=TEN) == [("term-not-numeric", "thue")]
    assert codes(leg("a"), limit={"amount": words, "unit": "working_day"}) == [("term-not-numeric", None)]


def test_hours_and_days_add_up_and_pauses_take_none() -> None:
    hours = leg("gio") | {"term": {"amount": "12", "unit": "working_hour"}}
    posting = leg("niem-yet", "15", pause="posting", at_term="elapse")

    assert codes(leg("a", "8.5"), posting, hours, limit=TEN) == []
    assert codes(leg("a", "8.6"), posting, hours, limit=TEN) == [("legs-exceed-limit", None)]


def test_units_that_do_not_add_up_are_left_out_and_named() -> None:
    month = leg("thang") | {"term": {"amount": "1", "unit": "month"}}

    assert codes(leg("a", "10"), month, limit=TEN) == [("term-not-comparable", "thang")]
    assert codes(month, limit={"amount": "1", "unit": "month"}) == []


def test_legs_side_by_side_take_as_long_as_the_longest() -> None:
    start, one, other = leg("a", "2"), leg("b", "6", after=["a"]), leg("c", "8", after=["a"])

    assert codes(start, one, other, leg("d", None, after=["b", "c"]), limit=TEN) == []
    assert codes(start, one, other, leg("d", "0.5", after=["b", "c"]), limit=TEN) != []
    assert codes(start, one, other, leg("d", "2", after=["b", "c"], join="any"), limit=TEN) == []


def test_two_of_three_consulted_are_waited_for_like_one_leg() -> None:
    consult = leg("y-kien", "5", kind="opinion") | {"consult": [{"id": "A"}, {"id": "B"}, {"id": "C"}]}

    assert codes(consult, leg("d", "5", join=2), limit=TEN) == []
    assert codes(consult, leg("d", "5", join=4), limit=TEN) == [("quorum-too-large", "d")]


def test_legs_that_exclude_each_other_are_not_added_up() -> None:
    land, house = {"fact": "kind", "equals": "land"}, {"fact": "kind", "equals": "house"}
    legs = [leg("a", "6", when=land), leg("b", "7", when=house)]
    facts = {"kind": {"values": ["land", "house"]}}

    assert codes(*legs, limit=TEN, facts=facts) == []
    assert codes(*legs, leg("c", "3.5"), limit=TEN, facts=facts) == [("legs-exceed-limit", None)]


def test_a_longer_term_for_remote_places_meets_the_longer_limit() -> None:
    remote = {"fact": "remote", "equals": True}
    legs = [leg("a", "10", terms=[{"when": remote, "term": days("20")}])]

    assert codes(*legs, limit=TEN) == [("legs-exceed-limit", None)]
    assert codes(*legs, limit=TEN, limits=[{"when": remote, "term": days("20")}]) == []


def test_a_leg_that_no_case_passes_is_found() -> None:
    never = {"all": [{"fact": "channel", "equals": "online"}, {"fact": "channel", "equals": "post"}]}
    unknown = {"fact": "kind", "equals": "boat"}
    facts = {"kind": {"values": ["land", "house"]}}

    assert codes(leg("a", when=never), leg("b", when=unknown), facts=facts) == [
        ("leg-unreachable", "a"),
        ("leg-unreachable", "b"),
    ]
    assert codes(leg("a", when={"fact": "n", "at_least": 3}), facts={"n": {}}) == []
    many = {"all": [{"fact": "s", "includes": "x"}, {"fact": "s", "includes": "y"}]}
    assert codes(leg("a", when=many), facts={"s": {"values": ["x", "y"], "many": True}}) == []


def test_what_a_condition_looks_at_is_declared() -> None:
    asks = {"any": [{"fact": "services", "includes": "tuat"}, {"fact": "remote", "equals": True}]}

    assert codes(leg("a", when=asks)) == [("fact-undeclared", "a")]
    assert codes(leg("a", when=asks), facts={"services": {"values": ["tuat"], "many": True}}) == []


def test_silence_needs_a_term_to_be_consent() -> None:
    assert codes(leg("a", None, at_term="consent")) == [("consult-without-term", "a")]
    assert codes(leg("a", "5", at_term="consent")) == []


@pytest.mark.parametrize(
    ("legs", "code"),
    [
        ([leg("a", after=["a"])], "route-cyclic"),
        ([leg("a", after=["b"]), leg("b", after=["a"])], "route-cyclic"),
        ([leg("a", after=["b"]), leg("b", after=[])], "leg-not-above"),
        ([leg("a", after=["x"])], "leg-unknown"),
        ([leg("a") | {"agency": {"leg": "x"}}], "leg-unknown"),
        ([leg("a"), leg("a")], "leg-id-twice"),
        ([leg("leg-2"), {**leg("x"), "id": None}], "leg-id-twice"),
        ([leg("a"), leg("b", join=2)], "quorum-too-large"),
        ([leg("a", join=1)], "quorum-too-large"),
    ],
)
def test_what_is_no_route_is_refused_and_not_looked_at_further(legs: list[dict[str, Any]], code: str) -> None:
    with pytest.raises(RefusedError) as refused:
        check_route(process(legs))
    found = lint(process(legs), days("0.0001"))

    assert refused.value.code == code
    assert {finding.code for finding in found} == {code}
    assert all(finding.leg for finding in found)


def test_areas_without_an_agency_are_found() -> None:
    structure = Registry.of(AGENCIES).at("2019-06-17T02:00:00.000000Z")
    police = leg("ca") | {"agency": {"kind": "police", "level": "commune"}}
    named = leg("so") | {"agency": {"id": "H47.99"}}

    found = lint_areas(process([police, named]), structure, ["QNA.TK.AX", "QNA.TK.TT"])

    assert {it.code for it in found} == {"no-agency-for-area"}
    assert found[0].en.endswith("QNA.TK.TT: an agency police at commune level is missing")
    assert found[0].vi.endswith("QNA.TK.TT: thiếu cơ quan police cấp xã")
    assert [it.leg for it in found] == ["ca", "so", "so"]


def test_many_facts_are_no_reason_to_take_for_ever() -> None:
    facts = {f"f{number}": {"values": [str(value) for value in range(9)]} for number in range(9)}
    legs = [leg(f"l{number}", when={"fact": f"f{number}", "equals": "1"}) for number in range(9)]

    assert codes(*legs, limit=TEN, facts=facts) == []
