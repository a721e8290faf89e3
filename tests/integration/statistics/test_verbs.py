"""The verbs history, lateness and report, on what statistics answers; HTTP alone is left out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner
from pypdf import PdfReader

from deploy.cli import reaching
from deploy.cli.history import history
from deploy.cli.lateness import lateness
from deploy.cli.output import screen
from deploy.cli.report import report
from deploy.cli.report_file import put, wanted_file
from services.statistics.api import history_of, lateness_of, report_file, report_of
from tests.builders.statistics import an_eventful_province, code_of
from tests.integration.statistics.conftest import Office
from tests.integration.statistics.test_lateness import late_july

pytestmark = pytest.mark.integration

JULY = ("--from", "2019-07-01", "--to", "2019-07-31")


class Within:
    """A system within reach whose doors are the functions behind them."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def client(self, _service: str) -> Within:
        return self

    def get(self, path: str, **query: str) -> Any:
        *_, what, name, last = path.split("/")
        if what == "reports" or name == "reports":
            return report_of(self._office.reports, last, query)
        if last == "history":
            return history_of(self._office.database, name, query)
        return lateness_of(self._office.reports, name, query)

    def get_file(self, path: str, **query: str) -> bytes:
        name = path.rsplit("/", maxsplit=1)[-1]
        return bytes(report_file(self._office.reports, self._office.clock, name, query).get_data())


@pytest.fixture
def say(office: Office, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run a verb and return what it printed."""

    @contextmanager
    def reach(*_where: object) -> Iterator[Within]:
        yield Within(office)

    monkeypatch.setattr(reaching, "reach", reach)
    monkeypatch.setattr(screen, "width", 200)

    def run(verb: click.Command, *words: str, status: int = 0) -> str:
        done = CliRunner().invoke(verb, words, catch_exceptions=False)
        assert done.exit_code == status, done.output
        return done.output

    return run


def test_a_history_shows_reasons_pauses_and_successions(office: Office, say: Any) -> None:
    office.take(an_eventful_province())
    said = say(history, code_of(1))
    for words in (
        "1. Thẩm định: Cơ quan so-tnmt (theo quy trình)",
        "3. Appraisal: skipped (the dossier's fee is not at least 1)",
        "Dừng tính thời gian, chờ bổ sung giấy tờ: thiếu giấy",
        "The clock goes on after a stop, for money to be paid; result now due 19/07/2019",
        "Agency so-tnmt is not competent and names Agency cuc-thue: không đúng thẩm quyền",
        "Leg 1 went from Agency so-tnmt to Agency so-nnmt by reorganisation",
        "Withdrawn by the applicant: người dân rút hồ sơ",
    ):
        assert words in said


def test_lateness_shows_who_had_it_and_whose_part_it_is(office: Office, say: Any) -> None:
    office.take(late_july().sent)
    said = say(lateness, code_of(1))
    assert "11 ngày làm việc / 11 working days" in said
    assert "quá hạn / late 6 ngày làm việc / 6 working days" in said
    assert "1.440" in said  # TAX's three days over its term
    assert "Agency cuc-thue" in said
    assert "không quá hạn / not late" in say(lateness, code_of(3))
    machine = json.loads(say(lateness, code_of(1), "--json"))
    assert machine["against_due"]["minutes"] == 6 * 480


def test_the_lateness_report_and_where_there_is_none(office: Office, say: Any) -> None:
    office.take(late_july().sent)
    asked = (*JULY, "--by", "agency", "--as-of", "2019-07-17T09:00:00+07:00")
    said = say(report, "lateness", *asked)
    assert "Cơ quan cuc-thue" in said
    assert "6.720" in said  # fourteen days in all
    assert "no data" in say(
        report, "lateness", "--from", "2018-01-01", "--to", "2018-01-31", "--by", "agency"
    )
    found = json.loads(say(report, "lateness", *asked, "--trial", "only", "--json"))
    assert (found["trial"], found["total"]["dossiers"]) == ("only", 1)


def test_the_models_report_and_a_report_by_status_group(office: Office, say: Any) -> None:
    office.take(an_eventful_province())
    assert "four-step" in say(report, "models", *JULY)
    assert "Rút hồ sơ" in say(report, "resolution", *JULY, "--by", "group")


def test_a_report_is_written_to_a_file_and_never_over_another(
    office: Office, say: Any, tmp_path: Path
) -> None:
    office.take(an_eventful_province())
    asked = ("resolution", *JULY, "--by", "agency", "--issuer", "UBND tỉnh Quảng Nam")
    for name, out in (("pdf", "a.pdf"), ("docx", "a.docx"), ("xlsx", "a.xlsx"), ("csv", "a.csv")):
        file = tmp_path / out
        assert not say(report, *asked, "--out", str(file))
        written = file.read_bytes()
        assert "đã có" in " ".join(say(report, *asked, "--out", str(file), status=2).split())
        assert file.read_bytes() == written
        file.write_bytes(b"old")
        say(report, *asked, "--format", name, "--out", str(file), "--force")
        assert file.read_bytes().startswith(written[:4])
    assert "UBND TỈNH QUẢNG NAM" in PdfReader(tmp_path / "a.pdf").pages[0].extract_text()
    assert "tiếp nhận 2 hồ sơ" in say(report, "resolution", *JULY, "--text")
    assert sorted(file.name for file in tmp_path.glob("*a.*")) == ["a.csv", "a.docx", "a.pdf", "a.xlsx"]


@pytest.mark.parametrize(
    "words",
    [
        ("--out", "a.unheard"),
        ("--text", "--format", "pdf"),
        ("--format", "csv", "--json"),
        ("--format", "xls"),
    ],
)
def test_what_is_no_file_is_refused_before_anything_is_asked(say: Any, words: tuple[str, ...]) -> None:
    say(report, "resolution", *JULY, *words, status=2)


def test_a_screen_gets_no_bytes_and_a_full_folder_no_half_of_a_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    with pytest.raises(SystemExit):
        wanted_file("pdf", None, text=False, force=False)
    assert wanted_file("csv", None, text=False, force=False)
    with pytest.raises(SystemExit):
        put(b"%PDF-", tmp_path / "nowhere" / "a.pdf")
