"""The verbs of `lienthong routing`, as people type them: good use, machines' use, and what is wrong."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.end_to_end.command_line import ROOT, Said, lienthong

pytestmark = [pytest.mark.end_to_end, pytest.mark.embedded, pytest.mark.slow]

PROVINCE = ROOT / "deploy/scenarios/lien-thong"
PROCESSES, AGENCIES, PROCEDURES = (
    PROVINCE / f"{name}.yaml" for name in ("processes", "agencies", "procedures")
)
PLAN = ROOT / "deploy/scenarios/hai-cap-2025/plan.yaml"
BIRTH = "lien-thong.khai-sinh"
ASKED = {
    "procedure": "1.001193",
    "desk": "H47.71.3101",
    "received_at": "2025-03-03T09:00:00+07:00",
    "area": "QNA.TK.AX",
    "facts": {"verification": False},
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A province after a demo; tests below leave its agencies as they are, but for the last."""
    home = tmp_path_factory.mktemp("verbs") / "home"
    said = lienthong("demo", "--scenario", "lien-thong", "--scale", "0.02", "--home", home, "--json")
    assert said.status == 0, said.words
    return home


def routing(home: Path, *words: str | Path) -> Said:
    return lienthong("routing", *words, "--embedded", home)


def head(home: Path) -> int:
    with closing(sqlite3.connect(f"file:{home / 'routing.sqlite'}?mode=ro", uri=True)) as connection:
        ((found,),) = connection.execute("SELECT position FROM event_head").fetchall()
    return int(found)


def written(folder: Path, value: Any, name: str = "file.yaml") -> Path:
    file = folder / name
    file.write_text(value if isinstance(value, str) else yaml.safe_dump(value, allow_unicode=True))
    return file


def read(file: Path) -> Any:
    return yaml.safe_load(file.read_text())


def is_told(said: Said, status: int, *words: str) -> None:
    """See that what is wrong is said in both languages, and without a trace of the program."""
    assert said.status == status, said.words
    assert "Lỗi: " in said.words
    assert "Error: " in said.words
    assert [word for word in words if word not in said.words] == [], said.words
    assert "Traceback" not in said.words


def test_a_way_is_explained(home: Path, tmp_path: Path) -> None:
    file, before = written(tmp_path, ASKED), head(home)

    shown, found = routing(home, "explain", file, "--steps"), routing(home, "explain", file, "--json").json

    assert shown.status == 0
    for leg in found["legs"]:
        assert leg["agency"] in shown.words
        assert leg["name"]["en"] in shown.words
    assert (found["process"], found["legs"][0]["id"]) == (BIRTH, "dang-ky")
    is_told(routing(home, "explain", written(tmp_path, {**ASKED, "procedure": "9"})), 1, "no-process")
    is_told(routing(home, "explain", written(tmp_path, {**ASKED, "desk": "H47.99"})), 1, "not-in-register")
    is_told(routing(home, "explain", written(tmp_path, "a: [b")), 2, "không đọc được", "cannot be read")
    is_told(routing(home, "explain", written(tmp_path, "- a list")), 1, "invalid")
    is_told(routing(home, "explain", tmp_path / "none.yaml"), 2, "does not exist")
    assert head(home) == before


def test_definitions_are_linted_without_a_system(tmp_path: Path) -> None:
    good = lienthong("routing", "lint", PROCESSES, "--procedures", PROCEDURES, "--json")
    assert good.status == 0, good.words
    assert all(one["level"] == "warning" for one in good.json["findings"])
    nobody = lienthong(
        "routing", "lint", PROCESSES, "--agencies", written(tmp_path, read(AGENCIES)[:1]), "--json"
    )
    assert nobody.status == 1
    assert "no-agency-for-area" in {one["code"] for one in nobody.json["findings"]}

    definition = next(one for one in read(PROCESSES) if one["process"] == BIRTH)
    definition["legs"][0]["after"] = [definition["legs"][-1]["id"]]
    definition["legs"].append({**definition["legs"][-1], "id": "again", "after": ["nowhere"]})
    bad = lienthong("routing", "lint", written(tmp_path, definition), "--json")
    shown = lienthong("routing", "lint", written(tmp_path, definition))
    assert (bad.status, shown.status) == (1, 1)
    assert {one["process"] for one in bad.json["findings"]} == {BIRTH}
    for finding in bad.json["findings"]:
        assert [finding[said] for said in ("code", "vi", "en") if finding[said] not in shown.words] == []
    assert lienthong("routing", "lint", written(tmp_path, "nothing"), "--json").status == 1
    is_told(lienthong("routing", "lint", written(tmp_path, "a: [b")), 2, "cannot be read")
    is_told(lienthong("routing", "lint"), 2, "FILES")


