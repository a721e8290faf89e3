"""Files are read strictly, services are only read."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from deploy.cli.simulate import simulate
from deploy.play.client import DoorError
from deploy.simulation.alternative import read_processes
from deploy.simulation.reading import ReadingClient
from shared.errors import RefusedError
from tests.unit.simulation.told import FIRST, leg, process

CYCLE = [leg("a", FIRST, after=["b"]), leg("b", FIRST, after=["a"])]


def test_the_client_sends_nothing_but_get() -> None:
    client = ReadingClient("http://127.0.0.1:9", "token", patience=0)

    for refused in (client.post, client.put):
        with pytest.raises(DoorError) as error:
            refused("/v1/reference", {}, "key")
        assert error.value.code == "read-only"
    with pytest.raises(DoorError) as error:
        client.lines("/v1/dossiers", [{}])
    assert error.value.code == "read-only"
    with pytest.raises(DoorError) as error:
        client.get("/v1/processes")
    assert error.value.code == "unreachable"


def test_definitions_are_checked_as_routing_checks_them() -> None:
    assert [one["version"] for one in read_processes([process(version=3, legs=[leg("a", FIRST)])])] == [3]
    with pytest.raises(RefusedError) as cyclic:
        read_processes({**process(leg("x", FIRST)), "legs": CYCLE})
    assert cyclic.value.code == "route-cyclic"


@pytest.mark.parametrize(
    ("option", "content", "said"),
    [
        ("--process", "process: [", "cannot be read"),
        ("--process", "process: p", "(invalid)"),
        ("--plan", "{plan: x, basis: y, changes: []}", "(plan-without-changes)"),
        ("--plan", "[]", "(invalid)"),
        ("--calendar", "- {day: 2019-06-18, kind: off}", "(calendar-overrides-invalid)"),
        ("--calendar", "\u0000", "(calendar-overrides-invalid)"),
        ("--calendar", None, "cannot be read"),
    ],
)
def test_files_that_cannot_be_used_are_wrong_use(
    tmp_path: Path, option: str, content: str | None, said: str
) -> None:
    file = tmp_path / "file.yaml"
    if content is not None:
        file.write_text(content)

    result = CliRunner().invoke(simulate, [option, str(file), "--run", str(tmp_path / "none")])

    assert result.exit_code == 2
    words = " ".join(result.output.split())
    assert said in words
    assert "Lỗi:" in words


def test_something_must_be_otherwise_and_times_must_be_times(tmp_path: Path) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_text(
        "{plan: x, basis: y, from: '2019-06-18T00:00:00+07:00',"
        " changes: [{change: rename, agency: H47.11, to: H47.12}]}"
    )

    assert CliRunner().invoke(simulate, []).exit_code == 2
    assert CliRunner().invoke(simulate, ["--plan", str(plan), "--as-if-from", "yesterday"]).exit_code == 2
    nothing_runs = CliRunner().invoke(simulate, ["--plan", str(plan), "--run", str(tmp_path / "none")])
    assert nothing_runs.exit_code == 1
