"""Every refusal there is: found in the modules that state one."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import deploy
import services
import shared
from shared.errors import Problem


@dataclass(frozen=True, slots=True)
class FoundProblem:
    """A problem, and which part of the system states it."""

    problem: Problem
    where: str
    """A service, `all` of them, or a part of the command line."""


def problems() -> list[FoundProblem]:
    """Return every problem, sorted by code."""
    found = {
        (value.code, value): FoundProblem(value, _where(module))
        for module in _modules()
        for value in vars(import_module(module)).values()
        if isinstance(value, Problem)
    }
    return sorted(found.values(), key=lambda one: one.problem.code)


def table() -> str:
    """Return the error codes as a Markdown table."""
    lines = ["| code | HTTP | tiếng Việt | English | where |", "| --- | --- | --- | --- | --- |"]
    for one in problems():
        problem = one.problem
        words = " | ".join(plain(text) for text in (problem.vi, problem.en))
        lines.append(f"| `{problem.code}` | {problem.status} | {words} | {one.where} |")
    return "\n".join(lines)


def _modules() -> list[str]:
    """Return the names of the modules that make a problem; only these are imported."""
    return sorted(
        ".".join((package.__name__, *path.relative_to(root).with_suffix("").parts))
        for package in (services, shared, deploy)
        for root in [Path(package.__file__ or "").parent]
        for path in root.rglob("*.py")
        if " = Problem(" in path.read_text(encoding="utf-8")
    )


def _where(module: str) -> str:
    package, name, *_ = module.split(".")
    return "all" if package == "shared" else name


def plain(text: str) -> str:
    """Return a sentence with its facts named as they appear in `facts`."""
    return text.replace("!r}", "}").replace("|", "\\|")
