"""Conditions over a dossier's facts, as plain data: when a leg applies, when another limit does.

A condition is one of

    {fact: name, equals: value}        {all: [condition, ...]}
    {fact: name, one_of: [value, ...]} {any: [condition, ...]}
    {fact: name, includes: value}      {not: condition}
    {fact: name, at_least: number}

A value is text, a number or a flag. Flags equal only flags, texts only texts: 1 is not true and "5" is
not 5. `equals` and `one_of` look at a fact with one value, `includes` at a fact with many. A comparison
with a fact that is missing, or of another kind, does not hold; so its `not` does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import count
from typing import Any

from shared.errors import Problem, RefusedError

CONDITION_INVALID = Problem(
    "condition-invalid",
    422,
    "Điều kiện không hợp lệ ở {at}: {vi}",
    "Invalid condition at {at}: {en}",
)

DEEPEST = 10
MOST_NODES = 50
MOST_VALUES = 100
LONGEST_TEXT = 200
LARGEST_NUMBER = 10**15

_FORM = (
    "cần đúng một trong các dạng: fact với equals, one_of, includes hoặc at_least; all; any; not",
    "needs exactly one form: fact with equals, one_of, includes or at_least; all; any; not",
)
_TOO_DEEP = (f"lồng sâu hơn {DEEPEST} cấp", f"nested deeper than {DEEPEST} levels")
_TOO_LARGE = (f"có nhiều hơn {MOST_NODES} điều kiện con", f"has more than {MOST_NODES} conditions in it")
_LIST = ("cần một danh sách không rỗng", "needs a list that is not empty")
_NAME = ("tên của fact phải là văn bản không rỗng", "the name of a fact is a text that is not empty")
_VALUE = (
    f"giá trị phải là văn bản (1 đến {LONGEST_TEXT} ký tự), số hoặc true/false",
    f"a value is a text (1 to {LONGEST_TEXT} characters), a number or true/false",
)
_VALUES = (
    f"cần một danh sách từ 1 đến {MOST_VALUES} giá trị",
    f"needs a list of 1 to {MOST_VALUES} values",
)
_NUMBER = ("cần một con số", "needs a number")


def check(condition: object) -> None:
    """Refuse (`condition-invalid`) what is no condition, or too deep or too large to be read by people."""
    nodes = count(1)

    def walk(node: object, at: str, depth: int) -> None:
        if depth > DEEPEST:
            raise _refused(at, _TOO_DEEP)
        if next(nodes) > MOST_NODES:
            raise _refused(at, _TOO_LARGE)
        if not isinstance(node, Mapping):
            raise _refused(at, _FORM)
        if "fact" in node:
            _check_comparison(node, at)
            return
        for step, inner in _inner(node, at):
            walk(inner, step, depth + 1)

    walk(condition, "when", 1)


def holds(condition: Mapping[str, Any] | None, facts: Mapping[str, Any]) -> bool:
    """Tell whether a condition that has passed `check` holds for `facts`; None always holds."""
    if condition is None:
        return True
    if "all" in condition:
        return all(holds(each, facts) for each in condition["all"])
    if "any" in condition:
        return any(holds(each, facts) for each in condition["any"])
    if "not" in condition:
        return not holds(condition["not"], facts)
    return _compares(condition, facts.get(condition["fact"]))


def facts_in(condition: Mapping[str, Any] | None) -> frozenset[str]:
    """Return the names of the facts that a condition looks at."""
    if condition is None:
        return frozenset()
    if "fact" in condition:
        return frozenset({condition["fact"]})
    inner = [condition["not"]] if "not" in condition else condition.get("all") or condition["any"]
    return frozenset().union(*map(facts_in, inner))


def explain(condition: Mapping[str, Any]) -> dict[str, str]:
    """Say a condition in Vietnamese and English, as a part of a sentence."""
    return {"vi": _said(condition, _VI), "en": _said(condition, _EN)}


def _check_comparison(node: Mapping[Any, Any], at: str) -> None:
    operators = set(node) - {"fact"}
    if len(operators) != 1 or not operators <= set(_COMPARE):
        raise _refused(at, _FORM)
    if not isinstance(node["fact"], str) or not 0 < len(node["fact"]) <= LONGEST_TEXT:
        raise _refused(at, _NAME)
    (operator,) = operators
    value = node[operator]
    if operator == "at_least":
        _require(_is_number(value), at, _NUMBER)
    elif operator == "one_of":
        _require(isinstance(value, list) and 0 < len(value) <= MOST_VALUES, at, _VALUES)
        _require(all(map(_is_value, value)), at, _VALUE)
    else:
        _require(_is_value(value), at, _VALUE)


def _inner(node: Mapping[Any, Any], at: str) -> Iterator[tuple[str, object]]:
    if set(node) == {"not"}:
        yield f"{at}.not", node["not"]
        return
    if set(node) not in ({"all"}, {"any"}):
        raise _refused(at, _FORM)
    ((word, inner),) = node.items()
    _require(isinstance(inner, list) and bool(inner), f"{at}.{word}", _LIST)
    for index, each in enumerate(inner):
        yield f"{at}.{word}[{index}]", each


def _require(fine: bool, at: str, otherwise: tuple[str, str]) -> None:  # noqa: FBT001 - a check reads so
    if not fine:
        raise _refused(at, otherwise)


def _refused(at: str, why: tuple[str, str]) -> RefusedError:
    vi, en = why
    return RefusedError(CONDITION_INVALID, at=at, vi=vi, en=en)


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return -LARGEST_NUMBER <= value <= LARGEST_NUMBER  # neither NaN nor infinite


def _is_value(value: object) -> bool:
    if isinstance(value, str):
        return 0 < len(value) <= LONGEST_TEXT
    return isinstance(value, bool) or _is_number(value)


def _same(one: object, other: object) -> bool:
    return one == other and isinstance(one, bool) is isinstance(other, bool)


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "equals": _same,
    "one_of": lambda known, values: any(_same(known, value) for value in values),
    "includes": lambda known, value: (
        isinstance(known, list | tuple | set | frozenset) and any(_same(each, value) for each in known)
    ),
    "at_least": lambda known, number: _is_number(known) and known >= number,
}


def _compares(condition: Mapping[str, Any], known: object) -> bool:
    operator = next(each for each in _COMPARE if each in condition)
    return known is not None and _COMPARE[operator](known, condition[operator])


_EN = {
    "equals": "{fact} is {value}",
    "one_of": "{fact} is one of {value}",
    "includes": "{fact} includes {value}",
    "at_least": "{fact} is at least {value}",
    "all": " and ",
    "any": " or ",
    "not": "not ({inner})",
    "true": "true",
    "false": "false",
}
_VI = {
    "equals": "{fact} là {value}",
    "one_of": "{fact} là một trong {value}",
    "includes": "{fact} có {value}",
    "at_least": "{fact} từ {value} trở lên",
    "all": " và ",
    "any": " hoặc ",
    "not": "không phải ({inner})",
    "true": "đúng",
    "false": "sai",
}


def _said(condition: Mapping[str, Any], words: Mapping[str, str]) -> str:
    if "not" in condition:
        return words["not"].format(inner=_said(condition["not"], words))
    for joined in ("all", "any"):
        if joined in condition:
            return words[joined].join(_in_brackets(each, words) for each in condition[joined])
    operator = next(each for each in _COMPARE if each in condition)
    value = condition[operator]
    values = value if isinstance(value, list) else [value]
    return words[operator].format(
        fact=condition["fact"], value=", ".join(_value_said(each, words) for each in values)
    )


def _in_brackets(condition: Mapping[str, Any], words: Mapping[str, str]) -> str:
    many = len(condition.get("all") or condition.get("any") or ()) > 1
    return f"({_said(condition, words)})" if many else _said(condition, words)


def _value_said(value: object, words: Mapping[str, str]) -> str:
    return words[str(value).lower()] if isinstance(value, bool) else str(value)
