"""The dashboard: figures as statistics says them, and dossiers as far as the doors let somebody."""

from __future__ import annotations

import html
import re
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

import pytest
from werkzeug.test import Client, TestResponse

from deploy.console.pages.figures import in_order, matrix
from deploy.console.pages.live import passed_on
from deploy.console.pages.measuring import heat, tone
from deploy.console.periods import Period
from shared.clock import VIETNAM, SystemClock
from tests.builders.doors import BIRTH, DESK, OTHER_DESK, agency, submission
from tests.fixtures.doors import System, taken, wait_for
from tests.integration.console.conftest import AGENCY

pytestmark = pytest.mark.integration

TODAY = SystemClock().now().astimezone(VIETNAM).date()
YEARS = {"from": f"{TODAY.year - 1}-01-01", "to": f"{TODAY.year}-12-31"}
PAGES = ("/figures", f"/figures/units/{AGENCY}", "/figures/procedures", "/figures/dossiers", "/figures/legs")


@pytest.fixture
def signed_in(browser: Client, sign_in: Any, code: str) -> Client:
    sign_in()
    return browser


def show(browser: Client, path: str, **words: str) -> TestResponse:
    return browser.get(f"{path}?{urlencode({**YEARS, **words})}")


def words_of(page: TestResponse) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.get_data(as_text=True)).split())


def test_a_number_leads_to_its_unit_its_dossiers_and_their_events(signed_in: Client, code: str) -> None:
    page = show(signed_in, "/figures")
    assert page.status_code == 200
    assert f"/figures/units/{AGENCY}" in page.get_data(as_text=True)
    unit = show(signed_in, f"/figures/units/{AGENCY}")
    assert "Chi cục &lt;b&gt;Thuế&lt;/b&gt;" in unit.get_data(as_text=True), "names are no markup"
    listed = show(signed_in, "/figures/dossiers", figure="received_in_period", unit=AGENCY)
    assert code in words_of(listed)
    assert "received_in_period" not in words_of(listed), "a figure is named in words"
    assert f'href="/dossiers?code={code}"' in listed.get_data(as_text=True)
    assert "Tiếp nhận hồ sơ" in words_of(signed_in.get("/dossiers", query_string={"code": code}))
    assert code not in words_of(show(signed_in, "/figures/dossiers", figure="resolved_late"))


@pytest.mark.parametrize("by", ["agency", "unit", "level"])
def test_hand_overs_and_waits_lead_to_their_legs_and_dossiers(signed_in: Client, code: str, by: str) -> None:
    procedure = {"procedure": BIRTH}
    for page in ("/figures", "/figures/reports/flows"):
        assert "/figures/legs?" in show(signed_in, page, **procedure).get_data(as_text=True)
    report = show(signed_in, "/figures/reports/flows", by=by, **procedure).get_data(as_text=True)
    links = [html.unescape(link) for link in re.findall(r'href="(/figures/legs\?[^"]+)">', report)]
    assert links
    seen = False
    for link in links:
        listed = signed_in.get(link)
        assert listed.status_code == 200
        seen = seen or code in words_of(listed)
    assert seen
    assert "unknown-figure" in words_of(show(signed_in, "/figures/legs", figure="x"))


def test_who_is_not_of_operations_sees_the_legs_of_its_own_alone(
    browser: Client, province: System, code: str
) -> None:
    for whose, seen in ((AGENCY, True), (OTHER_DESK, False)):
        browser.post("/sign-in", data={"token": province.caller("desk_head", whose).token})
        assert (code in words_of(show(browser, "/figures/legs"))) is seen
        browser.delete_cookie("lienthong-console")


