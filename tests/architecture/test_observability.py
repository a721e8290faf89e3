"""Alerts, dashboard and runbook speak of what is there; every alert fires and clears."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "deploy" / "observability"
RUNBOOK = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
PARTS = (
    "Triệu chứng / symptom",
    "Lệnh / command",
    "Kết quả mong đợi / expected",
    "Đánh thức ai / when to wake",
)

Rule = dict[str, Any]


def rules() -> list[Rule]:
    (group,) = yaml.safe_load((FOLDER / "alerts.yaml").read_text(encoding="utf-8"))["groups"]
    found: list[Rule] = group["rules"]
    return found


def section(anchor: str) -> str:
    """Return a section of the runbook by its heading; headings are written as their anchors."""
    match = re.search(rf"^## {re.escape(anchor)}\n(.*?)(?=^## |\Z)", RUNBOOK, re.MULTILINE | re.DOTALL)
    assert match, f"docs/runbook.md has no section {anchor}"
    return match[1]


def test_every_alert_leads_to_a_section_that_says_what_to_do_and_none_is_left_over() -> None:
    anchors = [rule["annotations"]["runbook"].removeprefix("docs/runbook.md#") for rule in rules()]
    for anchor in anchors:
        text = section(anchor)
        assert [part for part in PARTS if part not in text] == [], anchor
        assert text.count("```") >= 4, f"{anchor}: a command and its output are shown"
    assert set(re.findall(r"^## ([a-z-]+)$", RUNBOOK, re.MULTILINE)) == set(anchors)


def test_every_alert_says_in_both_languages_what_is_wrong_and_how_grave_it_is() -> None:
    for rule in rules():
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert rule["annotations"]["summary_vi"]
        assert rule["annotations"]["summary_en"]
        assert rule["for"]


def test_every_alert_is_tried_by_a_test_of_its_own() -> None:
    tried = yaml.safe_load((FOLDER / "alerts_test.yaml").read_text(encoding="utf-8"))["tests"]
    cases = [case for test in tried for case in test["alert_rule_test"]]
    for rule in rules():
        outcomes = [bool(case["exp_alerts"]) for case in cases if case["alertname"] == rule["alert"]]
        assert outcomes == [True, False], f"{rule['alert']} fires, then clears"


@pytest.mark.skipif(not shutil.which("promtool"), reason="promtool (Debian: prometheus) is not installed")
@pytest.mark.parametrize(
    "command", [("check", "rules", "alerts.yaml"), ("test", "rules", "alerts_test.yaml")]
)
def test_prometheus_itself_takes_the_rules_and_they_fire_and_clear(command: tuple[str, ...]) -> None:
    run = subprocess.run(
        ["promtool", *command], cwd=FOLDER, capture_output=True, text=True, check=False, timeout=60
    )
    assert run.returncode == 0, run.stdout + run.stderr
