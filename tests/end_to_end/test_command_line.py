"""The command line says clearly, in both languages, what is wrong."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.end_to_end.command_line import lienthong

pytestmark = pytest.mark.end_to_end

MISUSED = {
    "frobnicate": ("không có lệnh 'frobnicate'", "No such command 'frobnicate'"),
    "history": ("thiếu tham số 'CODE'", "Missing argument 'CODE'"),
    "history A --nope": ("không có tuỳ chọn '--nope'", "No such option '--nope'"),
    "history A B": ("cách gọi lệnh chưa đúng", "unexpected extra argument (B)"),
    "report resolution --from 2019-01-01": (
        "cần --from và --to, hoặc --period",
        "--from and --to are needed",
    ),
    "report resolution --from 1/2/19 --to 2019-07-20": (
        "giá trị của tuỳ chọn '--from'",
        "'1/2/19' does not match",
    ),
    "report nothing --from 2019-01-01 --to 2019-07-20": ("giá trị của tham số", "'nothing' is not"),
    "report resolution --from": ("tuỳ chọn '--from' dùng chưa đúng", "'--from' requires an argument"),
    "demo --scale 7": ("giá trị của tuỳ chọn '--scale'", "not in the range"),
    "demo --scenario nowhere": ("giá trị của tuỳ chọn '--scenario'", "'nowhere' is not one of"),
    "demo --json": ("--json cần --scenario", "--json needs --scenario"),
    "submit no-such-file.csv": ("giá trị của tham số 'FILE'", "does not exist"),
    "history A --embedded no-such-folder": ("giá trị của tuỳ chọn '--embedded'", "does not exist"),
    "serve accounting": ("giá trị của tham số", "'accounting' is not one of"),
    "serve intake": (
        "thiếu hoặc sai cấu hình",
        "LIENTHONG_DATABASE (or LIENTHONG_DATABASE_FILE) must be set",
    ),
    "replay --to statistics": ("dùng: --to statistics --rebuild", "use: --to statistics --rebuild"),
    "replay --to elsewhere --rebuild": ("dùng: --to statistics --rebuild", "use: --to statistics --rebuild"),
}
"""What somebody writes, and some of what they are told; exit status 2."""


@pytest.mark.parametrize("words", MISUSED)
def test_wrong_verbs_and_options_are_explained_in_both_languages(words: str) -> None:
    said = lienthong(*words.split())

    vi, en = MISUSED[words]
    assert said.status == 2
    assert f"Lỗi: {vi}" in said.words
    assert "Error: " in said.words
    assert en in said.words
    assert re.search(r"Lỗi: .*\(([a-z-]+)\)\s+Error: .*\(\1\)$", said.words.strip(), re.DOTALL), "a code"
    assert "Traceback" not in said.words
    assert said.out == ""


def test_a_stack_that_is_not_there_is_named(tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    for verb in (
        ["status"],
        ["down"],
        ["history", "A"],
        ["demo", "--stack"],
        ["replay", "--to", "statistics", "--rebuild"],
    ):
        said = lienthong(*verb, "--run", nowhere)
        assert said.status == 1, verb
        assert f"{nowhere}" in said.words
        assert "Lỗi: " in said.words
        assert "Error: " in said.words
    assert not nowhere.exists()


def test_a_folder_without_an_embedded_system_stays_empty(tmp_path: Path) -> None:
    said = lienthong("history", "A", "--embedded", tmp_path)

    assert said.status == 1
    assert f"Error: there is no embedded system in {tmp_path}" in said.words
    assert list(tmp_path.iterdir()) == []


def test_nobody_could_read_what_a_stopped_embedded_system_replays(tmp_path: Path) -> None:
    said = lienthong("replay", "--to", "agency.H47.12", "--embedded", tmp_path)

    assert said.status == 2
    assert "Lỗi: hàng đợi của bản chạy trong một tiến trình mất khi tiến trình dừng" in said.words
    assert "Error: an embedded system's queues end with its process" in said.words