@pytest.mark.parametrize("format_", ["yaml", "csv"])
def test_the_register_goes_out_and_comes_in_unchanged(home: Path, tmp_path: Path, format_: str) -> None:
    before = head(home)
    exported = routing(home, "agencies", "export", "--format", format_)
    assert exported.status == 0, exported.words
    start = "\ufeff" if format_ == "csv" else ""  # as spreadsheets write it
    file = written(tmp_path, start + exported.out, f"agencies.{format_}")

    found = routing(home, "agencies", "import", file, "--json").json

    assert len(found["changes"]) == len(read(AGENCIES))
    assert {one["change"] for one in found["changes"]} == {"unchanged"}
    assert head(home) == before


def test_an_import_shows_what_it_would_do_and_asks(home: Path, tmp_path: Path) -> None:
    before = head(home)
    one = next(it for it in read(AGENCIES) if it["agency"] == "H47")
    renamed = {**one, "name": {"vi": "Tên mới", "en": "New name"}, "valid_from": "2026-01-01T00:00:00+07:00"}
    file = written(tmp_path, [renamed])

    shown = routing(home, "agencies", "import", file, "--dry-run")
    assert (shown.status, "đổi / changed" in shown.words, "Tên mới" in shown.words) == (0, True, True)
    assert routing(home, "agencies", "import", file).status == 1  # nobody answered the question
    assert head(home) == before

    assert routing(home, "agencies", "import", file, "--yes").status == 0
    assert head(home) == before + 1
    then = routing(home, "agencies", "export", "--as-of", "2025-12-31T00:00:00+07:00")
    now = routing(home, "agencies", "export")
    assert ("Tên mới" in then.out, "Tên mới" in now.out) == (False, True)

    wrong = [{**one, "agency": "H47.99", "level": "village"}]
    is_told(routing(home, "agencies", "import", written(tmp_path, wrong)), 1, "invalid")
    no_csv = written(tmp_path, "agency,name_vi\nH1,Một\n", "agencies.csv")
    is_told(routing(home, "agencies", "import", no_csv, "--yes"), 1, "invalid")
    orphan = [{**one, "agency": "H47.99", "parent": "H47.98", "code": "H47.99"}]
    is_told(
        routing(home, "agencies", "import", written(tmp_path, orphan), "--yes"), 1, "agency-parent-unknown"
    )
    refused = written(tmp_path, orphan)
    for words in (["--dry-run"], []):
        said = routing(home, "agencies", "import", refused, *words)
        is_told(said, 1, "bị từ chối / refused", "H47.99", "agency-parent-unknown", "H47.98")
        assert "carry it out?" not in said.words
        machine = routing(home, "agencies", "import", refused, "--json", *words)
        assert machine.status == 1
        (refusal,) = json.loads(machine.out)["refusals"]
        assert (refusal["agency"], refusal["code"]) == ("H47.99", "agency-parent-unknown")
    is_told(routing(home, "agencies", "export", "--as-of", "today"), 1, "invalid")
    assert head(home) == before + 1


def test_a_report_says_its_moment_in_viet_nam_time(home: Path) -> None:
    period = ("--from", "2025-01-01", "--to", "2025-06-30", "--as-of", "2025-06-30T17:00:00Z")
    said = lienthong("report", "resolution", *period, "--embedded", home)

    assert said.status == 0, said.words
    assert "đến / as of 01/07/2025 00:00)" in said.words


