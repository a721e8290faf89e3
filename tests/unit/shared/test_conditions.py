"""Conditions: what is one, when it holds, and how it is said."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.conditions import check, explain, facts_in, holds
from shared.errors import RefusedError

FACTS = {"services": ["tuat"], "channel": "online", "remote": True, "cost": 5, "empty": None}

NAMES = st.sampled_from(["services", "channel", "remote", "cost", "missing"])
VALUES = st.one_of(st.sampled_from(["tuat", "online"]), st.booleans(), st.integers(-9, 9))
COMPARISONS = st.one_of(
    st.fixed_dictionaries({"fact": NAMES, "equals": VALUES}),
    st.fixed_dictionaries({"fact": NAMES, "one_of": st.lists(VALUES, min_size=1, max_size=3)}),
    st.fixed_dictionaries({"fact": NAMES, "includes": VALUES}),
    st.fixed_dictionaries({"fact": NAMES, "at_least": st.integers(-9, 9)}),
)
CONDITIONS: st.SearchStrategy[dict[str, Any]] = st.recursive(
    COMPARISONS,
    lambda inner: st.one_of(
        st.fixed_dictionaries({"all": st.lists(inner, min_size=1, max_size=3)}),
        st.fixed_dictionaries({"any": st.lists(inner, min_size=1, max_size=3)}),
        st.fixed_dictionaries({"not": inner}),
    ),
    max_leaves=8,
)


def nested(depth: int) -> dict[str, Any]:
    condition: dict[str, Any] = {"fact": "channel", "equals": "online"}
    for _ in range(depth - 1):
        condition = {"not": condition}
    return condition


def endless() -> dict[str, Any]:
    condition: dict[str, Any] = {}
    condition["not"] = condition
    return condition


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (None, True),
        ({"fact": "channel", "equals": "online"}, True),
        ({"fact": "channel", "equals": "post"}, False),
        ({"fact": "channel", "one_of": ["post", "online"]}, True),
        ({"fact": "channel", "one_of": ["post"]}, False),
        ({"fact": "services", "includes": "tuat"}, True),
        ({"fact": "services", "includes": "mai-tang"}, False),
        # Not a part of a text, and not many values as one.
        ({"fact": "channel", "includes": "on"}, False),
        ({"fact": "services", "equals": "tuat"}, False),
        ({"fact": "cost", "at_least": 5}, True),
        ({"fact": "cost", "at_least": 5.5}, False),
        ({"fact": "channel", "at_least": 0}, False),
        # A flag is no number, a number no text.
        ({"fact": "remote", "equals": True}, True),
        ({"fact": "remote", "equals": 1}, False),
        ({"fact": "remote", "at_least": 0}, False),
        ({"fact": "cost", "one_of": ["5"]}, False),
        ({"all": [{"fact": "cost", "equals": 5}, {"fact": "remote", "equals": False}]}, False),
        ({"any": [{"fact": "cost", "equals": 5}, {"fact": "remote", "equals": False}]}, True),
    ],
)
def test_a_condition_holds_for_facts(condition: dict[str, Any] | None, expected: bool) -> None:
    assert holds(condition, FACTS) is expected


@pytest.mark.parametrize("name", ["missing", "empty"])
@pytest.mark.parametrize("compare", [{"equals": "x"}, {"one_of": ["x"]}, {"includes": "x"}, {"at_least": 0}])
def test_a_comparison_with_a_missing_fact_does_not_hold(name: str, compare: dict[str, Any]) -> None:
    condition = {"fact": name, **compare}
    check(condition)
    assert not holds(condition, FACTS)
    assert holds({"not": condition}, FACTS)


@given(condition=CONDITIONS, other=CONDITIONS)
def test_conditions_obey_de_morgan(condition: dict[str, Any], other: dict[str, Any]) -> None:
    neither = {"not": {"any": [condition, other]}}
    both_not = {"all": [{"not": condition}, {"not": other}]}
    assert holds(neither, FACTS) is holds(both_not, FACTS)


@given(condition=CONDITIONS)
def test_a_condition_depends_on_the_facts_it_names_and_on_no_others(condition: dict[str, Any]) -> None:
    named = {name: value for name, value in FACTS.items() if name in facts_in(condition)}
    assert holds(condition, named) is holds(condition, FACTS)


@pytest.mark.parametrize(
    ("condition", "at"),
    [
        (None, "when"),
        ("channel", "when"),
        ({}, "when"),
        ({"fact": "channel"}, "when"),
        ({"fact": "channel", "equals": "a", "includes": "b"}, "when"),
        ({"fact": "channel", "matches": ".*"}, "when"),
        ({"fact": "channel", "equals": None}, "when"),
        ({"fact": "channel", "equals": ""}, "when"),
        ({"fact": "channel", "equals": ["a"]}, "when"),
        ({"fact": "channel", "one_of": []}, "when"),
        ({"fact": "channel", "one_of": "ab"}, "when"),
        ({"fact": "channel", "one_of": [["a"]]}, "when"),
        ({"fact": "cost", "at_least": "5"}, "when"),
        ({"fact": "cost", "at_least": True}, "when"),
        ({"fact": "cost", "at_least": float("nan")}, "when"),
        ({"fact": "cost", "equals": 10**400}, "when"),
        ({"fact": "", "equals": "a"}, "when"),
        ({"fact": 5, "equals": "a"}, "when"),
        ({"all": []}, "when.all"),
        ({"any": {"fact": "a", "equals": "b"}}, "when.any"),
        ({"all": [nested(1)], "any": [nested(1)]}, "when"),
        ({"not": [nested(1)]}, "when.not"),
        ({"all": [nested(1), {"any": [{"fact": "x"}]}]}, "when.all[1].any[0]"),
        (nested(11), "when" + ".not" * 10),
        ({"all": [nested(1)] * 50}, "when.all[49]"),
        (endless(), "when" + ".not" * 10),
    ],
)
def test_what_is_no_condition_is_refused_where_it_goes_wrong(condition: object, at: str) -> None:
    with pytest.raises(RefusedError) as refused:
        check(condition)
    assert refused.value.code == "condition-invalid"
    assert refused.value.facts["at"] == at
    assert refused.value.details()["title"] != refused.value.details()["title_vi"]


@pytest.mark.parametrize("condition", [nested(10), {"all": [nested(1)] * 49}])
def test_a_condition_may_be_as_deep_and_as_large_as_the_limits(condition: dict[str, Any]) -> None:
    check(condition)


@given(condition=CONDITIONS)
def test_a_condition_says_itself_in_both_languages_with_every_fact(condition: dict[str, Any]) -> None:
    said = explain(condition)
    assert all(name in said["vi"] and name in said["en"] for name in facts_in(condition))
    assert said["vi"] != said["en"]


def test_what_belongs_together_stands_in_brackets() -> None:
    condition = {
        "all": [
            {"any": [{"fact": "services", "includes": "tuat"}, {"fact": "cost", "at_least": 5}]},
            {"not": {"fact": "remote", "equals": True}},
            {"fact": "channel", "one_of": ["online", "post"]},
        ]
    }
    assert explain(condition) == {
        "vi": (
            "(services có tuat hoặc cost từ 5 trở lên) và không phải (remote là đúng)"
            " và channel là một trong online, post"
        ),
        "en": (
            "(services includes tuat or cost is at least 5) and not (remote is true)"
            " and channel is one of online, post"
        ),
    }
