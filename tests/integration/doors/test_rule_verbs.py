"""The verbs on sets of rules, on a running system: a province's own file is checked, adopted and read again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from deploy.cli import rules as verbs
from deploy.cli.output import fail
from deploy.play.client import DoorError
from deploy.reach import Reached
from tests.fixtures.doors import System

pytestmark = pytest.mark.integration

FILE = Path(__file__).parents[3] / "deploy/rule-sets/tinh-mau.yaml"
Verb = Callable[..., Result]


@pytest.fixture
def verb(system: System, monkeypatch: pytest.MonkeyPatch) -> Verb:
    """Run a verb on the system."""

    @contextmanager
    def reached(*_where: Any) -> Iterator[Reached]:
        try:
            yield Reached(system.urls, system.home, None, embedded=True)
        except DoorError as error:
            fail(error.code, error.code)

    monkeypatch.setattr(verbs, "reached_or_fail", reached)
    return lambda *words: CliRunner().invoke(verbs.rules, list(words))


def said(verb: Verb, *words: str) -> Any:
    result = verb(*words, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_province_s_own_rules_are_checked_adopted_and_shown(verb: Verb, tmp_path: Path) -> None:
    text = FILE.read_text(encoding="utf-8")
    own = tmp_path / "own.yaml"
    # A day that no other test asks about: who names no rules there still finds one set alone.
    own.write_text(text.replace("valid_to: null", "valid_to: '2019-12-31'"), encoding="utf-8")
    checked = said(verb, "check", str(own))
    assert (checked["rule_set"], checked["version"], checked["indicators"]) == ("tinh-mau", 1, 3)
    assert "tinh-mau" not in {one["rule_set"] for one in said(verb, "list")}, "checking adopts nothing"
    first = said(verb, "adopt", str(own))
    later = own.read_text(encoding="utf-8").replace("version: 1", "version: 2").replace("A1", "A9")
    own.write_text(later, encoding="utf-8")
    second = said(verb, "adopt", str(own))

    def shown(*words: str) -> int:
        found: int = said(verb, "show", "tinh-mau", *words)["version"]
        return found

    assert shown("--day", "2019-05-05") == 2
    assert shown("--day", "2019-05-05", "--as-of", first["adopted_at"]) == 1
    assert shown("--version", "1") == 1
    assert second["digest"] in verb("show", "tinh-mau", "--version", "2").output
    read = verb("show", "tinh-mau", "--day", "2019-12-31").output
    assert all(word in read for word in ("A9", "meetings_held", "01/01/2019", "31/12/2019"))
    for words in (
        ("--day", "2020-01-01"),
        ("--version", "3"),
        ("--version", "1", "--as-of", "2000-01-01T00:00Z"),
    ):
        none = verb("show", "tinh-mau", *words)
        assert none.exit_code == 2
        assert "không có bộ tiêu chí" in none.output
    assert verb("show", "tinh-mau", "--as-of", "hôm qua").exit_code == 2


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b"rule_set: a\nname: [1,\n", ("dòng 3, cột 1", "line 3, column 1")),
        (b"rule_set: a\nname: b: c\n", ("dòng 2, cột 8", "line 2, column 8")),
        ("tên: đúng\nb: \x07\n".encode(), ("dòng 2, cột 4", "line 2, column 4")),
        ("tên: ".encode() + b"\xff\n", ("dòng 1, cột 6", "line 1, column 6")),
        (b"valid_from: 2019-02-30\n", ("không phải YAML", "no valid YAML")),
        (b"[" * 20_000, ("lồng quá", "nested more")),
        (b"a: &x 1\nb: *x\n", ("bí danh", "aliases")),
    ],
)
def test_what_is_no_yaml_is_told_with_its_place_in_both_languages(
    tmp_path: Path, content: bytes, place: tuple[str, str]
) -> None:
    file = tmp_path / "x.yaml"
    file.write_bytes(content)
    result = CliRunner().invoke(verbs.rules, ["check", str(file)], env={"COLUMNS": "400"})
    assert result.exit_code == 2
    told = " ".join(result.output.split())
    assert all(words in told for words in place), told
    assert "while parsing" not in told
