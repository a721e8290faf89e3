"""Files of dossiers with everything wrong: each row stands for itself, and what is no such file is said so."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from deploy.cli import submit as verb
from deploy.reach import Reached
from tests.builders.doors import BIRTH, DESK, submission
from tests.fixtures.doors import System, fresh_key

pytestmark = pytest.mark.integration

HEADING = "procedure,desk,channel,applicant_kind,name,components"


class Desk:
    """The command line at the running services."""

    def __init__(self, system: System, folder: Path) -> None:
        self.system, self.folder = system, folder

    def submit(self, content: bytes, name: str = "file.csv") -> tuple[int, Any]:
        """Hand in a file; return the exit status and what was printed, as JSON when it is some."""
        path = self.folder / name
        path.write_bytes(content)
        result = CliRunner().invoke(verb.submit, [str(path), "--json"])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        lines = result.stdout.splitlines()
        return result.exit_code, json.loads(lines[-1]) if lines else result.stderr

    def dossiers(self) -> int:
        return int(self.system.rows("intake", "SELECT count(*) FROM dossier_lookup")[0][0])


@pytest.fixture
def desk(system: System, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    @contextmanager
    def reached(*_: Any) -> Iterator[Reached]:
        yield Reached(system.urls, system.home, None, embedded=True)

    monkeypatch.setattr(verb, "reached_or_fail", reached)
    return Desk(system, tmp_path)


def row(name: str = "", components: str = "form;certificate;certificate") -> str:
    """Return a row that is like no other."""
    return f"{BIRTH},{DESK},direct,citizen,{name or 'Lê ' + fresh_key()},{components}"


def csv(*rows: str, heading: str = HEADING) -> str:
    return "\n".join([heading, *rows]) + "\n"


def codes(answer: Any) -> dict[int, str]:
    return {refusal["row"]: refusal["code"] for refusal in answer["refused"]}


class TestCsv:
    def test_a_bad_row_stops_no_other(self, desk: Desk) -> None:
        bad = [
            row(components="form"),
            row() + ",one more",
            row().rpartition(",")[0],
            row().replace(BIRTH, "9.999999"),
            row().replace("direct", "pigeon"),
            f",{DESK},direct,citizen,Lê,form",
        ]
        status, answer = desk.submit(csv(row(), *bad, row()).encode())
        assert status == 1
        assert [taken["row"] for taken in answer["taken"]] == [2, 9]
        assert codes(answer) == {
            3: "missing-component",
            4: "malformed-line",
            5: "malformed-line",
            6: "unknown-procedure",
            7: "invalid",
            8: "missing-field",
        }
        for refusal in answer["refused"]:
            assert refusal["title"] != refusal["title_vi"]

    def test_what_spreadsheets_write_is_read(self, desk: Desk) -> None:
        quoted = row(name='"Nguyễn ""Ba"", Thị\nHai"')
        for content in (
            b"\xef\xbb\xbf" + csv(row()).encode(),
            csv(row(), row()).replace("\n", "\r\n").encode(),
            csv(quoted).encode(),
            csv(row(), "", row()).encode(),
        ):
            status, answer = desk.submit(content)
            assert (status, answer["refused"]) == (0, []), content
            assert len(answer["taken"]) == answer["rows"] > 0

    @pytest.mark.parametrize(
        "content",
        [
            csv(row()).encode("utf-16"),
            csv(row()).encode("utf-8") + b"\xff\xfe\n",
            csv(row(name='"Lê')).encode(),
            csv(row(name='"Lê" Ba')).encode(),
            csv(row(name="x" * 200_000)).encode(),
            csv(row(), heading=HEADING.replace("desk", "procedure")).encode(),
        ],
        ids=[
            "UTF-16",
            "Latin",
            "a quote without end",
            "a quote in the middle",
            "a cell without end",
            "twice",
        ],
    )
    def test_what_cannot_be_read_is_taken_not_even_in_part(self, desk: Desk, content: bytes) -> None:
        before = desk.dossiers()
        status, said = desk.submit(content)
        assert status == 2
        assert "Lỗi" in said
        assert "Error" in said
        assert desk.dossiers() == before

    @pytest.mark.parametrize(
        ("heading", "code"),
        [
            (HEADING.replace("desk", "bureau"), "missing-field"),
            (HEADING.replace("desk", ""), "missing-field"),
            (HEADING + ",x", "malformed-line"),
            (HEADING.replace(",", ";"), "malformed-line"),
        ],
    )
    def test_another_heading_is_no_reason_to_guess(self, desk: Desk, heading: str, code: str) -> None:
        status, answer = desk.submit(csv(row(), heading=heading).encode())
        assert (status, codes(answer)) == (1, {2: code})

    def test_a_column_that_does_not_exist_is_refused_where_something_stands_in_it(self, desk: Desk) -> None:
        rows = [row() + ",", row() + ",red"]
        status, answer = desk.submit(csv(*rows, heading=HEADING + ",colour").encode())
        assert (status, codes(answer)) == (1, {3: "unknown-field"})

    def test_a_heading_with_blanks_is_a_heading(self, desk: Desk) -> None:
        status, answer = desk.submit(csv(row(), heading=HEADING.replace(",", " , ")).encode())
        assert (status, len(answer["taken"])) == (0, 1)

    @pytest.mark.parametrize("content", ["", "\n", HEADING, HEADING + "\n\n\n"])
    def test_a_file_of_nothing_is_nothing(self, desk: Desk, content: str) -> None:
        assert desk.submit(content.encode()) == (0, {"rows": 0, "taken": [], "refused": []})

    def test_the_same_file_twice_is_taken_once_and_the_same_row_twice_is_two(self, desk: Desk) -> None:
        before, twice = desk.dossiers(), row()
        content = csv(twice, twice).encode()
        first, again = desk.submit(content), desk.submit(content, "copy.csv")
        assert first == again
        assert desk.dossiers() == before + 2

    def test_a_row_too_large_for_the_door_stops_no_other(self, desk: Desk) -> None:
        wide = ",".join([row().rpartition(",")[0], ";".join(["form"] * 20_000)])
        status, answer = desk.submit(csv(row(), *[wide] * 20, row()).encode())
        assert status == 1
        assert len(answer["taken"]) == 2
        assert set(codes(answer).values()) == {"invalid"}


class TestJsonLines:
    def test_a_bad_line_stops_no_other(self, desk: Desk) -> None:
        good = json.dumps(submission(), ensure_ascii=False).encode()
        lines = [good, b"{", b"[]", b'"x"', b"", b"\xff\xfe", good[:-1], b'{"colour": 1}', good]
        status, answer = desk.submit(b"\n".join(lines), "file.jsonl")
        assert status == 1
        assert [taken["row"] for taken in answer["taken"]] == [1, 9]
        assert codes(answer) == {
            **dict.fromkeys((2, 3, 4, 6, 7), "malformed-line"),
            8: "missing-field",
        }

    def test_a_byte_order_mark_is_no_mistake(self, desk: Desk) -> None:
        content = b"\xef\xbb\xbf" + json.dumps(submission()).encode() + b"\r\n"
        status, answer = desk.submit(content, "file.jsonl")
        assert (status, len(answer["taken"])) == (0, 1)

    def test_another_encoding_is_refused_line_by_line(self, desk: Desk) -> None:
        before = desk.dossiers()
        status, answer = desk.submit(json.dumps(submission()).encode("utf-16"), "file.jsonl")
        assert status == 1
        assert answer["taken"] == []
        assert desk.dossiers() == before

    def test_a_file_of_nothing_is_nothing(self, desk: Desk) -> None:
        assert desk.submit(b"\n \n", "file.jsonl") == (0, {"rows": 0, "taken": [], "refused": []})

    def test_lines_that_are_too_large_together_go_one_after_the_other(self, desk: Desk) -> None:
        large = submission(components=[{"code": "form", "x" * 100_000: 1}])
        lines = [submission(), *[large] * 300, submission()]
        content = b"\n".join(json.dumps(line).encode() for line in lines)
        status, answer = desk.submit(content, "file.jsonl")
        assert status == 1
        assert [taken["row"] for taken in answer["taken"]] == [1, 302]

    def test_a_line_too_large_for_the_door_stops_no_other(self, desk: Desk) -> None:
        large = submission(foreign_code="x" * 20_000_001)
        content = b"\n".join(json.dumps(line).encode() for line in (submission(), large, submission()))
        status, answer = desk.submit(content, "file.jsonl")
        assert (status, codes(answer)) == (1, {2: "too-large"})
        assert [taken["row"] for taken in answer["taken"]] == [1, 3]
