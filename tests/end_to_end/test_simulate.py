"""What if, as its users meet it: a demo's history under other rules, and the live system as it was."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.end_to_end.command_line import ROOT, lienthong

pytestmark = [pytest.mark.end_to_end, pytest.mark.embedded]

SCENARIO = ROOT / "deploy/scenarios/quang-nam-2019"
SERVICES = ("intake", "routing", "processing", "statistics")
EXCHANGE = "qnm.gtvt-01"
"""The exchange of driving licences: the department examines, the centre takes the result."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("simulated") / "home"
    said = lienthong("demo", "--scenario", "quang-nam-2019", "--scale", "0.005", "--home", home, "--json")
    assert said.status == 0, said.words
    return home


def state(home: Path) -> dict[str, Any]:
    """Return how many rows each table of each service has, and where its log ends."""
    found: dict[str, Any] = {}
    for name in SERVICES:
        with closing(sqlite3.connect(f"file:{home / name}.sqlite?mode=ro", uri=True)) as connection:
            tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
            for (table,) in tables.fetchall():
                rows = OTHERS.get(f"{name}.{table}", table)
                found[f"{name}.{table}"] = connection.execute(f"SELECT count(*) FROM {rows}").fetchone()
            if name != "statistics":
                found[f"{name} head"] = connection.execute("SELECT position FROM event_head").fetchone()
    return found


OTHERS = {
    "statistics.event": "event WHERE topic <> 'reading.recorded'",
    "statistics.dossier_head": "dossier_head WHERE root_id NOT LIKE '00000000-%'",
    "statistics.ledger": "ledger WHERE source NOT LIKE '/lienthong/statistics/%'",
}
"""That somebody read the ledger is recorded, and nothing else."""


def definitions() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load((SCENARIO / "processes.yaml").read_text())
    return found


def written(folder: Path, value: Any) -> Path:
    file = folder / "file.yaml"
    file.write_text(yaml.safe_dump(value, allow_unicode=True))
    return file


def test_the_very_same_rules_change_nothing_and_nothing_is_recorded(home: Path, tmp_path: Path) -> None:
    before = state(home)
    sunday = tmp_path / "calendar.yaml"
    sunday.write_text("- {day: 2019-03-17, kind: off, source: chủ nhật}\n")
    changed = tmp_path / "changed.jsonl"

    said = lienthong(
        "simulate",
        *("--process", SCENARIO / "processes.yaml", "--calendar", sunday, "--dossiers", changed),
        *("--embedded", home, "--json"),
    )

    found = said.json
    assert (said.status, found["changed"], found["left_out"], changed.read_text()) == (0, 0, {}, "")
    assert found["dossiers"] > 200
    assert found["verdicts"]["before"] == found["verdicts"]["after"]
    rows = found["load_by_agency"] + found["lateness_by_agency"]
    assert rows
    assert all(row["before"] == row["after"] for row in rows)
    assert found["due_dates"]["equal"] == found["ends"]["equal"] == found["dossiers"]
    assert found["documents"] == before["statistics.ledger"][0]
    assert state(home) == before


def test_nor_do_they_on_ways_with_waits_opinions_and_transfers(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert lienthong("demo", "--scenario", "lien-thong", "--scale", "0.2", "--home", home).status == 0
    processes = ROOT / "deploy/scenarios/lien-thong/processes.yaml"

    found = lienthong("simulate", "--process", processes, "--embedded", home, "--json").json

    assert (found["dossiers"], found["changed"], found["left_out"]) == (60, 0, {})
    assert found["model"]["due_left_as_recorded"] == 0


def test_another_process_and_its_dossiers_one_a_line(home: Path, tmp_path: Path) -> None:
    before = state(home)
    (exchange,) = [one for one in definitions() if one["process"] == EXCHANGE]
    sign = {
        "id": "ky",
        "name": {"vi": "Ký duyệt", "en": "Sign"},
        "agency": {"id": "H47.01"},
        "term": {"amount": "1", "unit": "working_day"},
    }
    first, *others = exchange["legs"]
    file = written(tmp_path, {**exchange, "version": 2, "legs": [first, sign, *others]})
    asked = ("simulate", "--process", file, "--embedded", home)

    said = lienthong(*asked, "--dossiers", tmp_path / "changed.jsonl", "--json")
    again = lienthong(*asked, "--json")
    table = lienthong(*asked, "--from", "2019-02-01", "--to", "2019-03-31")

    found = said.json
    changed = [json.loads(line) for line in (tmp_path / "changed.jsonl").read_text().splitlines()]
    assert found == again.json
    assert len(changed) == found["changed"] > 10
    assert {one["procedure"] for one in changed} == {"QNM-GTVT-01"}
    assert all(
        one["after"]["legs"] == one["before"]["legs"] + 1 for one in changed if one["after"]["ended_at"]
    )
    assert found["model"]["modelled"] == found["model"]["reproduced_to_the_day"] >= found["changed"]
    moved = found["ends"]["moved_working_hours"]
    assert moved["p0"] == moved["p100"] == 8.0
    assert (table.status, "Văn phòng UBND tỉnh" in table.words) == (0, True)
    assert state(home) == before


def test_a_plan_moves_load_and_bad_input_is_said_in_both_languages(home: Path, tmp_path: Path) -> None:
    plan: dict[str, Any] = {
        "plan": "sap-nhap",
        "basis": "NQ 1",
        "from": "2025-03-01T00:00:00+07:00",
        "changes": [{"change": "merge", "agencies": ["H47.06"], "into": "H47.18"}],
    }
    file = written(tmp_path, plan)

    moved = lienthong(
        "simulate", "--plan", file, "--as-if-from", "2019-01-01T00:00:00+07:00", "--embedded", home, "--json"
    )
    load = {row["agency"]: row for row in moved.json["load_by_agency"]}
    assert (
        load["H47.06"]["before"]["legs"] == load["H47.18"]["after"]["legs"] - load["H47.18"]["before"]["legs"]
    )
    assert (load["H47.06"]["after"]["legs"], load["H47.06"]["before"]["legs"] > 10) == (0, True)

    as_stated = lienthong("simulate", "--plan", file, "--embedded", home, "--json")
    assert as_stated.json["changed"] == 0  # the record ends before the plan begins

    nothing = lienthong("simulate", "--plan", file, "--embedded", home, "--from", "2030-01-01")
    assert (nothing.status, "(nothing-recorded)" in nothing.words) == (1, True)
    plan["changes"] = [{"change": "merge", "agencies": ["H99"], "into": "H47.18"}]
    nobody = lienthong("simulate", "--plan", written(tmp_path, plan), "--embedded", home)
    assert nobody.status == 1
    assert "Lỗi: Chưa có cơ quan H99" in nobody.words
    assert "(agency-unknown)" in nobody.words
