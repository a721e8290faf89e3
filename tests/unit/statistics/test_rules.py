"""Expressions that can do arithmetic and nothing else, and points that follow from them."""

from __future__ import annotations

import ast
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from services.statistics.reports.indicators import COUNTED
from services.statistics.rules.expressions import LARGEST, LONGEST, MOST_PARTS, names_in, value_of
from services.statistics.rules.scoring import check, judge, ranks, score
from services.statistics.schemas import RuleSetSchema
from shared.errors import RefusedError

FILES = sorted((Path(__file__).parents[3] / "deploy" / "rule-sets").glob("*.yaml"))
FIGURES = {"a": Fraction(1), "b": Fraction(3), "nought": Fraction(0), "missing": None}


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("a / b", Fraction(1, 3)),
        ("0.1 + 0.2", Fraction(3, 10)),
        ("1 / 3", Fraction(1, 3)),
        ("-(a - b) * 2", Fraction(4)),
        ("min(a, b) + max(a, b, 7)", Fraction(8)),
        ("a / nought", None),
        ("a / (b - 3)", None),
        ("a + missing", None),
    ],
)
def test_arithmetic_is_exact_and_over_nothing_there_is_nothing(
    expression: str, value: Fraction | None
) -> None:
    assert value_of(expression, FIGURES) == value


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "a b",
        "a; b",
        "__import__('os').system('true')",
        "a.__class__",
        "a.real",
        "().__class__.__bases__[0]",
        "[x for x in (1, 2)]",
        "(lambda: a)()",
        "a if a else b",
        "a and b",
        "a ** 999999999",
        "a << 9999",
        "a // b",
        "a % b",
        "'x' * 1000000000",
        "f'{a}'",
        "True",
        "None",
        "1j",
        "1e400",
        f"{LARGEST + 1}",
        "min(a)",
        "min(*a)",
        "min(a, key=b)",
        "sum(a, b)",
        "min.__call__(a, b)",
        "print(a, b)",
        "a := b",
        "x",
        "(" * 300 + "a" + ")" * 300,
        "a + " * 200 + "a",
        "a" * (LONGEST + 1),
        "\0",
    ],
)
def test_whatever_tries_to_do_more_is_refused(expression: str) -> None:
    with pytest.raises(RefusedError) as refusal:
        value_of(expression, FIGURES)
    assert refusal.value.problem.code == "expression-invalid"


@given(st.text(alphabet="ab01.+-*/(), minax_[]'\"{}:=lfor", max_size=60))
def test_any_text_is_refused_or_comes_to_a_number_or_nothing(text: str) -> None:
    try:
        value = value_of(text, FIGURES)
    except RefusedError as refusal:
        assert refusal.problem.code == "expression-invalid"  # noqa: PT017
        return
    assert value is None or isinstance(value, Fraction)
    assert sum(1 for _ in ast.walk(ast.parse(text, mode="eval"))) <= MOST_PARTS


numbers = st.integers(0, 50).map(str) | st.sampled_from(["a", "b", "nought"])
trees = st.recursive(
    numbers,
    lambda inner: st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda it: f"({it[0]}{it[1]}{it[2]})"),
    max_leaves=12,
)


@given(trees)
def test_it_comes_to_what_python_s_own_fractions_come_to(expression: str) -> None:
    exact = "".join(f"Fraction({part})" if part.isdigit() else part for part in _parts(expression))
    try:
        wanted = eval(exact, {"Fraction": Fraction, **FIGURES})  # noqa: S307 - the test's own expression
    except ZeroDivisionError:
        wanted = None
    assert value_of(expression, FIGURES) == wanted


def _parts(expression: str) -> list[str]:
    found: list[str] = []
    for letter in expression:
        if (letter.isdigit() and found and found[-1].isdigit()) or (
            letter.isalpha() and found and found[-1].isalpha()
        ):
            found[-1] += letter
        else:
            found.append(letter)
    return found


def rules(*indicators: dict[str, Any], entered: tuple[str, ...] = ()) -> dict[str, Any]:
    name = {"vi": "x", "en": "x"}
    told = [
        {"id": str(at), "name": name, "max": "10", "denominator": "all", **one}
        for at, one in enumerate(indicators)
    ]
    figures = [{"figure": figure, "name": name} for figure in entered]
    return {"entered": figures, "groups": [{"id": "g", "name": name, "indicators": told}]}