def test_the_chart_is_a_picture_that_runs_nothing(signed_in: Client) -> None:
    picture = show(signed_in, "/figures/months.svg", unit=AGENCY)
    assert picture.content_type == "image/svg+xml"
    assert "script-src" not in picture.headers["Content-Security-Policy"]
    assert picture.headers["Content-Security-Policy"].startswith("default-src 'none'")
    text = picture.get_data(as_text=True)
    assert "<script" not in text
    assert "Tiếp nhận" in text
    assert "Received" in show(signed_in, "/figures/months.svg", language="en").get_data(as_text=True)


@pytest.mark.parametrize("role", ["agency", "desk_head", "receiving_officer"])
def test_who_is_not_of_operations_sees_figures_alone(
    browser: Client, province: System, code: str, role: str
) -> None:
    for whose, seen in ((AGENCY, True), (DESK, True), (OTHER_DESK, False)):
        token = province.caller(role, whose).token
        browser.post("/sign-in", data={"token": token})
        assert browser.get("/").headers["Location"] == "/figures"
        assert browser.get("/replays").headers["Location"] == "/figures"
        page = show(browser, "/figures")
        assert page.status_code == 200
        assert "Gửi lại" not in words_of(page)
        listed = show(browser, "/figures/dossiers", figure="received_in_period")
        assert (code in words_of(listed)) is seen
        timeline = words_of(browser.get("/dossiers", query_string={"code": code}))
        assert ("Tiếp nhận hồ sơ" in timeline) is seen
        assert ("forbidden" in timeline) is not seen
        browser.delete_cookie("lienthong-console")


def test_nothing_is_said_to_be_nothing(signed_in: Client) -> None:
    long_ago = {"from": "2001-01-01", "to": "2001-12-31"}
    assert "Không có số liệu" in words_of(show(signed_in, "/figures", **long_ago))
    assert "100,00" not in words_of(show(signed_in, "/figures", **long_ago))
    assert show(signed_in, "/figures/units/H47.77").status_code == 404


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"from": f"{TODAY.year}-12-31", "to": f"{TODAY.year}-01-01"}, "period-invalid"),
        ({"from": "2090-01-01", "to": "2090-12-31"}, "period-not-begun"),
    ],
    ids=["the wrong way round", "to come"],
)
def test_a_period_that_makes_no_sense_is_refused_in_words(
    signed_in: Client, path: str, wrong: dict[str, str], code: str
) -> None:
    page = show(signed_in, path, **wrong)
    assert page.status_code == 422
    assert code in words_of(page)


@pytest.mark.parametrize("path", PAGES)
def test_words_that_are_none_change_nothing(signed_in: Client, path: str) -> None:
    odd = {"from": "hôm qua", "to": "<script>", "as_of": "mai", "skip": "x", "measure": "x", "live": "1"}
    page = signed_in.get(f"{path}?{urlencode(odd)}")
    assert page.status_code in {200, 404, 422}
    assert "<script>" not in page.get_data(as_text=True)


def test_tones_and_heat_have_steps() -> None:
    steps = (98, 95, 90, 80)
    assert [tone(share, steps) for share in (None, "98.00", "97.99", "90.00", "79.99", "0.00")] == [
        "none",
        "1",
        "2",
        "3",
        "5",
        "5",
    ]
    assert [heat(minutes) for minutes in (None, 59, 60, 120, 240, 480)] == [0, 0, 1, 2, 3, 4]


COMMUNE, NEIGHBOUR, DISTRICT = "X47.01", "X47.02", "D47.01"


@pytest.fixture(scope="module")
def of_commune(province: System) -> str:
    """The code of a dossier that a commune received, whose district has another commune besides."""
    commune = {"level": "commune", "kind": "one-stop", "parent": DISTRICT}
    agencies = [
        agency(DISTRICT, level="district", kind="one-stop", area="QNA.DB"),
        agency(COMMUNE, **commune, area="QNA.DB.01"),
        agency(NEIGHBOUR, **commune, area="QNA.DB.02"),
    ]
    taken(province.caller("administrator").put("routing", "/v1/reference", {"agencies": agencies}))
    province.settle()
    officer = province.caller("receiving_officer", COMMUNE)
    answer = taken(officer.post("intake", "/v1/submissions", submission(desk=COMMUNE, area="QNA.DB.01")))
    province.settle()
    return str(answer["code"])


