"""Reading a set of rules from a file: YAML without aliases, of a bounded size."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NoReturn

import yaml

from deploy.cli.output import fail

LARGEST_FILE = 1 << 20
DEEPEST = 20
"""Levels; a set of rules has seven."""


def read_rule_file(file: Path) -> Any:
    """Return a file's content as JSON has it. Ends the process, naming the place, when it is no YAML."""
    if file.stat().st_size > LARGEST_FILE:
        fail(f"{file} quá lớn", f"{file} is too large", 2)
    try:
        text = file.read_text(encoding="utf-8")
        _check_shape(file, text)
        content = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        _no_yaml(file, None if mark is None else (mark.line + 1, mark.column + 1))
    except yaml.reader.ReaderError as error:
        _no_yaml(file, _place(text[: error.position]))
    except UnicodeDecodeError as error:
        _no_yaml(file, _place(error.object[: error.start].decode("utf-8")))
    except ValueError:  # a date that no calendar has: the parser says no place
        _no_yaml(file, None)
    return json.loads(json.dumps(content, default=str))


def _check_shape(file: Path, text: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent):
            fail(f"{file} dùng bí danh YAML (*)", f"{file} has YAML aliases (*): rules are written out", 2)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        # The parser takes ever longer over what is nested, so it is stopped on the way.
        if depth > DEEPEST:
            fail(f"{file} lồng quá {DEEPEST} cấp", f"{file} is nested more than {DEEPEST} levels deep", 2)


def _place(before: str) -> tuple[int, int]:
    """Return the line and column, from 1 on, of what follows `before`."""
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def _no_yaml(file: Path, place: tuple[int, int] | None) -> NoReturn:
    vi, en = (
        (f": dòng {place[0]}, cột {place[1]}", f": line {place[0]}, column {place[1]}") if place else ("", "")
    )
    fail(f"{file} không phải YAML hợp lệ{vi}", f"{file} is no valid YAML{en}", 2)