def points(indicator: dict[str, Any], done: int, whole: int) -> Fraction | None:
    figures = {"done": Fraction(done), "all": Fraction(whole)}
    return judge(rules({"numerator": "done", **indicator}), figures)[0].points


def test_a_threshold_earns_everything_and_less_earns_in_proportion() -> None:
    assert points({"threshold": "80"}, 80, 100) == 10
    assert points({"threshold": "80"}, 79, 100) == Fraction(79, 8)
    assert points({}, 79, 100) == Fraction(79, 10)
    assert points({}, 150, 100) == 10, "never more than there is"
    assert points({"threshold": "80"}, 0, 0) is None, "nothing over nothing is no data, not nought"


def test_steps_earn_what_they_say() -> None:
    steps = {"steps": [{"at_least": "95", "points": "2"}, {"at_least": "80", "points": "1"}], "max": "2"}
    assert [points(steps, done, 100) for done in (100, 95, 94, 80, 79, 0)] == [2, 2, 1, 1, 0, 0]


def test_what_is_missing_is_not_covered() -> None:
    judged = judge(
        rules({"numerator": "done"}, {"numerator": "feedback"}, entered=("feedback",)),
        {"done": Fraction(1), "all": Fraction(2)},
    )
    assert [one.points for one in judged] == [5, None]
    found = score(judged)
    assert [found.points, found.covered, found.most, found.share] == [5, 10, 20, 50]
    assert score(judge(rules({"numerator": "done"}), {"done": Fraction(1), "all": Fraction(0)})).share is None


def test_equals_share_a_rank_and_who_has_nothing_has_none() -> None:
    shares = {"a": Fraction(90), "b": Fraction(95), "c": Fraction(90), "d": None, "e": Fraction(10)}
    assert ranks(shares) == {"a": 2, "b": 1, "c": 2, "d": None, "e": 4}


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (rules({"numerator": "unheard_of"}), "neither counted nor entered"),
        (rules({"numerator": "x"}, entered=("x", "x")), "twice"),
        (rules({"numerator": "all", "id": "1"}, {"numerator": "all", "id": "1"}), "twice"),
        (rules({"numerator": "all"}, entered=("all",)), "it is not entered"),
        (
            rules({"numerator": "all", "threshold": "5", "steps": [{"at_least": "1", "points": "1"}]}),
            "steps or",
        ),
        (rules({"numerator": "all", "steps": [{"at_least": "1", "points": "11"}]}), "exceeds"),
    ],
)
def test_rules_that_contradict_themselves_are_refused(made: dict[str, Any], reason: str) -> None:
    with pytest.raises(RefusedError) as refusal:
        check(made, {"all"})
    assert refusal.value.problem.code == "rule-set-invalid"
    assert reason in str(refusal.value.facts)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_our_own_files_can_be_adopted(path: Path) -> None:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    loaded = RuleSetSchema().load(content)
    check(loaded, set(COUNTED))
    used = {
        name
        for group in loaded["groups"]
        for one in group["indicators"]
        for part in ("numerator", "denominator")
        for name in names_in(one[part])
    }
    assert {one["figure"] for one in loaded["entered"]} <= used, "what is entered is used"


def test_decision_766_has_a_hundred_points_in_its_six_groups() -> None:
    (path,) = (path for path in FILES if path.stem == "quyet-dinh-766")
    groups = yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]
    most = [sum(Fraction(one["max"]) for one in group["indicators"]) for group in groups]
    assert most == [18, 20, 12, 10, 22, 18]


@pytest.mark.parametrize("threshold", ["0", "0.0", "00", "00.00", "-1", "x"])
def test_a_threshold_is_above_nought(threshold: str) -> None:
    content = yaml.safe_load(FILES[0].read_text(encoding="utf-8"))
    indicator = content["groups"][0]["indicators"][0]
    indicator.pop("steps", None)
    content["groups"] = [{**content["groups"][0], "indicators": [{**indicator, "threshold": threshold}]}]
    with pytest.raises(ValidationError):
        RuleSetSchema().load(content)
