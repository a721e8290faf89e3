"""Any report as a page: whole, divided, sorted, as a file, and down to its dossiers."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
import yaml
from werkzeug.test import Client

from deploy.console.pages.reports import FILES, LISTED, in_order, leads_to, titles, value
from deploy.console.periods import Period
from services.statistics.reports.asking import REPORTS
from tests.fixtures.doors import System, taken
from tests.integration.console.conftest import AGENCY
from tests.integration.console.test_figures import YEARS, show, signed_in, words_of

__all__ = ["signed_in"]

pytestmark = pytest.mark.integration

RULE_SETS = Path(__file__).parents[3] / "deploy/rule-sets"
BY_RULES = ("index", "ranking")
"""Reports that nobody can answer before there is a set of rules."""
RATIO = {"key": "ratio", "vi": "Tỷ lệ (%)", "en": "Share (%)"}
POINTS = {"key": "points", "vi": "Điểm", "en": "Points"}
COUNT = {"key": "count", "vi": "Số", "en": "Count"}
UNIT = {"key": "unit", "vi": "Đơn vị", "en": "Unit"}


@pytest.mark.usefixtures("code")
@pytest.mark.parametrize("name", [name for name in LISTED if name not in BY_RULES])
def test_each_report_is_shown_whole_divided_and_as_a_file(signed_in: Client, name: str) -> None:
    assert titles()[name][0] in words_of(show(signed_in, "/figures/reports"))
    path = f"/figures/reports/{name}"
    for by in ("", *REPORTS[name].dimensions):
        assert show(signed_in, path, by=by).status_code == 200, by
    begins = {"xlsx": b"PK", "docx": b"PK", "pdf": b"%PDF-", "csv": b"\xef\xbb\xbf"}
    for kind in FILES:
        file = show(signed_in, f"{path}/{kind}")
        assert file.status_code == 200
        assert file.data.startswith(begins[kind])
        assert file.headers["Content-Disposition"].startswith(f'attachment; filename="{name}_{YEARS["from"]}')


@pytest.mark.usefixtures("code")
def test_units_are_scored_once_there_are_rules(signed_in: Client, province: System) -> None:
    for name in BY_RULES:
        page = show(signed_in, f"/figures/reports/{name}")
        assert page.status_code == 422
        assert "no-rule-set" in words_of(page)
    without = show(signed_in, "/figures", measure="score")
    assert "theo tỷ lệ trước và đúng hạn" in words_of(without), "nothing to score by: what there is"
    rules = yaml.safe_load((RULE_SETS / "quyet-dinh-766.yaml").read_text(encoding="utf-8"))
    taken(province.caller("administrator").post("statistics", "/v1/rule-sets", rules))
    assert "Các đơn vị, theo điểm" in words_of(show(signed_in, "/figures", measure="score"))
    assert show(signed_in, "/figures/reports/index", unit=AGENCY).status_code == 200
    words = {**YEARS, "rules": "quyet-dinh-766", "known": "x"}
    feed = signed_in.get("/figures/feeds/ranking", query_string=words)
    told = feed.iter_encoded()
    assert next(told) == b": listening\n\n"
    assert b"event: figures\ndata: changed" in next(told)
    feed.close()
    ranking = show(signed_in, "/figures/reports/ranking", rules="nobody-knows", sort="share")
    assert ranking.status_code == 200
    assert "Chi cục &lt;b&gt;Thuế&lt;/b&gt;" in ranking.get_data(as_text=True)
    for kind in FILES:
        assert show(signed_in, f"/figures/reports/ranking/{kind}").status_code == 200


@pytest.mark.parametrize(
    "path", ["colour", "dossiers", "online/exe", "online/json", "colour/pdf", "..%2f..%2fhealth"]
)
def test_what_is_no_report_is_not_found(signed_in: Client, path: str) -> None:
    assert show(signed_in, f"/figures/reports/{path}").status_code == 404


def test_a_figure_leads_to_the_dossiers_that_it_counts(signed_in: Client, code: str) -> None:
    page = show(signed_in, "/figures/reports/resolution", by="unit").get_data(as_text=True)
    asked = f"figure=received_in_period&amp;unit={AGENCY}"
    assert asked in page
    listed = show(signed_in, "/figures/dossiers", figure="received_in_period", unit=AGENCY)
    assert code in words_of(listed)


def test_a_division_or_an_order_that_nobody_knows_changes_nothing(signed_in: Client) -> None:
    odd = show(signed_in, "/figures/reports/online", by="<b>colour</b>", sort="'; DROP TABLE ledger; --")
    assert odd.status_code == 200
    assert "<b>colour" not in odd.get_data(as_text=True)


def test_a_report_on_persons_is_for_those_whom_the_door_lets(browser: Client, province: System) -> None:
    browser.post("/sign-in", data={"token": province.caller("receiving_officer").token})
    page = show(browser, "/figures/reports/discipline", by="officer")
    assert page.status_code == 422
    assert "forbidden" in words_of(page)


def test_the_highest_stands_first_and_what_has_no_data_last() -> None:
    rows: list[dict[str, Any]] = [
        {"unit": "b", "ratio": None, "count": 3},
        {"unit": "c", "ratio": "9.50", "count": 20},
        {"unit": "a", "ratio": "100.00", "count": 3},
    ]

    def order(column: dict[str, str] | None) -> list[str]:
        return [row["unit"] for row in in_order(rows, column)]

    assert order(None) == ["b", "c", "a"]
    assert order(RATIO) == ["a", "c", "b"]
    assert order(COUNT) == ["c", "b", "a"]
    points: list[dict[str, Any]] = [{"points": "9.50"}, {"points": "10.00"}, {"points": None}]
    assert [row["points"] for row in in_order(points, POINTS)] == ["10.00", "9.50", None]
    assert order(UNIT) == ["a", "b", "c"]


def test_nothing_is_called_no_data_and_never_a_number() -> None:
    row = {"ratio": None, "count": 46735, "unit": "x", "names": {"unit": {"vi": "Sở", "en": "Department"}}}
    assert [value(row, RATIO, language) for language in ("vi", "en")] == ["Không có số liệu", "No data"]
    assert value(row, COUNT, "vi") == "46.735"
    assert value({"points": "1234.50"}, POINTS, "vi") == "1.234,50"
    assert value({"procedure": "1.001193"}, {**UNIT, "key": "procedure"}, "vi") == "1.001193", "a code"
    assert value({"ratio": "26.77"}, RATIO, "vi") == "26,77 %"
    assert value(row, UNIT, "en") == "Department"


def test_only_figures_that_have_a_list_lead_to_one() -> None:
    period = Period.of({"from": "2025-01-15", "to": "2025-03-10"})

    whole = {"from": "2025-01-15", "to": "2025-03-10"}

    def leads(name: str, by: list[str], row: dict[str, str], key: str) -> dict[str, str] | None:
        address = leads_to(name, by, row, key, period)
        path, _, words = (address or "").partition("?")
        assert path in {"", "/figures/legs" if name == "flows" else "/figures/dossiers"}
        return dict(parse_qsl(words, keep_blank_values=True)) if address else None

    assert leads("online", ["unit"], {"unit": "x"}, "resolved") == {
        **whole,
        "figure": "resolved",
        "unit": "x",
    }
    assert leads("resolution", [], {}, "resolved_late") == {**whole, "figure": "resolved_late"}
    between = {"from": "", "to": "H47.01", "direction": "desk"}
    handed = {"giver": "", "taker": "H47.01", "direction": "desk", "by": "agency", "figure": "waiting"}
    assert leads("flows", [], between, "waiting") == {**whole, **handed}
    assert leads("flows", [], between, "median") is None
    assert leads("flows", [], {}, "legs") is None, "the sum is of many"
    january = {"figure": "resolved_late", "from": "2025-01-15", "to": "2025-01-31"}
    assert leads("resolution", ["month"], {"month": "2025-01"}, "resolved_late") == january
    assert leads("resolution", ["channel"], {"channel": "post"}, "resolved_late") is None
    assert leads("adoption", ["unit"], {"unit": "x"}, "received") is None
    assert leads("online", ["unit"], {"unit": "x"}, "ratio_resolved") is None
