"""Arithmetic over named figures, as rule sets write it: exact, bounded, and with nothing else in it.

An expression is checked before it is kept: numbers, names, `+ - * /`, `min` and `max`, and no more. There are no
loops, attributes, strings or calls to escape by. Over nothing there is no figure: a division by zero gives None.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from simpleeval import SimpleEval

from services.statistics.problems import EXPRESSION_INVALID
from shared.errors import RefusedError

LONGEST = 500
MOST_PARTS = 120
LARGEST = 10**12

_PARTS = (
    ast.Expression,
    ast.BinOp,
    ast.UnaryOp,
    ast.Add,
    ast.Sub,
    ast.Mult,
    ast.Div,
    ast.USub,
    ast.Constant,
    ast.Name,
    ast.Load,
    ast.Call,
)
_FUNCTIONS: Mapping[str, Callable[..., Fraction]] = {"min": min, "max": max}


def names_in(expression: str) -> set[str]:
    """Return the figures that an expression names. Raises RefusedError with `expression-invalid`."""
    if len(expression) > LONGEST:
        raise _invalid(expression, f"longer than {LONGEST} characters")
    try:
        parts = list(ast.walk(ast.parse(expression, mode="eval")))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise _invalid(expression, "not an expression") from error
    if len(parts) > MOST_PARTS:
        raise _invalid(expression, f"more than {MOST_PARTS} parts")
    called = [part.func for part in parts if isinstance(part, ast.Call)]
    for part in parts:
        _check(expression, part)
    return {part.id for part in parts if isinstance(part, ast.Name) and part not in called}


def value_of(expression: str, figures: Mapping[str, Fraction | None]) -> Fraction | None:
    """Return what an expression comes to; None when a figure that it needs is missing, or it divides by zero.

    Raises RefusedError with `expression-invalid`, also for a name that `figures` lacks.
    """
    wanted = names_in(expression)
    if unknown := sorted(wanted - figures.keys()):
        raise _invalid(expression, f"unknown figure {unknown[0]}")
    known = {name: figures[name] for name in wanted}
    if any(value is None for value in known.values()):
        return None
    evaluate = SimpleEval(operators=_OPERATORS, functions=dict(_FUNCTIONS), names=known)
    try:
        return _exact(evaluate.eval(expression))
    except ZeroDivisionError:
        return None


def _check(expression: str, part: ast.AST) -> None:
    if not isinstance(part, _PARTS):
        raise _invalid(expression, f"{type(part).__name__} is not allowed")
    if isinstance(part, ast.Constant) and not _is_number(part.value):
        raise _invalid(expression, f"{part.value!r} is no number up to {LARGEST}")
    if isinstance(part, ast.Call) and not _is_known(part):
        raise _invalid(expression, f"only {' and '.join(_FUNCTIONS)} can be called, with two parts or more")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LARGEST


def _is_known(call: ast.Call) -> bool:
    known = isinstance(call.func, ast.Name) and call.func.id in _FUNCTIONS
    return known and len(call.args) > 1 and not call.keywords


def _exact(value: Any) -> Fraction:
    """Return a number as it was written: 0.1 is a tenth."""
    return Fraction(str(value)) if isinstance(value, float) else Fraction(value)


def _exactly(work: Callable[[Fraction, Fraction], Fraction]) -> Callable[[Any, Any], Fraction]:
    return lambda one, other: work(_exact(one), _exact(other))


_OPERATORS: Mapping[type[ast.AST], Callable[..., Fraction]] = {
    ast.Add: _exactly(operator.add),
    ast.Sub: _exactly(operator.sub),
    ast.Mult: _exactly(operator.mul),
    ast.Div: _exactly(operator.truediv),
    ast.USub: lambda value: -_exact(value),
}


def _invalid(expression: str, reason: str) -> RefusedError:
    return RefusedError(EXPRESSION_INVALID, expression=expression[:80], reason=reason)
