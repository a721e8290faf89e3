"""The dashboard in a real browser: by keyboard, on a phone, by the rules of accessibility."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from deploy.console.app import rules
from tests.fixtures.doors import System
from tests.integration.connectors.building import node_packages
from tests.integration.console.conftest import AGENCY
from tests.integration.console.test_browser import CHROMIUM, DRIVER, MISSING, address, page, sees, serving
from tests.integration.console.test_figures import YEARS

__all__ = ["address", "page", "serving"]

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(MISSING or not (CHROMIUM and DRIVER), reason="needs chromium and chromedriver"),
    pytest.mark.filterwarnings("ignore::ResourceWarning:selenium.*"),
]

WORDS = "&".join(f"{name}={value}" for name, value in YEARS.items())
EXAMPLES = {
    "/figures/levels/<level>": "/figures/levels/province",
    "/figures/units/<name>": f"/figures/units/{AGENCY}",
    "/figures/reports/<name>": "/figures/reports/online",
    "/agencies/<name>": f"/agencies/{AGENCY}",
    "/unhandled/<service>": "/unhandled/statistics",
    "/dossiers": "/dossiers?code={code}",
}
"""An address for each rule that has variables, and for a page that shows more when it is asked for something."""
NO_PAGES = (
    "/figures/months.svg",
    "/figures/flows.svg",
    "/figures/feeds/<name>",
    "/figures/choose",
    "/language/<language>",
)
FILES_AND_ACTS = ("/figures/reports/<name>/<kind>", "/replays/preview", "/replays/<replay>")
"""What is no page of its own, or has one only once there is a replay."""
LOOKED_AT = [
    EXAMPLES.get(rule, rule)
    for rule, methods in rules()
    if methods == ["GET"] and rule not in (*NO_PAGES, *FILES_AND_ACTS)
]
AXE = Path(__file__).with_name("accessibility")


@pytest.fixture(scope="module")
def axe() -> str:
    """The rules, as a script that only the test runs."""
    return (node_packages(AXE) / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")


def faults(page: webdriver.Chrome, axe: str) -> list[tuple[str, list[Any]]]:
    """Return which rules a page breaks seriously, and where."""
    page.execute_script(axe)
    found = page.execute_async_script(
        "const done = arguments[arguments.length - 1]; axe.run(document).then(r => done(r.violations))"
    )
    return [
        (one["id"], [node["html"][:200] for node in one["nodes"]])
        for one in found
        if one["impact"] in {"serious", "critical"}
    ]


def narrow(page: webdriver.Chrome, width: int) -> None:
    """Make the page as wide as a device: windows themselves cannot be as narrow as phones."""
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    page.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


def test_every_page_fits_a_phone_asks_nobody_else_and_breaks_no_rule_of_accessibility(
    page: webdriver.Chrome, address: str, province: System, axe: str, code: str
) -> None:
    page.get(address)
    assert faults(page, axe) == [], "signing in"
    page.switch_to.active_element.send_keys(province.caller("administrator").token or "", Keys.ENTER)
    assert sees(page, "Tổng quan")
    for path in LOOKED_AT:
        path = path.format(code=code)  # noqa: PLW2901 - the address itself
        page.get(f"{address}{path}?{WORDS}" if path.startswith("/figures") else f"{address}{path}")
        scripts = page.execute_script("return [...document.scripts].map(one => one.getAttribute('src'))")
        assert scripts in ([], ["/static/live.js"]), path
        assert scripts == [] or path.startswith("/figures"), "who acts acts without scripts"
        asked = page.execute_script("return performance.getEntriesByType('resource').map(one => one.name)")
        assert [one for one in asked if not one.startswith(address)] == [], path
        assert not page.title.startswith("Không được"), path
        assert faults(page, axe) == [], path
        narrow(page, 360)
        wide = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.execute_script(wide) <= 0, path
        narrow(page, 1440)
    page.get(f"{address}/language/en?back=/figures")
    assert sees(page, "The province in figures")
    assert faults(page, axe) == []
    said = page.get_log("browser")  # type: ignore[no-untyped-call]
    assert [entry for entry in said if entry["level"] == "SEVERE"] == []


@pytest.mark.usefixtures("code")
def test_on_paper_stand_figures_and_nothing_to_press(
    page: webdriver.Chrome, address: str, province: System
) -> None:
    page.get(address)
    page.switch_to.active_element.send_keys(province.caller("auditor").token or "", Keys.ENTER)
    assert sees(page, "Tổng quan")
    page.get(f"{address}/figures?{WORDS}")
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    shown = "return [...document.querySelectorAll(arguments[0])].filter(one => one.offsetHeight).length"
    for what in (".bar", "form", ".quick", "button"):
        assert page.execute_script(shown, what) == 0, what
    for what in (".figure", ".tile", ".chart img", "table.heat"):
        assert page.execute_script(shown, what) > 0, what
    paper = page.execute_cdp_cmd("Page.printToPDF", {"paperWidth": 8.27, "paperHeight": 11.69})
    assert base64.b64decode(paper["data"]).startswith(b"%PDF-")


@pytest.mark.usefixtures("code")
def test_by_keyboard_from_the_province_to_a_dossier(
    page: webdriver.Chrome, address: str, province: System, code: str
) -> None:
    page.get(address)
    page.switch_to.active_element.send_keys(province.caller("administrator").token or "", Keys.ENTER)
    assert sees(page, "Tổng quan")
    page.get(f"{address}/figures?{WORDS}")
    page.find_element(By.TAG_NAME, "body").send_keys(Keys.TAB)
    page.switch_to.active_element.send_keys(Keys.ENTER)
    assert page.current_url.endswith("#main"), "the first stop leads past the bar"
    received = page.find_element(By.CSS_SELECTOR, ".figure .value a")
    assert received.text.strip() != "0"
    received.send_keys(Keys.ENTER)
    assert sees(page, "Hồ sơ sau con số")
    page.find_element(By.LINK_TEXT, code).send_keys(Keys.ENTER)
    assert sees(page, "Tiếp nhận hồ sơ")
    picture = page.execute_script("return document.querySelector('img.chart')")
    assert picture is None
    page.get(f"{address}/figures?{WORDS}")
    drawn = "const i = document.querySelector('.chart img'); return i.complete && i.naturalWidth > 0"
    assert page.execute_script(drawn), "the chart is drawn"
