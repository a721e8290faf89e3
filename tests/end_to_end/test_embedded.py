"""The embedded way, as its users meet it: one process, a folder, the command line."""

from __future__ import annotations

import csv
import json
import shutil
import signal
import sqlite3
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from deploy.names import SERVICES
from shared.clock import VIETNAM
from tests.end_to_end.command_line import Said, lienthong, started
from tests.end_to_end.waiting import eventually

pytestmark = [pytest.mark.end_to_end, pytest.mark.embedded]

DEMO = ("demo", "--scenario", "lien-thong", "--scale", "0.2", "--json")
FIGURES = {"received": 60, "resolved": 55, "early_or_on_time": 54, "late": 1, "no_verdict": 0, "pending": 5}
PERIOD = ("--from", "2025-03-03", "--to", "2025-05-30")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which a scenario was played, its process killed twice on the way."""
    home = tmp_path_factory.mktemp("embedded") / "home"
    for events in (100, 500):
        killed_on_the_way(home, events)
    assert figures(lienthong(*DEMO, "--home", home)) == FIGURES
    return home


def killed_on_the_way(home: Path, events: int) -> None:
    """Start the scenario, and kill its process once routing has so many events."""
    with started(*DEMO, "--home", home) as process:
        eventually(lambda: process.poll() is not None or events_of(home) >= events, "it is under way")
        process.kill()
        said, _ = process.communicate(timeout=20)
    assert (process.returncode, said) == (-signal.SIGKILL, "")


def figures(said: Said) -> dict[str, int]:
    assert said.status == 0, said.words
    return {key: said.json[key] for key in FIGURES}


def events_of(home: Path) -> int:
    try:
        return int(rows(home, "routing", "SELECT position FROM event_head")[0][0])
    except sqlite3.OperationalError:  # there is nothing yet
        return 0


def rows(home: Path, name: str, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(f"file:{home / name}.sqlite?mode=ro", uri=True)) as connection:
        return connection.execute(sql).fetchall()


def test_the_audit_finds_it_whole_without_starting_it_and_names_what_was_changed(home: Path) -> None:
    assert lienthong("audit", "verify", "--embedded", home, "--json").json["findings"] == []
    with closing(sqlite3.connect(home / "routing.sqlite")) as store:
        [(state,)] = store.execute("SELECT state FROM event WHERE position = 50")
        for forged, findings in ((b"{}", [("routing", 50, "event-changed")]), (state, [])):
            store.execute("UPDATE event SET state = ? WHERE position = 50", [forged])
            store.commit()
            said = lienthong("audit", "verify", "--embedded", home, "--json")
            found = [(one["store"], one["position"], one["code"]) for one in said.json["findings"]]
            assert (said.status, found) == (int(bool(findings)), findings)


def test_a_play_that_was_killed_goes_on_to_exact_figures_and_a_whole_ledger(home: Path) -> None:
    assert figures(lienthong(*DEMO, "--home", home)) == FIGURES  # once more changes nothing

    ((last, count, places),) = rows(
        home,
        "statistics",
        "SELECT max(sequence), count(*), count(DISTINCT source || '/' || message_id) FROM ledger",
    )
    events = [rows(home, name, "SELECT position FROM event_head")[0][0] for name in SERVICES]
    assert last == count == places == sum(events)
    for name in ("intake", "routing", "processing", "statistics"):
        assert rows(home, name, "SELECT reason FROM parked WHERE state = 'parked'") == []


def test_report_and_history_answer_from_the_folder(home: Path) -> None:
    ((code, dossier),) = rows(
        home, "intake", "SELECT code, dossier_id FROM dossier_lookup WHERE status = 10 ORDER BY code LIMIT 1"
    )

    report = lienthong("report", "resolution", *PERIOD, "--json", "--embedded", home)
    history = lienthong("history", code, "--json", "--embedded", home)
    table = lienthong("history", code, "--embedded", home)

    (row,) = report.json["rows"]
    assert (row["received_in_period"], row["resolved_total"], row["in_progress_total"]) == (60, 55, 5)
    assert history.json["dossier"] == str(dossier)
    steps = [entry["type"].rpartition(".")[2] for entry in history.json["entries"]]
    assert [steps[0], steps[-1]] == ["dossier-submitted", "result-handed-back"]
    assert steps.count("leg-opened") == steps.count("leg-closed") > 2
    assert code in table.out
    assert "Result handed back" in table.out
    unknown = lienthong("history", "000.01.71.H47-990101-9999", "--embedded", home)
    assert unknown.status == 1
    assert "Lỗi: dịch vụ từ chối (not-found)" in unknown.words


def test_a_second_process_on_the_same_folder_is_refused_and_the_first_goes_on(tmp_path: Path) -> None:
    home = tmp_path / "demo"  # where a demo without --home puts its data
    with started(*DEMO, "--run", tmp_path) as first:
        eventually(lambda: first.poll() is not None or events_of(home) >= 100, "the first is under way")
        first.send_signal(signal.SIGSTOP)

        for second in (
            lienthong(*DEMO, "--run", tmp_path),
            lienthong(*DEMO, "--home", home),
            lienthong("report", "resolution", *PERIOD, "--embedded", home),
        ):
            assert second.status == 1, second.words
            assert f"Lỗi: một tiến trình khác đang dùng {home}" in second.words
            assert f"Error: another process runs on {home}" in second.words
            assert "Traceback" not in second.words

        first.send_signal(signal.SIGCONT)
        out, _ = first.communicate(timeout=60)
    assert first.returncode == 0, out
    assert figures(Said(0, out, "")) == FIGURES


GOOD = {
    "procedure": "LT-TCXH",
    "desk": "H47.71.3101",
    "channel": "direct",
    "applicant_kind": "citizen",
    "area": "QNA.TK.AX",
    "person": {"name": "Trần Văn Bình", "identity_number": "049085001234"},
    "components": [{"code": "giay-de-nghi"}],
}
LINES: Sequence[tuple[str, str | None]] = (
    (json.dumps(GOOD), None),
    ('{"procedure": "LT-TCXH"', "malformed-line"),
    ('["LT-TCXH"]', "malformed-line"),
    (json.dumps({**GOOD, "procedure": "LT-NOWHERE"}), "unknown-procedure"),
    (json.dumps({**GOOD, "components": []}), "missing-component"),
    (json.dumps({**GOOD, "shoe_size": 41}), "unknown-field"),
    (json.dumps({**GOOD, "person": {"identity_number": "049085001234"}}), "missing-field"),
    (json.dumps({**GOOD, "happened_at": "2019-01-01T00:00:00+07:00"}), "time-out-of-tolerance"),
    (json.dumps(GOOD), None),
)
"""Lines of a file, and the codes with which they are refused."""

HEADING = ("procedure", "desk", "channel", "applicant_kind", "area", "name", "identity_number", "components")
ROW = (
    "LT-DATDAI",
    "H19.81.02",
    "post",
    "citizen",
    "DNA.VD",
    "Lê Thị Cúc",
    "075190000001",
    "don-cap-lai;trich-do",
)
CSV_ROWS: Sequence[tuple[tuple[str, ...], str | None]] = (
    (ROW, None),
    (ROW[:5], "malformed-line"),
    ((*ROW, "more"), "malformed-line"),
    (("LT-NOWHERE", *ROW[1:]), "unknown-procedure"),
    ((*ROW[:2], "carrier pigeon", *ROW[3:]), "invalid"),
    ((*ROW[:7], "trich-do"), "missing-component"),
    (ROW, None),
)


def json_lines(folder: Path) -> tuple[Path, dict[int, str | None]]:
    file = folder / "dossiers.jsonl"
    file.write_text("\n".join(line for line, _ in LINES) + "\n\n")
    return file, {number: code for number, (_, code) in enumerate(LINES, start=1)}


def csv_rows(folder: Path) -> tuple[Path, dict[int, str | None]]:
    file = folder / "dossiers.csv"
    with file.open("w", encoding="utf-8-sig", newline="") as text:
        csv.writer(text).writerows([HEADING, *(row for row, _ in CSV_ROWS)])
    return file, {number: code for number, (_, code) in enumerate(CSV_ROWS, start=2)}


@pytest.mark.parametrize("written", [json_lines, csv_rows])
def test_broken_rows_are_reported_and_a_file_is_taken_once(home: Path, tmp_path: Path, written: Any) -> None:
    file, expected = written(tmp_path)
    before = received_today(home)

    said = lienthong("submit", file, "--embedded", home, "--json")
    again = lienthong("submit", file, "--embedded", home)
    and_again = lienthong("submit", file, "--embedded", home, "--json")

    assert (said.status, again.status, and_again.status) == (1, 1, 1)
    assert said.json == and_again.json
    assert {row["row"]: row["code"] for row in said.json["refused"]} == {
        number: code for number, code in expected.items() if code
    }
    assert all(row["title"] and row["title_vi"] for row in said.json["refused"])
    assert [row["row"] for row in said.json["taken"]] == [row for row, code in expected.items() if not code]
    assert len({row["dossier"] for row in said.json["taken"]}) == 2
    refused = len(expected) - 2
    assert f"{len(expected)} dòng / rows, 2 đã nhận / taken, {refused} bị từ chối / refused" in again.words
    assert received_today(home) == before + 2


def received_today(home: Path) -> int:
    today = datetime.now(VIETNAM).date()
    period = ("--from", str(today - timedelta(days=1)), "--to", str(today))
    (row,) = lienthong("report", "resolution", *period, "--json", "--embedded", home).json["rows"]
    return int(row["received_in_period"])


def test_a_file_without_broken_rows_ends_well_and_one_that_is_no_text_does_not(
    home: Path, tmp_path: Path
) -> None:
    good = tmp_path / "good.jsonl"
    good.write_text(json.dumps({**GOOD, "channel": "online"}) + "\n")
    picture = tmp_path / "picture.csv"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n\xff\xfe")

    assert lienthong("submit", good, "--embedded", home).status == 0
    said = lienthong("submit", picture, "--embedded", home)
    assert said.status == 2
    assert "Lỗi: không đọc được tệp" in said.words
    assert "Error: the file cannot be read" in said.words


def test_data_of_another_version_are_refused_at_once(home: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(home, other)
    with closing(sqlite3.connect(other / "processing.sqlite")) as connection, connection:
        connection.execute("UPDATE schema_migration SET sha256 = 'x'")
    said = lienthong("report", "resolution", *PERIOD, "--embedded", other, seconds=30)
    assert said.status == 1
    assert "không hợp với phiên bản này" in said.words
    assert "Traceback" not in said.words


def test_a_target_is_set_by_decision_and_shown(home: Path) -> None:
    of = ("--year", "2025", "--scope", "level", "--of", "commune", "--embedded", home)
    decision = ("--reach-by", "2025-12-25", "--basis", "Quyết định 17/QĐ-UBQGCĐS")
    assert lienthong("target", "show", *of).status == 1

    assert lienthong("target", "set", "--percent", "50", *decision, *of).status == 0
    lowered = lienthong("target", "set", "--percent", "45.5", *decision, *of, "--json").json
    assert (lowered["percent"], lowered["version"]) == ("45.5", 2)
    assert lienthong("target", "show", *of, "--json").json == lowered
    wrong = lienthong("target", "set", "--percent", "101", *decision, *of)
    assert (wrong.status, "percent" in wrong.words) == (1, True)


def test_gia_lai_s_direction_is_kept_behaviour_by_behaviour(tmp_path: Path) -> None:
    play = ("demo", "--scenario", "gia-lai-2020", "--json", "--home", tmp_path / "home")
    said = lienthong(*play)
    assert said.status == 0, said.words
    assert {one["key"]: one["found"] for one in said.json["behaviours"]} == {
        "districts-over-communes": "17/17; 738",
        "same-and-other-levels": "120; 248",
        "progress-watched": "H21.26, H21.32, H21.34",
        "slow-units-reminded": "13/STTTT-DD: H21.26, H21.32, H21.34",
        "as-of": "report",
        "reminder-answered": "1/1/1",
        "used-after-reminder": "H21.34",
        "tasks-of-first-quarter": "4/4; 15/17",
        "task-of-third-quarter": "0/1 → 1/1",
        "consolidated-by-department": "H21.13: H21.34",
        "unanswered-listed": "H21.34 13/STTTT-DD +25; H21.34 02/GLI-2020 +10",
        "wrong-answers-refused": "not-addressed, request-already-answered",
    }
    assert all(one["holds"] for one in said.json["behaviours"])
    assert [(one["agency"], one["days_late"]) for one in said.json["unanswered"]] == [
        ("H21.34", 25),
        ("H21.34", 10),
    ]
    again = lienthong(*play)
    assert (again.status, again.json["events"]) == (0, 0), "played twice, nothing happens twice"


def test_kon_tum_s_units_come_out_as_its_letter_prints_them(tmp_path: Path) -> None:
    said = lienthong(
        "demo", "--scenario", "kon-tum-2023", "--scale", "0.01", "--json", "--home", tmp_path / "home"
    )
    assert said.status == 0, said.words
    found = said.json
    assert found["online_ratio"] == "26.77"
    assert found["over_target"] == {"province": [10, 17], "district": [4, 10], "commune": [6, 102]}
    assert {level: len(units) for level, units in found["below_target"].items()} == {
        "province": 7,
        "district": 6,
        "commune": 96,
    }
    cut_off = found["at_cut_off"]
    assert (cut_off["day"], cut_off["over_target"]) == (
        "2023-12-25",
        {"province": [12, 17], "district": [5, 10], "commune": [10, 102]},
    )
    assert {"H34.09", "H34.16"}.isdisjoint(cut_off["below_target"]["province"]), "they made good for it"
    decision, denominator, mean = found["inconsistencies"]
    assert (decision["printed"], decision["right"]) == ("17/QĐ-UBCĐSQG", "17/QĐ-UBQGCĐS")
    for other in (denominator, mean):
        assert float(other["difference"]) == pytest.approx(float(other["right"]) - 26.77) != 0
    level = ("report", "online", "--from", "2023-01-01", "--to", "2023-11-15", "--by", "unit")
    shown = lienthong(*level, "--embedded", tmp_path / "home", "--json").json
    assert [(of["level"], of["reached"], of["judged"]) for of in shown["units"]] == [
        ("province", 10, 17),
        ("district", 4, 10),
        ("commune", 6, 102),
    ]
    assert shown["total"]["ratio_resolved"] == "26.77"


def test_quang_nam_s_units_are_ranked_down_to_the_commune_while_a_map_listens(tmp_path: Path) -> None:
    play = ("demo", "--scenario", "quang-nam-2023", "--scale", "0.3", "--json", "--home", tmp_path / "home")
    said = lienthong(*play)
    assert said.status == 0, said.words
    assert {one["key"] for one in said.json["behaviours"] if one["holds"]} == {
        "from-17-april",
        "postal-employees",
        "rules-signed",
        "ranked-to-the-commune",
        "every-point-explained",
        "map-in-real-time",
    }
    levels = Counter(row["level"] for row in said.json["ranking"] if row["rank"])
    assert levels == {"province": 8, "district": 4, "commune": 12}
