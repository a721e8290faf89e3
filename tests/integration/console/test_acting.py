"""What operators do at the console is done by the service under their own name, once, and with a reason."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any
from uuid import uuid4

import pytest
from werkzeug.test import Client, TestResponse

from tests.fixtures.doors import System, taken
from tests.integration.console.conftest import CONNECTED

pytestmark = pytest.mark.integration

SignIn = Callable[..., TestResponse]
AGENCY = CONNECTED["agency"]


def form(page: str, address: str) -> dict[str, str]:
    """Return the hidden fields of the form that posts to an address."""
    found = re.search(rf'<form method="post" action="{re.escape(address)}".*?</form>', page, re.DOTALL)
    assert found, address
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', found[0]))


def state(province: System, message: str) -> Any:
    return province.rows("processing", f"SELECT state FROM delivery WHERE message_id = '{message}'")[0][0]


def test_a_parked_hand_over_is_shown_and_sent_again_once(
    province: System, browser: Client, sign_in: SignIn, parked: str
) -> None:
    sign_in()
    assert AGENCY in browser.get("/").text
    page = browser.get("/parked").text
    assert parked in page
    assert "lienthong.agency.leg-hand-over" in page
    address = f"/parked/{parked}/retry"
    fields = form(page, address)

    assert browser.post(address, data={**fields, "csrf": "forged", "reason": "x"}).status_code == 403
    browser.post(address, data=fields)
    assert "Cần ghi lý do" in browser.get("/parked").text
    assert state(province, parked) == "parked"

    for _ in range(2):
        assert browser.post(address, data={**fields, "reason": "Hệ thống đã sửa"}).location == "/parked"
        assert "Sẽ gửi lại" in browser.get("/parked").text
    assert state(province, parked) == "sent"
    assert "Không có bàn giao nào" in browser.get("/parked").text


def test_a_parked_hand_over_is_settled_by_hand(
    province: System, browser: Client, sign_in: SignIn, parked: str
) -> None:
    sign_in()
    address = f"/parked/{parked}/set-aside"
    fields = form(browser.get(f"/parked?agency={AGENCY}").text, address)
    browser.post(address, data={**fields, "reason": "Đã giao bằng giấy"})
    assert state(province, parked) == "answered"
    late = form(browser.get("/parked").text, "/sign-out")["csrf"]
    browser.post(f"/parked/{parked}/retry", data={"csrf": late, "reason": "x"})
    assert re.search(r'class="said bad".*<', browser.get("/parked").text)


@pytest.mark.usefixtures("parked")
def test_an_auditor_does_not_act(browser: Client, sign_in: SignIn) -> None:
    sign_in("auditor")
    assert browser.get("/").status_code == 200
    page = browser.get("/parked").text
    assert AGENCY in page
    assert "Gửi lại</button>" not in page
    csrf = form(page, "/sign-out")["csrf"]
    browser.post("/agencies/H47.99/resume", data={"csrf": csrf, "reason": "x"})
    assert "forbidden" in browser.get("/").text
    assert browser.get("/replays").status_code == browser.get("/unhandled/intake").status_code == 200


@pytest.mark.usefixtures("code")
def test_a_replay_is_previewed_begun_watched_and_done(
    province: System, browser: Client, sign_in: SignIn
) -> None:
    sign_in()
    preview = browser.get(f"/replays/preview?agency={AGENCY}&from=2020-01-01T00:00&rate=100").text
    assert re.search(r"Sẽ gửi \d+ thông điệp", preview)
    fields = form(preview, "/replays/begin")
    begun = [browser.post("/replays/begin", data={**fields, "reason": "Mất dữ liệu"}) for _ in range(2)]
    assert begun[0].location == begun[1].location
    page = browser.get(begun[0].location).text
    assert "Mất dữ liệu" in page
    assert "administrator" in page
    listed = taken(province.caller("administrator").get("processing", "/v1/replays"))["replays"]
    assert [one["reason"] for one in listed] == ["Mất dữ liệu"]
    assert "Mất dữ liệu" in browser.get("/replays").text
    assert browser.get("/replays/nothing").status_code == 404


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("agency=H00.0", "unknown-agency"),
        ("agency=H47.11", "agency-has-no-system"),
        (f"agency={AGENCY}&rate=quick", "Tốc độ"),
        (f"agency={AGENCY}&rate=-5", "invalid"),
        (f"agency={AGENCY}&from=yesterday", "invalid"),
        (f"agency={AGENCY}&dossier=nothing", "unknown-dossier"),
        ("", "invalid"),
    ],
)
def test_a_replay_of_nothing_sensible_is_refused_in_words(
    browser: Client, sign_in: SignIn, query: str, said: str
) -> None:
    sign_in()
    page = browser.get(f"/replays/preview?{query}").text
    assert 'class="said bad"' in page
    assert said in page


PARK = """
    INSERT INTO parked (consumer, queue, source, message_id, partition_key, reason_class, reason, body, headers,
        parked_at, state)
    VALUES ('routing', 'routing.in.0', '/lienthong/intake/1', ?, ?, 'poison', 'invalid-data: <i>', ?, '{}',
        '2026-03-02T01:00:00.000000Z', 'parked') RETURNING id
"""


def test_what_a_service_could_not_handle_is_shown_and_tried_again(
    province: System, browser: Client, sign_in: SignIn
) -> None:
    broken = b'{"specversion": "1.0"}'
    with closing(sqlite3.connect(province.home / "routing.sqlite", timeout=20)) as connection, connection:
        (number,) = connection.execute(PARK, (str(uuid4()), str(uuid4()), broken)).fetchone()
    sign_in()
    assert '<a href="/unhandled/routing">' in browser.get("/").text
    page = browser.get("/unhandled/routing").text
    assert "invalid-data: &lt;i&gt;" in page
    address = f"/unhandled/routing/{number}/retry"
    browser.post(address, data={**form(page, address), "reason": "Đã sửa"})
    assert "vẫn không xử lý được" in browser.get("/unhandled/routing").text
    assert browser.get("/unhandled/nothing").status_code == 404
    assert browser.post("/unhandled/nothing/1/retry", data=form(page, address)).status_code == 404
