"""The page of refusals names all that an agency's system can be told, and nothing else."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator, Mapping
from functools import cache
from types import ModuleType
from typing import Any

import pytest

from deploy.contracts import refusals
from deploy.contracts.doors import operations_of
from services.processing import commands, problems, senders
from services.processing.application import processing, requests
from services.processing.application.processing import _COMMANDS
from services.processing.domain import request, turns, work
from shared import acts
from shared.contracts import envelope, registry
from shared.contracts.registry import COMMANDS
from shared.errors import Problem
from shared.messaging import opening

DECIDING = (commands, senders, processing, requests, request, turns, work, acts)
"""What a command passes through on its way, but for what reads it."""
READING = (commands, senders, envelope, opening, registry)
NEVER_TOLD = {
    # The type says the command, and one of no known type is put aside; people name commands at a door.
    problems.UNKNOWN_COMMAND.code,
}
TURNED_INTO = {"invalid-data"}
"""Codes of unreadable messages that become a refusal of the same name, since the sender is known by then."""


@cache
def functions(modules: tuple[ModuleType, ...]) -> Mapping[str, list[tuple[ModuleType, ast.AST]]]:
    """Return all functions and methods of some modules by name, and the tables that name some of them."""
    found: dict[str, list[tuple[ModuleType, ast.AST]]] = {}
    for module in modules:
        tree = ast.parse(inspect.getsource(module))
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                found.setdefault(node.name, []).append((module, node))
        for node in tree.body:
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
                found.setdefault(node.target.id, []).append((module, node.value))
    return found


def names_in(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Attribute):
            yield part.attr
        elif isinstance(part, ast.Name):
            yield part.id


def reached(modules: tuple[ModuleType, ...], *begin: str) -> list[tuple[ModuleType, ast.AST]]:
    """Return all that can be called from some functions: by name, so rather too much than too little."""
    known = functions(modules)
    seen: set[str] = set()
    to_see = [*begin]
    while to_see:
        name = to_see.pop()
        if name in known and name not in seen:
            seen.add(name)
            to_see += [called for _, node in known[name] for called in names_in(node)]
    return [one for name in seen for one in known[name]]


def raised(error: str, modules: tuple[ModuleType, ...], *begin: str) -> Iterator[tuple[ModuleType, ast.expr]]:
    """Yield the first argument of each error of a kind that is made on the way."""
    for module, node in reached(modules, *begin):
        for part in ast.walk(node):
            if isinstance(part, ast.Call) and isinstance(part.func, ast.Name) and part.func.id == error:
                yield module, part.args[0]


def problems_in(module: ModuleType, node: ast.expr) -> set[str]:
    """Return the codes of the problems that an expression may stand for."""
    found: set[str] = set()
    for part in ast.walk(node):
        value: Any = None
        if isinstance(part, ast.Name):
            value = getattr(module, part.id, None)
        elif isinstance(part, ast.Attribute):
            value = getattr(problems, part.attr, None)
        if isinstance(value, Problem):
            found.add(value.code)
    assert found, f"{module.__name__}: {ast.unparse(node)}"
    return found


def test_every_refusal_of_a_command_is_told_of_and_no_other() -> None:
    found: set[str] = set()
    for module, node in raised("RefusedError", DECIDING, "_carry_out"):
        found |= problems_in(module, node)

    told = {one.problem.code for one in refusals.OF_COMMANDS}
    assert len(told) == len(refusals.OF_COMMANDS)
    assert found - NEVER_TOLD == told


def test_the_command_that_is_never_told_to_be_unknown_is_known() -> None:
    names = {kind.rpartition(".")[2] for kind in COMMANDS}

    assert names == {*_COMMANDS, *requests.COMMANDS}


def test_everything_that_is_put_aside_is_told_of_and_no_other() -> None:
    arguments = raised("MalformedMessageError", READING, "_open", "_carry_out")
    codes = {node.value for _, node in arguments if isinstance(node, ast.Constant)}

    told = {one.code for one in refusals.PUT_ASIDE}
    assert len(told) == len(refusals.PUT_ASIDE)
    assert codes - TURNED_INTO == told


@pytest.mark.parametrize("operation", ["pullMessages", "sendCommand"])
def test_every_refusal_at_the_doors_of_agencies_is_told_of(operation: str) -> None:
    (door,) = [each for each in operations_of("processing") if each.id == operation]

    told = {one.problem.code for one in (*refusals.OF_COMMANDS, *refusals.OVER_HTTP)}
    assert {problem.code for problem in door.problems()} <= told


def test_no_refusal_is_told_of_that_no_door_of_agencies_has() -> None:
    doors = [each for each in operations_of("processing") if each.id in {"pullMessages", "sendCommand"}]
    found = {problem.code for door in doors for problem in door.problems()}

    assert {one.problem.code for one in refusals.OVER_HTTP} <= found


def test_every_line_says_in_both_languages_what_to_do() -> None:
    for one in (*refusals.OF_COMMANDS, *refusals.OVER_HTTP):
        assert one.vi.endswith("."), one
        assert one.en.endswith("."), one
        assert one.vi != one.en
        assert f"| `{one.problem.code}` | {one.problem.status} |" in refusals.page()
