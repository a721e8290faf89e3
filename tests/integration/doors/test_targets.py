"""Targets of figures: set by decision, changed by a later one, each version with its basis."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders.doors import FIRST
from tests.fixtures.doors import Caller, System, fresh_key, refused, taken

pytestmark = pytest.mark.integration

ONLINE = {"indicator": "online", "scope": "agency", "of": FIRST, "year": 2023}
DECISION = {"percent": "50", "reach_by": "2023-12-25", "basis": "Quyết định số 17/QĐ-UBQGCĐS"}


def setting(caller: Caller, key: str | None = None, **changed: Any) -> Any:
    content = {**ONLINE, **DECISION, **changed}
    return caller.post("processing", "/v1/targets", {k: v for k, v in content.items() if v is not None}, key)


def test_a_later_decision_makes_a_new_version(system: System, administrator: Caller, first: Caller) -> None:
    refused(first.get("processing", "/v1/targets", **{**ONLINE, "year": "2022"}), 404, "no-target")
    key = fresh_key()
    made = taken(setting(administrator, key))
    assert made == {**ONLINE, **DECISION, "version": 1}
    with system.nothing_recorded():
        assert taken(setting(administrator, key)) == made, "asked again under its key"
    assert taken(setting(administrator)) == made, "the same decision again makes no new version"

    lowered = taken(setting(administrator, percent="45.50", basis="Công văn 4022/UBND-TTHCC"))
    assert (lowered["version"], lowered["percent"]) == (2, "45.5")
    assert taken(first.get("processing", "/v1/targets", **{**ONLINE, "year": "2023"})) == lowered


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"percent": "100.01"}, "invalid"),
        ({"percent": "NaN"}, "invalid"),
        ({"percent": "-1"}, "invalid"),
        ({"year": 1999}, "invalid"),
        ({"indicator": "Trực tuyến"}, "invalid"),
        ({"basis": ""}, "invalid"),
        ({"reach_by": "2023-02-30"}, "invalid"),
        ({"scope": "province"}, "invalid"),
        ({"of": None}, "invalid"),
        ({"scope": "level", "of": "hamlet"}, "invalid"),
        ({"of": "H00.1"}, "unknown-agency"),
        ({"happened_at": "2019-01-01T00:00:00Z"}, "time-out-of-tolerance"),
    ],
)
def test_what_is_no_target_is_refused(
    system: System, administrator: Caller, changed: dict[str, Any], code: str
) -> None:
    with system.nothing_recorded():
        refused(setting(administrator, **{"year": 2024, **changed}), 422, code)


def test_only_those_who_decide_set_targets(system: System, first: Caller, officer: Caller) -> None:
    with system.nothing_recorded():
        refused(setting(first), 403, "forbidden")
        refused(setting(officer), 403, "forbidden")