@pytest.mark.parametrize(
    ("whose", "seen"),
    [(COMMUNE, True), (DISTRICT, True), (NEIGHBOUR, False), (OTHER_DESK, False)],
    ids=["its own", "its district", "its neighbour", "another district"],
)
def test_a_commune_sees_its_own_dossiers_and_its_district_those_of_its_communes(
    browser: Client, province: System, of_commune: str, code: str, whose: str, seen: bool
) -> None:
    browser.post("/sign-in", data={"token": province.caller("agency", whose).token})
    for figure in ("received_total", "received_in_period", "all"):
        listed = words_of(show(browser, "/figures/dossiers", figure=figure))
        assert (of_commune in listed) is seen
        assert code not in listed, "of a desk of another district"
    timeline = words_of(browser.get("/dossiers", query_string={"code": of_commune}))
    assert ("Tiếp nhận hồ sơ" in timeline) is seen
    assert ("forbidden" in timeline) is not seen
    assert show(browser, "/figures").status_code == 200, "sums are for all"
    assert browser.get("/rebuild").headers["Location"] == "/figures"


def test_a_level_a_procedure_and_a_period_are_kept_on_the_way_down(signed_in: Client, code: str) -> None:
    year = str(TODAY.year)
    words = {"period": year, "procedure": BIRTH, "as_of": ""}
    page = signed_in.get("/figures/levels/vertical", query_string=words)
    text = page.get_data(as_text=True)
    assert page.status_code == 200
    unit = f"/figures/units/{AGENCY}?period={year}&amp;procedure={BIRTH}"
    assert unit in text
    assert (
        f"/figures/dossiers?period={year}&amp;procedure={BIRTH}&amp;figure=received_total&amp;level=vertical"
        in text
    )
    listed = signed_in.get(
        "/figures/dossiers",
        query_string={**words, "figure": "received_total", "level": "vertical"},
    )
    assert code in words_of(listed)
    other = signed_in.get("/figures/levels/vertical", query_string={**words, "procedure": "9.999"})
    assert "Không có số liệu" in words_of(other)
    assert signed_in.get("/figures/levels/moon").status_code == 404


def test_choosing_leads_to_the_place_and_keeps_the_time(signed_in: Client) -> None:
    chosen = {"unit": AGENCY, "level": "commune", "procedure": BIRTH, "period": "2023-Q4"}
    led = signed_in.get("/figures/choose", query_string=chosen).headers["Location"]
    assert led == f"/figures/units/{AGENCY}?period=2023-Q4&procedure={BIRTH}"
    led = signed_in.get("/figures/choose", query_string={**chosen, "unit": ""}).headers["Location"]
    assert led == f"/figures/levels/commune?period=2023-Q4&procedure={BIRTH}"
    led = signed_in.get("/figures/choose", query_string={"unit": "//evil.example/"}).headers["Location"]
    assert led.startswith("/figures/units/%2F%2Fevil.example%2F?")


@pytest.mark.parametrize(
    ("words", "first", "last", "named"),
    [
        ({"period": "2023-Q4"}, "2023-10-01", "2023-12-31", "Quý IV năm 2023"),
        ({"year": "2023", "part": "H1"}, "2023-01-01", "2023-06-30", "6 tháng đầu năm 2023"),
        ({"year": "2023", "part": "02"}, "2023-02-01", "2023-02-28", "Tháng 02/2023"),
        ({"year": "2023", "part": ""}, "2023-01-01", "2023-12-31", "Năm 2023"),
        ({"from": "2023-01-01", "to": "2023-11-15"}, "2023-01-01", "2023-11-15", "01/01/2023 – 15/11/2023"),
        ({"period": "2023-Q9"}, f"{TODAY.year}-01-01", f"{TODAY.year}-12-31", f"Năm {TODAY.year}"),
        ({"year": "<b>", "part": "H1"}, f"{TODAY.year}-01-01", f"{TODAY.year}-12-31", f"Năm {TODAY.year}"),
    ],
)
def test_a_period_is_chosen_in_words_or_by_days(
    words: dict[str, str], first: str, last: str, named: str
) -> None:
    period = Period.of(words)
    assert (period.query["from"], period.query["to"]) == (first, last)
    assert period.name("vi") == named


