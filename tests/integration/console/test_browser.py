"""The console in a real browser: what a person does there, by mouse and keyboard."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from selenium import webdriver
from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

from deploy.console.app import Console
from tests.fixtures.doors import System
from tests.integration.console.conftest import CONNECTED
from tests.integration.console.test_acting import state

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
MISSING = not (CHROMIUM and DRIVER) and not os.environ.get("CI")

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(
        MISSING, reason="needs chromium and chromedriver (packages chromium, chromium-driver)"
    ),
    pytest.mark.filterwarnings("ignore::ResourceWarning:selenium.*"),
]


class Silent(WSGIRequestHandler):
    """Says nothing of requests."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        pass


@pytest.fixture
def address(console: Console) -> Iterator[str]:
    """Where the console is."""
    with make_server("127.0.0.1", 0, console, handler_class=Silent) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def page() -> Iterator[webdriver.Chrome]:
    """A browser without a screen."""
    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for word in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--lang=vi"):
        options.add_argument(word)
    page = webdriver.Chrome(options=options, service=webdriver.ChromeService(str(DRIVER)))
    page.implicitly_wait(10)
    yield page
    page.quit()


def press(page: webdriver.Chrome, text: str) -> None:
    page.find_element(By.XPATH, f"//button[normalize-space()='{text}']").click()


def sees(page: webdriver.Chrome, text: str) -> bool:
    """Wait until the page shows a text; raises TimeoutException."""
    gone = (NoSuchElementException, StaleElementReferenceException)
    waiting = WebDriverWait(page, 15, ignored_exceptions=gone)
    return bool(waiting.until(lambda it: text in it.find_element(By.TAG_NAME, "main").text))


def test_an_operator_s_morning(
    page: webdriver.Chrome, address: str, province: System, parked: str, code: str
) -> None:
    page.get(address)
    token = province.caller("administrator").token or ""
    page.switch_to.active_element.send_keys(token, Keys.ENTER)
    assert sees(page, "Tổng quan")

    page.find_element(By.LINK_TEXT, "Để riêng").click()
    assert sees(page, parked)
    page.find_element(By.TAG_NAME, "summary").click()
    assert sees(page, "lienthong.agency.leg-hand-over")
    press(page, "Gửi lại")
    assert state(province, parked) == "parked", "the browser asks for the reason first"
    page.find_element(By.NAME, "reason").send_keys("Hệ thống đã sửa", Keys.ENTER)
    assert sees(page, "Sẽ gửi lại")
    assert state(province, parked) == "sent"

    page.find_element(By.LINK_TEXT, "Gửi lại").click()
    page.find_element(By.ID, "agency").send_keys(CONNECTED["agency"], Keys.ENTER)
    assert sees(page, "Sẽ gửi")
    page.find_element(By.ID, "reason").send_keys("Mất dữ liệu", Keys.ENTER)
    assert sees(page, "Mất dữ liệu")

    page.find_element(By.LINK_TEXT, "Hồ sơ").click()
    page.find_element(By.ID, "code").send_keys(code, Keys.ENTER)
    assert sees(page, "Tiếp nhận hồ sơ")
    page.find_element(By.PARTIAL_LINK_TEXT, "do việc số").click()
    assert "#e" in page.current_url

    page.find_element(By.LINK_TEXT, "English").click()
    assert sees(page, "Timeline of a dossier")
    press(page, "Sign out")
    assert sees(page, "Access token")
    page.get(f"{address}/parked")
    assert page.current_url.endswith("/sign-in")


def test_pages_are_wide_enough_on_a_phone_and_run_no_script(page: webdriver.Chrome, address: str) -> None:
    page.set_window_size(400, 800)
    page.get(f"{address}/sign-in")
    wider = "return document.documentElement.scrollWidth > window.innerWidth"
    assert page.execute_script(wider) is False
    assert page.execute_script("return document.scripts.length") == 0
    said = page.get_log("browser")  # type: ignore[no-untyped-call]
    assert [entry for entry in said if entry["level"] == "SEVERE"] == []
