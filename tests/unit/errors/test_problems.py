"""Every refusal there is: a stable code, and two sentences that the place which raises it can fill."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from string import Formatter

import pytest

from deploy.contracts.problems import FoundProblem, problems
from shared.errors import Problem, RefusedError

ROOT = Path(__file__).parents[3]
PROBLEMS = problems()
VIETNAMESE = set("ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ")


def fields_of(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


@dataclass(frozen=True)
class Raised:
    """A place that makes a RefusedError."""

    where: str
    problem: Problem
    facts: frozenset[str]


def raised() -> Iterator[Raised]:
    """Find every `RefusedError(PROBLEM, fact=...)` in services, shared and deploy."""
    for package in ("services", "shared", "deploy"):
        for path in sorted((ROOT / package).rglob("*.py")):
            source = path.read_text(encoding="utf-8")
            if "RefusedError(" in source:
                yield from raised_in(path, ast.parse(source))


def raised_in(path: Path, tree: ast.Module) -> Iterator[Raised]:
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "RefusedError":
            facts = frozenset(keyword.arg for keyword in node.keywords if keyword.arg)
            for name in named(node.args[0]):
                first, *parts = name.split(".")
                problem = vars(import_module(module)).get(first)
                for part in parts:
                    problem = getattr(problem, part, None)
                if isinstance(problem, Problem):  # else it is a parameter, and stands where it comes from
                    yield Raised(f"{module}:{node.lineno}", problem, facts)


def named(value: ast.expr) -> Iterator[str]:
    """Return the names of the problems that an argument may be."""
    if isinstance(value, ast.IfExp):
        yield from named(value.body)
        yield from named(value.orelse)
    else:
        yield ast.unparse(value)


RAISED = list(raised())


def test_all_of_them_are_found() -> None:
    assert len(PROBLEMS) > 50
    assert {one.problem.code for one in PROBLEMS} >= {"malformed", "unknown-leg", "term-not-numeric"}
    assert {one.problem for one in PROBLEMS} == {place.problem for place in RAISED}


@pytest.mark.parametrize("found", PROBLEMS, ids=[one.problem.code for one in PROBLEMS])
def test_a_problem_says_the_same_in_both_languages(found: FoundProblem) -> None:
    problem = found.problem
    # A fact may itself be a sentence in each language.
    assert fields_of(problem.vi) - {"vi"} == fields_of(problem.en) - {"en"}
    assert set(problem.vi.lower()) & VIETNAMESE
    assert not set(problem.en.lower()) & VIETNAMESE
    assert problem.code == problem.code.lower().strip("-")
    assert 400 <= problem.status < 600


@pytest.mark.parametrize("place", RAISED, ids=[place.where for place in RAISED])
def test_who_raises_a_problem_fills_its_sentences(place: Raised) -> None:
    details = RefusedError(place.problem, **dict.fromkeys(place.facts, "x")).details()
    assert "{" not in details["title"] + details["title_vi"]
    assert fields_of(place.problem.en) <= place.facts


def test_a_code_means_one_thing() -> None:
    codes = [one.problem.code for one in PROBLEMS]
    assert len(set(codes)) == len(codes)


def test_people_read_times_as_their_clocks_show_them() -> None:
    problem = Problem("late", 409, "Từ {since}", "Since {since}")
    details = RefusedError(problem, since="2025-06-30T17:00:00.000000Z").details()
    assert (details["title_vi"], details["title"]) == ("Từ 01/07/2025 00:00", "Since 01/07/2025 00:00")
    assert details["facts"] == {"since": "2025-06-30T17:00:00.000000Z"}
