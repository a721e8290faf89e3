"""The console: who comes in, what pages say, and what a forged or stale form can do: nothing."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from werkzeug.test import Client, TestResponse

from deploy.console.app import Console
from deploy.console.sessions import IDLE_SECONDS, TRIES, TRIES_SECONDS, WHOLE_SECONDS
from tests.fixtures.doors import System
from tests.integration.console.conftest import Clock

pytestmark = pytest.mark.integration

SignIn = Callable[..., TestResponse]


def test_nobody_sees_a_page_without_signing_in(browser: Client) -> None:
    for address in ("/", "/agencies", "/agencies/H47.99", "/dossiers?code=x"):
        answer = browser.get(address)
        assert (answer.status_code, answer.location) == (303, "/sign-in")


def test_whoever_signs_in_sees_how_the_services_are(browser: Client, sign_in: SignIn) -> None:
    answer = sign_in()
    assert (answer.status_code, answer.location) == (303, "/")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    page = browser.get("/").text
    for name in ("Tiếp nhận", "Luân chuyển", "Xử lý", "Thống kê"):
        assert name in page
    assert "Các dịch vụ đều chạy" in page


def test_behind_tls_cookies_travel_over_tls_alone(province: System) -> None:
    browser = Client(Console(province.urls, secure=True))
    answer = browser.post("/sign-in", data={"token": province.caller("auditor").token})
    assert "Secure" in answer.headers["Set-Cookie"]


@pytest.mark.parametrize("token", ["", "x", "ế", "a\nb", "x" * 5000])
def test_a_wrong_token_is_said_to_be_wrong(sign_in: SignIn, token: str) -> None:
    answer = sign_in(token=token)
    assert answer.status_code == 403
    assert "Mã truy cập không đúng" in answer.text


@pytest.mark.parametrize("role", ["procedure_control", "applicant", "historian"])
def test_others_have_no_business_here(browser: Client, sign_in: SignIn, role: str) -> None:
    assert sign_in(role).status_code == 403
    assert browser.get("/").location == "/sign-in"


def test_guessing_is_stopped_and_forgotten_again(sign_in: SignIn, clock: Clock) -> None:
    for _ in range(TRIES):
        assert sign_in(token="guess").status_code == 403
    assert sign_in().status_code == 429
    clock.now += TRIES_SECONDS + 1
    assert sign_in().status_code == 303


def test_a_session_that_nobody_uses_ends(browser: Client, sign_in: SignIn, clock: Clock) -> None:
    sign_in()
    clock.now += IDLE_SECONDS
    assert browser.get("/dossiers").status_code == 200
    clock.now += IDLE_SECONDS + 1
    assert browser.get("/dossiers").location == "/sign-in"


def test_a_session_ends_with_the_working_day(browser: Client, sign_in: SignIn, clock: Clock) -> None:
    sign_in()
    while clock.now + IDLE_SECONDS <= WHOLE_SECONDS:
        clock.now += IDLE_SECONDS
        assert browser.get("/dossiers").status_code == 200
    clock.now = WHOLE_SECONDS + 1
    assert browser.get("/dossiers").location == "/sign-in"


def test_signing_out_needs_the_session_s_own_form(browser: Client, sign_in: SignIn) -> None:
    sign_in()
    for forged in ({}, {"csrf": "x"}, {"csrf": ""}):
        assert browser.post("/sign-out", data=forged).status_code == 403
    assert browser.get("/sign-out").status_code == 405
    page = browser.get("/").text
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found
    assert browser.post("/sign-out", data={"csrf": found[1]}).location == "/sign-in"
    assert browser.get("/").location == "/sign-in"


def test_a_dossier_s_way_is_told_with_causes_and_without_people(
    browser: Client, sign_in: SignIn, code: str
) -> None:
    sign_in()
    page = browser.get(f"/dossiers?code={code}").text
    assert "Tiếp nhận hồ sơ" in page
    assert re.search(r'<a href="#e\d+">do việc số', page)
    assert "Nguyễn" not in page.split("<main", 1)[1]


def test_a_code_that_is_not_there_is_said_in_both_languages(browser: Client, sign_in: SignIn) -> None:
    sign_in()
    for code in ("<script>alert(1)<", "<script>alert(1)</script>", "../../health", "%00", "x" * 100):
        answer = browser.get("/dossiers", query_string={"code": code})
        assert answer.status_code == 404
        assert "Không" in answer.text
        assert "<script>" not in answer.text
    browser.get("/language/en?back=/dossiers")
    assert "was not found" in browser.get("/dossiers?code=x").text


def test_agencies_and_their_accounts_are_shown_as_text(browser: Client, sign_in: SignIn) -> None:
    sign_in()
    page = browser.get("/agencies").text
    assert "Chi cục &lt;b&gt;Thuế&lt;/b&gt;" in page
    assert "lienthong agency enrol H47.99" in browser.get("/agencies/H47.99").text
    assert browser.get("/agencies/nobody").status_code == 404
    assert browser.get("/nothing").status_code == 404


@pytest.mark.parametrize(
    "back",
    ["//evil.example", "https://evil.example", "/\\evil.example", "/\t/evil.example", "/\n/x", "/\r\nX: y"],
)
def test_the_language_switch_leads_nowhere_else(browser: Client, back: str) -> None:
    assert browser.get("/language/en", query_string={"back": back}).location == "/"
    assert browser.get("/language/de").status_code == 404


def test_pages_run_no_scripts_and_stand_in_no_frame(browser: Client) -> None:
    answer = browser.get("/sign-in")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Cache-Control"] == "no-store"
    with browser.get("/static/console.css") as style:
        assert style.status_code == 200
    assert browser.get("/static/../app.py").status_code == 404


def test_a_service_that_is_away_is_named(browser: Client, sign_in: SignIn, console: Console) -> None:
    sign_in()
    console._urls = {**console._urls, "routing": "http://127.0.0.1:9", "statistics": "http://127.0.0.1:9"}
    page = browser.get("/").text
    assert "Cần người xem" in page
    assert "không liên lạc được" in page
    assert browser.get("/agencies").status_code == 503


def test_what_operations_was_reminded_of_stands_on_the_first_page_with_whom_to_reach(
    browser: Client, sign_in: SignIn, code: str, request: pytest.FixtureRequest
) -> None:
    sign_in("auditor")
    heading = "Công đoạn đã nhắc đến bộ phận vận hành"
    assert heading not in browser.get("/").text
    request.getfixturevalue("reminded")
    page = browser.get("/").text
    assert "có việc cần xem" in page
    shown = page[page.index(heading) :]
    for part in (code, "/agencies/H47.99", "chưa nhận bàn giao", "Tổ &lt;i&gt;CNTT&lt;/i&gt;, 0235 3810 000"):
        assert part in shown
    assert "Tổ &lt;i&gt;CNTT&lt;/i&gt;, 0235 3810 000" in browser.get("/agencies/H47.99").text
