"""Figures that no dossier yields: entered by the unit, checked by somebody else, locked, corrected."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders.doors import FIRST
from tests.fixtures.doors import Caller, System, fresh_key, refused, taken

pytestmark = pytest.mark.integration

MATTER: dict[str, Any] = {"figure": "feedback", "agency": FIRST, "first": "2023-01-01", "last": "2023-06-30"}
SAID: dict[str, Any] = {"value": 12, "evidence": "Báo cáo số 45/BC-STNMT"}
OTHER: dict[str, Any] = {"value": 13, "evidence": "Báo cáo số 47/BC-STNMT", "reason": "Sót một phản ánh"}


def post(caller: Caller, act: str = "", key: str | None = None, **content: Any) -> Any:
    return caller.post("processing", f"/v1/figures{act}", {**MATTER, **content}, key)


def test_a_figure_is_entered_checked_locked_and_corrected(
    system: System, administrator: Caller, first: Caller, second: Caller
) -> None:
    refused(first.get("processing", "/v1/figures", **MATTER), 404, "no-entered-figure")
    refused(post(administrator, "/check"), 404, "no-entered-figure")
    key = fresh_key()
    entered = taken(post(first, key=key, **SAID))
    assert entered | {"entered_by": ""} == {
        **MATTER,
        **SAID,
        "version": 1,
        "state": "entered",
        "entered_by": "",
    }
    with system.nothing_recorded():
        assert taken(post(first, key=key, **SAID)) == entered, "asked again under its key"
        refused(post(first, **{**SAID, "value": 14}), 409, "figure-already-entered")
        refused(post(second, **SAID), 403, "not-your-figure")
        refused(post(second, "/check"), 403, "not-your-figure")
        refused(post(first, "/check"), 403, "not-your-figure")
        refused(post(administrator, "/lock"), 409, "figure-not-checked")
    assert taken(post(first, **SAID)) == entered, "the same again is no correction"

    assert taken(post(first, "/correct", **OTHER))["version"] == 2
    assert taken(post(administrator, "/check"))["state"] == "checked"
    refused(post(administrator, "/check"), 409, "figure-already-checked")
    assert taken(post(administrator, "/lock"))["state"] == "locked"
    with system.nothing_recorded():
        refused(post(administrator, "/lock"), 409, "figure-is-locked")
        refused(post(first, "/correct", **{**OTHER, "value": 15}), 409, "figure-is-locked")
    late = taken(post(administrator, "/correct", **{**OTHER, "value": 15}))
    assert (late["version"], late["state"], late["value"]) == (3, "entered", 15), "to be checked anew"
    refused(post(administrator, "/check"), 403, "figure-checked-by-its-author")
    assert taken(first.get("processing", "/v1/figures", **MATTER)) == late


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"value": -1}, "invalid"),
        ({"value": 1.5}, "invalid"),
        ({"value": "12"}, "invalid"),
        ({"evidence": ""}, "invalid"),
        ({"figure": "Phản ánh"}, "invalid"),
        ({"first": "2023-02-30"}, "invalid"),
        ({"first": "2023-07-01"}, "figure-period-invalid"),
        ({"last": "2999-12-31"}, "figure-period-invalid"),
        ({"agency": "H00.1"}, "unknown-agency"),
        ({"happened_at": "2019-01-01T00:00:00Z"}, "time-out-of-tolerance"),
    ],
)
def test_what_is_no_figure_is_refused(
    system: System, administrator: Caller, changed: dict[str, Any], code: str
) -> None:
    with system.nothing_recorded():
        refused(post(administrator, **{**SAID, "figure": "complaints", **changed}), 422, code)


def test_a_desk_enters_nothing(system: System, officer: Caller) -> None:
    with system.nothing_recorded():
        refused(post(officer, **SAID), 403, "forbidden")
