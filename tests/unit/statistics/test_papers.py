"""Reports as files, each opened again by another reader and compared with the answer, figure by figure."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from io import BytesIO, StringIO
from typing import Any

import docx
import openpyxl
import pytest
from pypdf import PdfReader

from services.statistics.papers.form_06a import FIGURES
from services.statistics.papers.formats import FORMATS, MOST_ROWS, file_name, format_named
from services.statistics.papers.numbers import number
from services.statistics.papers.paper import MOTTO, NATION, Imprint
from shared.errors import RefusedError
from tests.builders.answers import AGENCY, COLUMNS, PRINTED, agency, lateness, online, resolution, whole

IMPRINT = Imprint(date(2019, 7, 24), "Trung tâm Phục vụ hành chính công tỉnh Quảng Nam", "Quảng Nam")
AGENCIES = ("Sở Tài nguyên và Môi trường", "Ban Quản lý Khu kinh tế mở Chu Lai", "UBND huyện Nam Trà My")
HEAD = (IMPRINT.issuer or "", NATION, MOTTO, "Biểu số II.06a/VPCP/KSTT")
FORM = (
    *HEAD[1:],
    "TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG TỈNH QUẢNG NAM",
    "TÌNH HÌNH, KẾT QUẢ GIẢI QUYẾT THỦ TỤC HÀNH CHÍNH",
    "Kỳ báo cáo: Từ ngày 01/01/2019 đến ngày 20/07/2019",
    "Đơn vị tính: số hồ sơ TTHC",
    "Số lượng hồ sơ đang giải quyết",
    "NGƯỜI LẬP BIỂU",
    "THỦ TRƯỞNG ĐƠN VỊ",
    "Quảng Nam, ngày 24 tháng 07 năm 2019",
)
PAPERS = ("xlsx", "docx", "pdf")


def made(answer: dict[str, Any], name: str, imprint: Imprint = IMPRINT) -> bytes:
    return FORMATS[name].make(answer, imprint, lambda: None)


def sheet_of(content: bytes) -> list[list[Any]]:
    sheet = openpyxl.load_workbook(BytesIO(content)).active
    assert sheet is not None
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def rows_of(content: bytes, name: str) -> list[list[str]]:
    """Return the cells below the head of the table, as a person reads them."""
    if name == "xlsx":
        cells = [
            [number(one) if isinstance(one, int) else str(one or "") for one in row]
            for row in sheet_of(content)
        ]
    else:
        table = docx.Document(BytesIO(content)).tables[1]
        cells = [[cell.text for cell in row.cells] for row in table.rows]
    begin = next(at for at, row in enumerate(cells) if row[0] == "(1)") + 1
    return [row for row in cells[begin:] if row[1] in {*AGENCIES, "Tổng số"}]


def text_of(content: bytes, name: str) -> str:
    """Return all words of a paper on one line."""
    if name == "xlsx":
        parts: Iterator[str] = (str(cell) for row in sheet_of(content) for cell in row if cell is not None)
    elif name == "docx":
        document = docx.Document(BytesIO(content))
        cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
        parts = iter([*cells, *(paragraph.text for paragraph in document.paragraphs)])
    else:
        parts = (page.extract_text() for page in PdfReader(BytesIO(content)).pages)
    return " ".join(" ".join(parts).split())


def by_agency() -> dict[str, Any]:
    return resolution(*(agency(name, at * 7) for at, name in enumerate(AGENCIES)))


def figures_of(row: dict[str, Any]) -> list[str]:
    form = row["resolved_total"] - row["resolved_early"] - row["resolved_on_time"] - row["resolved_late"]
    return [number({**row, "residual_form": form}[key]) for key in FIGURES]


@pytest.mark.parametrize("name", PAPERS)
def test_the_form_has_its_headings_its_signatures_and_all_of_vietnamese(name: str) -> None:
    said = text_of(made(by_agency(), name), name)
    for words in FORM:
        assert words in said, words


@pytest.mark.parametrize("name", ["xlsx", "docx"])
def test_every_figure_of_the_form_is_the_answers_own(name: str) -> None:
    answer = by_agency()
    found = rows_of(made(answer, name), name)
    expected = [[str(at), AGENCIES[at - 1], *figures_of(row)] for at, row in enumerate(answer["rows"], 1)]
    assert found == [*expected, ["", "Tổng số", *figures_of(answer["total"])]]


def test_every_figure_stands_in_the_pdf_in_its_order_and_millions_are_not_broken() -> None:
    answer = resolution(*(agency(name, at * 1_700_000) for at, name in enumerate(AGENCIES)))
    said = text_of(made(answer, "pdf"), "pdf")
    for row in (*answer["rows"], answer["total"]):
        assert " ".join(figures_of(row)) in said


def test_the_workbook_holds_numbers_and_its_head_stays() -> None:
    content = made(by_agency(), "xlsx")
    sheet = openpyxl.load_workbook(BytesIO(content)).active
    assert sheet is not None
    figures = [cell for row in sheet.iter_rows() for cell in row if cell.value == 46_735]
    assert figures
    assert "#,##0" in figures[0].number_format
    assert sheet.freeze_panes == "A11"
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert {"C7:F7", "A7:A9"} <= {str(merged) for merged in sheet.merged_cells.ranges}


@pytest.mark.parametrize("name", PAPERS)
def test_what_does_not_balance_is_named_below_the_form(name: str) -> None:
    said = text_of(made(whole(), name), name)
    assert "Cân đối (3)-(7)-(11): chênh lệch 5" in said
    assert "hồ sơ dừng xử lý trong kỳ: 3; chưa giải thích được: 2." in said
    assert "Cân đối (7)-(8)-(9)-(10): chênh lệch 1" in said
    even = whole(residual_balance=0, residual_verdict=0, stopped=0)
    assert "Cân đối (3)-(7)-(11): chênh lệch 0." in text_of(made(even, name), name)


@pytest.mark.parametrize("name", PAPERS)
def test_months_are_not_added_up(name: str) -> None:
    answer = {**by_agency(), "by": ["month"], "total": None}
    answer["rows"] = [{"month": "2019-07", "names": {}, **PRINTED}]
    answer["columns"] = [{"key": "month", "vi": "Tháng", "en": "Month"}, *COLUMNS]
    said = text_of(made(answer, name), name)
    assert "Tháng 07/2019" in said
    assert "Không cộng các tháng" in said
    assert "Tổng số 46.735" not in said


@pytest.mark.parametrize("name", PAPERS)
@pytest.mark.parametrize(
    "answer", [resolution(), {**online(), "rows": [], "units": []}], ids=["form", "plain"]
)
def test_a_report_without_rows_says_so_and_shows_no_figure(answer: dict[str, Any], name: str) -> None:
    said = text_of(made(answer, name), name)
    assert "Không có số liệu trong kỳ báo cáo. / No data in this period." in said
    assert "26,77" not in said


@pytest.mark.parametrize("name", PAPERS)
def test_any_report_is_a_paper_and_what_is_missing_is_no_figure(name: str) -> None:
    said = text_of(made(online(), name), name)
    for words in ("TỶ LỆ HỒ SƠ TRỰC TUYẾN", "Sở Tư pháp", "Tổng số"):
        assert words in said
    assert "Không có số liệu Không có số liệu" in said  # neither a ratio nor a judgement
    assert "Cấp tỉnh: 1/2 đơn vị đạt chỉ tiêu 50 %, hoàn thành trước ngày 25/12/2023" in said
    assert "Không có số liệu: 1 đơn vị. Chưa đạt: Sở Tài chính." in said
    assert ("26.77" if name == "xlsx" else "26,77 %") in said


def test_levels_have_names() -> None:
    rows: list[dict[str, Any]] = [
        {"level": level, "names": {}, **PRINTED} for level in ("commune", "vertical", None)
    ]
    columns = [{"key": "level", "vi": "Cấp", "en": "Level"}, *COLUMNS]
    said = made({**resolution(*rows), "by": ["level"], "columns": columns}, "text").decode()
    for words in (
        "- Cấp xã: tiếp nhận",
        "- Cơ quan ngành dọc: ",
        "- (chưa rõ): ",
        "- vertical: ",
        "- (unknown): ",
    ):
        assert words in said


@pytest.mark.parametrize("name", PAPERS)
def test_what_is_not_known_of_the_issuer_is_left_blank(name: str) -> None:
    said = text_of(made(by_agency(), name, Imprint(date(2019, 7, 24))), name)
    assert "ĐƠN VỊ BÁO CÁO: …" in said
    assert "…, ngày 24 tháng 07 năm 2019" in said


EVIL = ("=HYPERLINK(1)", "+1+1", "-2+3", "@SUM(A1)", "\t=1+1", "\r=1+1", " =1+1")


def test_no_name_becomes_a_formula() -> None:
    answer = resolution(*(agency(name, at) for at, name in enumerate(EVIL)))
    table = list(csv.reader(StringIO(made(answer, "csv").decode("utf-8-sig"))))
    assert [row[1] for row in table[1:]] == [f"'{name.strip()}" for name in EVIL]
    book = openpyxl.load_workbook(BytesIO(made(answer, "xlsx"))).active
    assert book is not None
    cells = [cell for row in book.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert {name.strip() for name in EVIL} <= {cell.value for cell in cells}


@pytest.mark.parametrize("name", [*PAPERS, "csv", "text"])
def test_names_that_no_document_can_hold_do_not_break_it(name: str) -> None:
    names = ("Sở\x00 \x1b[31mđỏ", "<b>&amp;\ufffe", "\ud800", "x" * 400, "Phòng\nhai dòng", "")
    content = made(resolution(*(agency(one, at) for at, one in enumerate(names))), name)
    if name in PAPERS:
        assert "Phòng hai dòng" in text_of(content, name)
        assert "(chưa rõ)" in text_of(content, name)
    assert b"\x1b" not in content or name in PAPERS


def test_csv_is_for_machines() -> None:
    answer = by_agency()
    content = made(answer, "csv")
    assert content.startswith(b"\xef\xbb\xbf")
    first, *rows = csv.DictReader(StringIO(content.decode("utf-8-sig")))
    assert first["agency_name"] == AGENCIES[0]
    for found, row in zip([first, *rows], answer["rows"], strict=True):
        assert {key: int(found[key]) for key in PRINTED} == {key: row[key] for key in PRINTED}
    units = list(csv.DictReader(StringIO(made(online(), "csv").decode("utf-8-sig"))))
    assert [(one["ratio_resolved"], one["reached"]) for one in units] == [
        ("50.00", "true"),
        ("23.50", "false"),
        ("", ""),
    ]


def test_a_large_report_is_a_table_and_no_paper() -> None:
    rows = [agency("Sở Tài nguyên và Môi trường", at) for at in range(MOST_ROWS + 1)]
    answer = resolution(*rows)
    assert len(sheet_of(made(answer, "xlsx"))) > MOST_ROWS
    assert made(answer, "csv").count(b"\r\n") == MOST_ROWS + 2
    for name in ("pdf", "docx"):
        with pytest.raises(RefusedError) as refused:
            made(answer, name)
        assert refused.value.problem.code == "report-too-long"


def test_a_long_paper_repeats_its_head_loses_no_row_and_gives_others_their_turn() -> None:
    turns: list[None] = []
    answer = resolution(*(agency(f"Sở số {at}", at) for at in range(120)))
    pages = PdfReader(BytesIO(FORMATS["pdf"].make(answer, IMPRINT, lambda: turns.append(None)))).pages
    texts = [" ".join(page.extract_text().split()) for page in pages]
    assert len(texts) > 3
    assert all("Đơn vị tiếp nhận" in text for text in texts[:-1])
    assert all(f"Sở số {at} {number(46_735 + at)}" in " ".join(texts) for at in range(120))
    assert f"Trang 2/{len(texts)}" in texts[1]
    assert len(turns) == 120


def test_the_sentences_are_those_of_official_letters() -> None:
    said = made(whole(), "text").decode()
    assert said.startswith("Từ ngày 01/01/2019 đến ngày 20/07/2019, tiếp nhận 46.735 hồ sơ")
    assert "đã giải quyết 43.809 hồ sơ, trong đó trước hạn và đúng hạn 43.231 hồ sơ (98,68 %)" in said
    assert "quá hạn 577 hồ sơ (1,32 %)" in said
    assert "Cân đối (7)-(8)-(9)-(10) của biểu II.06a còn chênh lệch 1 hồ sơ" in said
    assert "From 01/01/2019 to 20/07/2019, 46.735 dossiers were received" in said
    nothing = dict.fromkeys(PRINTED, 0)
    assert "trước hạn và đúng hạn 0 hồ sơ (không có số liệu)" in made(whole(**nothing), "text").decode()


def test_the_sentences_of_other_reports() -> None:
    said = made(online(), "text").decode()
    assert "trên tổng số hồ sơ giải quyết: 26,77 % (2.677/10.000 hồ sơ)." in said
    assert "- Cấp tỉnh: 1/2 đơn vị đạt từ 50 % trở lên; 1 đơn vị không có số liệu." in said
    assert "- Sở Nội vụ: không có số liệu (0/0 hồ sơ)." in said
    assert "- Unit so-nv: no data (0/0 dossiers)." in said
    said = made(lateness(), "text").decode()
    assert "có 2 hồ sơ quá hạn, tổng thời gian quá hạn 3 ngày làm việc." in said
    assert "- Cục Thuế: 2 hồ sơ, 3 ngày làm việc." in said
    answer = {**by_agency(), "report": "discipline"}
    assert "Tiếp nhận: tổng số: 46.735" in made(answer, "text").decode()
    assert "không có số liệu." in made(resolution(), "text").decode()


def test_formats_and_file_names() -> None:
    assert file_name(by_agency(), "xlsx") == "resolution_agency_2019-01-01_2019-07-20.xlsx"
    with pytest.raises(RefusedError) as refused:
        format_named("xls")
    assert refused.value.problem.code == "unknown-format"
    assert AGENCY["vi"] in text_of(made({**by_agency(), "report": "other"}, "docx"), "docx")
