"""Figures that change while somebody looks, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

from tests.builders.doors import DESK, submission
from tests.fixtures.doors import System, taken
from tests.integration.console.serving import Serving
from tests.integration.console.test_browser import (
    ALONE,
    CHROMIUM,
    DRIVER,
    MISSING,
    WORDS_FOR_CHROMIUM,
    address,
    page,
    press,
    sees,
    serving,
)
from tests.integration.console.test_figures_browser import WORDS

__all__ = ["address", "page", "serving"]

pytestmark = [
    pytest.mark.integration,
    pytest.mark.timeout(120),
    pytest.mark.skipif(MISSING or not (CHROMIUM and DRIVER), reason="needs chromium and chromedriver"),
    pytest.mark.filterwarnings("ignore::ResourceWarning:selenium.*"),
]


def receive(province: System) -> None:
    """Have somebody receive one more dossier."""
    officer = province.caller("receiving_officer", DESK)
    taken(officer.post("intake", "/v1/submissions", submission()))


def received(page: webdriver.Chrome) -> int:
    """Return the headline: how many were received."""
    text = page.execute_script("return document.querySelector('.figure .value').textContent")
    return int(str(text).strip().replace(".", ""))


def until(page: webdriver.Chrome, condition: Any) -> None:
    WebDriverWait(page, 30).until(condition)


def open_figures(page: webdriver.Chrome, address: str, province: System, **more: str) -> None:
    page.get(address)
    page.switch_to.active_element.send_keys(province.caller("auditor").token or "", Keys.ENTER)
    assert sees(page, "Tổng quan")
    words = "".join(f"&{name}={value}" for name, value in more.items())
    page.get(f"{address}/figures?{WORDS}{words}")


@pytest.mark.usefixtures("code")
def test_figures_change_without_a_reload_also_after_the_console_was_away(
    page: webdriver.Chrome, serving: Serving, province: System
) -> None:
    open_figures(page, serving.address, province)
    assert sees(page, "Đang tự cập nhật.")
    page.execute_script("window.still = true; document.querySelector('.tile').focus()")
    before = received(page)
    receive(province)
    until(page, lambda it: received(it) == before + 1)
    assert page.execute_script("return window.still"), "the page was not loaded again"
    assert page.execute_script("return document.activeElement.className").startswith("tile"), (
        "nobody is moved"
    )

    serving.stop()
    assert sees(page, "Mất liên lạc")
    receive(province)
    serving.start()
    until(page, lambda it: received(it) == before + 2)
    assert sees(page, "Đang tự cập nhật.")
    assert page.execute_script("return window.still")

    press(page, "Dừng cập nhật")
    assert sees(page, "Đã dừng cập nhật.")
    press(page, "Tiếp tục")
    assert sees(page, "Đang tự cập nhật.")


@pytest.mark.usefixtures("code")
def test_as_of_a_moment_nothing_moves(page: webdriver.Chrome, address: str, province: System) -> None:
    open_figures(page, address, province, as_of="2090-01-01T00:00")
    assert sees(page, "Số liệu tính đến")
    assert page.execute_script("return document.scripts.length") == 0


@pytest.fixture
def plain_page() -> Iterator[webdriver.Chrome]:
    """A browser that runs no scripts."""
    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for word in (*WORDS_FOR_CHROMIUM, ALONE):
        options.add_argument(word)
    forbidden = {"profile.managed_default_content_settings.javascript": 2}
    options.add_experimental_option("prefs", forbidden)
    page = webdriver.Chrome(options=options, service=webdriver.ChromeService(str(DRIVER)))
    page.implicitly_wait(10)
    yield page
    page.quit()


@pytest.mark.usefixtures("code")
def test_without_scripts_the_page_loads_itself_again(
    plain_page: webdriver.Chrome, address: str, province: System
) -> None:
    page = plain_page
    page.get(f"{address}/sign-in")
    page.find_element(By.NAME, "token").send_keys(province.caller("auditor").token or "", Keys.ENTER)
    assert sees(page, "Tổng quan")
    page.get(f"{address}/figures?{WORDS}")
    assert page.find_elements(By.CSS_SELECTOR, "[data-live-pause]")[0].is_displayed() is False
    page.find_element(By.PARTIAL_LINK_TEXT, "Tự tải lại").click()
    assert sees(page, "Số liệu tính đến")
    found = page.find_element(By.CSS_SELECTOR, "noscript meta[http-equiv=refresh], meta[http-equiv=refresh]")
    assert found.get_attribute("content") == "15"
