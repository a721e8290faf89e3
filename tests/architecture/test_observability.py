"""Alerts, dashboard and runbook speak of what is there; every alert fires and clears."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "deploy" / "observability"
DASHBOARD = json.loads((FOLDER / "dashboard.json").read_text(encoding="utf-8"))
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


def test_the_dashboard_is_one_as_grafana_defines_it() -> None:
    """By the rules of Grafana's own definition of dashboards (kinds/dashboard/dashboard_kind.cue)."""
    (source,) = DASHBOARD["templating"]["list"]
    assert (source["type"], source["name"], source["query"]) == ("datasource", "source", "prometheus")
    assert 8 <= len(DASHBOARD["uid"]) <= 40
    assert isinstance(DASHBOARD["schemaVersion"], int)
    assert re.fullmatch(r"[0-9]+[smhd]", DASHBOARD["refresh"])
    panels = DASHBOARD["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    taken: set[tuple[int, int]] = set()
    for panel in panels:
        assert panel["type"] == "timeseries"
        assert panel["datasource"] == {"type": "prometheus", "uid": f"${{{source['name']}}}"}
        assert panel["fieldConfig"]["overrides"] == []
        assert " / " in panel["title"], "in Vietnamese and in English"
        place = panel["gridPos"]
        assert place["h"] > 0
        assert 0 < place["w"] <= 24 - place["x"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, f"panel {panel['id']} lies on another"
        taken |= cells
        references = [target["refId"] for target in panel["targets"]]
        assert len(set(references)) == len(references) > 0


def test_names_in_legends_are_labels_that_the_expression_leaves() -> None:
    for panel in DASHBOARD["panels"]:
        for target in panel["targets"]:
            grouped = re.match(r"(?:\w+\(0\.95, )?(?:sum|max) by \(([^)]*)\) ?\((?!label)", target["expr"])
            if grouped:
                named = set(re.findall(r"{{(\w+)}}", target["legendFormat"]))
                assert named <= {label.strip() for label in grouped[1].split(",")}, target["expr"]


@pytest.mark.skipif(not shutil.which("promtool"), reason="promtool (Debian: prometheus) is not installed")
def test_prometheus_itself_takes_every_expression_of_the_dashboard(tmp_path: Path) -> None:
    expressions = [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]
    rules_ = [{"record": f"panel:{number}", "expr": expr} for number, expr in enumerate(expressions)]
    path = tmp_path / "panels.yaml"
    path.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules_}]}))
    run = subprocess.run(
        ["promtool", "check", "rules", str(path)], capture_output=True, text=True, check=False, timeout=60
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert f"{len(expressions)} rules found" in run.stdout


@pytest.mark.skipif(not shutil.which("promtool"), reason="promtool (Debian: prometheus) is not installed")
@pytest.mark.parametrize(
    "command", [("check", "rules", "alerts.yaml"), ("test", "rules", "alerts_test.yaml")]
)
def test_prometheus_itself_takes_the_rules_and_they_fire_and_clear(command: tuple[str, ...]) -> None:
    run = subprocess.run(
        ["promtool", *command], cwd=FOLDER, capture_output=True, text=True, check=False, timeout=60
    )
    assert run.returncode == 0, run.stdout + run.stderr
