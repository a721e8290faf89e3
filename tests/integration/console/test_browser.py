"""The console in a real browser: what a person does there, by mouse and keyboard."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from selenium import webdriver
from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

from deploy.console.app import Console
from tests.fixtures.doors import System, taken
from tests.integration.console.conftest import CONNECTED
from tests.integration.console.serving import Serving
from tests.integration.console.test_acting import state

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
MISSING = not (CHROMIUM and DRIVER) and not os.environ.get("CI")

WORDS_FOR_CHROMIUM = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--lang=vi",
)
ALONE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
"""No name in the world leads anywhere: pages have the service and nothing else."""

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(
        MISSING, reason="needs chromium and chromedriver (packages chromium, chromium-driver)"
    ),
    pytest.mark.filterwarnings("ignore::ResourceWarning:selenium.*"),
]


@pytest.fixture
def serving(console: Console) -> Iterator[Serving]:
    """The console, for browsers."""
    serving = Serving(console)
    yield serving
    serving.stop()


@pytest.fixture
def address(serving: Serving) -> str:
    """Where the console is."""
    return serving.address


@pytest.fixture
def page() -> Iterator[webdriver.Chrome]:
    """A browser without a screen."""
    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for word in (*WORDS_FOR_CHROMIUM, ALONE):
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


def test_an_auditor_reads_everything_and_finds_nothing_to_press(
    page: webdriver.Chrome, address: str, province: System, parked: str, code: str
) -> None:
    administrator = province.caller("administrator")
    asked = {"agency": CONNECTED["agency"], "reason": "Kiểm tra viên xem"}
    taken(administrator.post("processing", "/v1/replays", asked))
    page.get(address)
    token = province.caller("auditor").token or ""
    page.switch_to.active_element.send_keys(token, Keys.ENTER)
    assert sees(page, "Tổng quan")

    page.find_element(By.LINK_TEXT, "Gửi lại").click()
    assert sees(page, "Kiểm tra viên xem")
    assert pressable(page) == []
    page.find_element(By.CSS_SELECTOR, "table a").click()
    assert sees(page, "Kiểm tra viên xem")
    assert pressable(page) == []
    page.find_element(By.LINK_TEXT, "Để riêng").click()
    assert sees(page, parked)
    assert pressable(page) == ["Lọc"]

    page.find_element(By.LINK_TEXT, "Hồ sơ").click()
    page.find_element(By.ID, "code").send_keys(code, Keys.ENTER)
    assert sees(page, "Tiếp nhận hồ sơ")
    assert sees(page, "do việc số")
    assert pressable(page) == ["Xem"]


def pressable(page: webdriver.Chrome) -> list[str]:
    """Return what the page itself offers to press, beside what every page does."""
    page.implicitly_wait(0)
    found = [button.text for button in page.find_elements(By.CSS_SELECTOR, "main button")]
    page.implicitly_wait(10)
    return found


def test_pages_are_wide_enough_on_a_phone_and_run_no_script(page: webdriver.Chrome, address: str) -> None:
    page.set_window_size(400, 800)
    page.get(f"{address}/sign-in")
    wider = "return document.documentElement.scrollWidth > window.innerWidth"
    assert page.execute_script(wider) is False
    assert page.execute_script("return document.scripts.length") == 0
    said = page.get_log("browser")  # type: ignore[no-untyped-call]
    assert [entry for entry in said if entry["level"] == "SEVERE"] == []