def test_a_version_is_brought_to_life_and_dossiers_are_moved_to_it(home: Path, tmp_path: Path) -> None:
    is_told(routing(home, "state", BIRTH, "1", "draft", "--basis", "QĐ"), 1, "process-state-not-next")
    is_told(routing(home, "state", "nothing", "1", "trial", "--basis", "QĐ"), 1, "process-unknown")
    is_told(routing(home, "state", BIRTH, "1", "dead", "--basis", "QĐ"), 2, "'dead' is not one of")
    is_told(routing(home, "state", BIRTH, "1", "retired"), 2, "--basis")
    is_told(routing(home, "move", BIRTH, "1"), 2, "--basis is needed")
    is_told(routing(home, "move", BIRTH, "7", "--dry-run"), 1, "version-unknown")
    shown = routing(home, "move", BIRTH, "1", "--dry-run")
    assert (shown.status, "0 hồ sơ / dossiers, 0 đã chuyển / moved" in shown.words) == (0, True)
    assert routing(home, "move", BIRTH, "1", "--basis", "QĐ 1", "--json").json == {"dossiers": [], "moved": 0}

    found = routing(home, "readiness", "--json").json["agencies"]
    shown = routing(home, "readiness")
    assert found
    assert all(row["agency"] in shown.words for row in found)

    retired = routing(home, "state", BIRTH, "1", "retired", "--basis", "QĐ 1", "--json")
    assert retired.status == 0, retired.words
    is_told(routing(home, "explain", written(tmp_path, {**ASKED, "received_at": "2099-03-03T09:00:00+07:00"})),
            1, "no-process")  # fmt: skip


def test_agencies_are_reorganised_once(home: Path, tmp_path: Path) -> None:
    before = head(home)
    shown = routing(home, "reorganise", PLAN, "--dry-run")
    seen = routing(home, "reorganise", PLAN, "--dry-run", "--json").json
    assert shown.status == 0
    assert {row["agency"] for row in seen["by_agency"]} >= {"H47.71.3101", "H47.63.71"}
    assert all(row["agency"] in shown.words for row in seen["by_agency"])
    assert routing(home, "reorganise", PLAN).status == 1  # nobody answered the question
    is_told(routing(home, "reorganise", written(tmp_path, {"plan": "x"}), "--yes"), 1, "invalid")
    is_told(routing(home, "reorganise", written(tmp_path, "just words"), "--yes"), 1, "invalid")
    future = {**read(PLAN), "from": "2099-07-01T00:00:00+07:00", "agencies": [], "processes": []}
    future["changes"] = [{"change": "merge", "agencies": ["H47.71.3101"], "into": "H47.71.3201"}]
    assert head(home) == before

    done = routing(home, "reorganise", PLAN, "--yes", "--json")
    assert done.status == 0, done.words
    assert done.json["plan"] == "hai-cap-2025"
    moved = sum(row["legs"] for row in done.json["by_agency"])
    assert moved == sum(row["open_legs"] for row in seen["by_agency"])
    after = head(home)
    is_told(routing(home, "reorganise", PLAN, "--yes"), 1, "plan-already-applied")
    is_told(routing(home, "reorganise", written(tmp_path, future), "--yes"), 1, "plan-differs")
    assert head(home) == after


DOCUMENTED = {
    "in_flight_before", "re_homed", "finished", "withdrawn", "closed_administratively", "still_open",
    "due_dates_changed", "codes_changed", "delivered_twice", "lost", "by_procedure", "by_state",
    "uncollected_before", "by_agency", "events", "seconds",
}  # fmt: skip
ZERO = (
    "closed_administratively",
    "still_open",
    "due_dates_changed",
    "codes_changed",
    "delivered_twice",
    "lost",
)


def test_the_end_of_the_district_level_balances(tmp_path: Path) -> None:
    said = lienthong(
        "demo", "--scenario", "hai-cap-2025", "--scale", "0.1", "--json", "--home", tmp_path / "home"
    )

    assert said.status == 0, said.words
    found = json.loads(said.out)
    assert found.keys() == DOCUMENTED
    assert {name: found[name] for name in ZERO} == dict.fromkeys(ZERO, 0)
    assert found["in_flight_before"] == found["finished"] + found["withdrawn"] > 0
    assert found["in_flight_before"] == sum(found["by_state"].values()) == sum(found["by_procedure"].values())
    assert 0 < found["re_homed"] <= found["in_flight_before"]
    assert all(row["finished"] == row["dossiers"] for row in found["by_agency"])