def test_where_nothing_is_known_years_with_data_are_offered(signed_in: Client) -> None:
    page = signed_in.get("/figures", query_string={"period": "2001"})
    assert f"/figures?period={TODAY.year}" in page.get_data(as_text=True)


def test_hand_overs_between_levels_make_a_table() -> None:
    def row(source: str, target: str, legs: int, median: int | None) -> dict[str, Any]:
        names = {"from": {"vi": source, "en": source}}
        return {"from": source, "to": target, "legs": legs, "median": median, "names": names}

    found = matrix([row("commune", "province", 5, 500), row("", "commune", 9, None)])
    assert [one for one, _names in found["down"]] == ["", "commune"]
    assert [one for one, _names in found["along"]] == ["province", "commune"]
    assert found["cells"]["commune", "province"]["heat"] == 4
    assert found["cells"]["", "commune"]["heat"] == 0


def test_the_flow_between_levels_is_drawn(signed_in: Client) -> None:
    picture = show(signed_in, "/figures/flows.svg").get_data(as_text=True)
    assert "Cơ quan ngành dọc" in picture
    assert "<script" not in picture


def test_a_feed_is_of_a_report_and_for_whoever_is_signed_in(browser: Client, sign_in: Any) -> None:
    assert browser.get("/figures/feeds/resolution").headers["Location"] == "/sign-in"
    sign_in("auditor")
    assert browser.get("/figures/feeds/moon").status_code == 404


def test_a_rebuild_is_begun_and_watched_by_whom_it_concerns(signed_in: Client) -> None:
    page = signed_in.get("/rebuild").get_data(as_text=True)
    csrf = re.findall(r'name="csrf" value="([^"]+)"', page)[-1]
    assert signed_in.post("/rebuild/begin", data={"csrf": csrf}).status_code == 303

    def ended() -> list[str]:
        text = signed_in.get("/rebuild").get_data(as_text=True)
        return [] if "đang dựng lại" in text else [text]

    (page,) = wait_for(ended)
    assert "đã thay" in page
    assert "giống hệt" in page
    assert "<progress" in page


def test_an_auditor_watches_a_rebuild_and_begins_none(browser: Client, sign_in: Any) -> None:
    sign_in("auditor")
    assert "/rebuild/begin" not in browser.get("/rebuild").get_data(as_text=True)


def test_equals_share_a_place_and_who_has_no_data_has_none() -> None:
    units = [
        {"unit": unit, "share": share, "received_total": 1}
        for unit, share in (("a", None), ("b", "9.50"), ("c", "100.00"), ("d", "100.00"))
    ]
    assert [(one["unit"], one["place"]) for one in in_order(units)] == [
        ("c", 1),
        ("d", 1),
        ("b", 3),
        ("a", None),
    ]


def test_a_feed_passes_on_no_figures_and_ends_with_the_session() -> None:
    told = b'id: 7\nevent: resolution\ndata: {"rows": [46735]}\n\n: still here\n\n'
    expected = [b"id: 7\nevent: figures\ndata: changed\n\n", b": still here\n\n"]
    assert list(passed_on(lambda: True, BytesIO(told))) == expected
    lasts = iter([True, True, True, False]).__next__
    assert list(passed_on(lasts, BytesIO(told))) == expected[:1]
