"""Playing a scenario whose units are ranked while it goes on, with an institutional map that listens.

Its source prints no figures: it is judged by behaviours, each held against what the doors answer.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import yaml

from deploy.behaviours import Behaviour, Behaviours
from deploy.demo import settle
from deploy.own_tokens import own_token
from deploy.play.client import Client
from deploy.play.plan import plan
from deploy.play.player import load_reference, play
from deploy.play.scenario import Scenario, ScenarioError
from deploy.reach import Reached
from services.statistics.reports.feed import HEARTBEAT_SECONDS
from shared.messaging.broker import Broker

Progress = Callable[[int, int], None]
RULE_SETS = Path(__file__).parent / "rule-sets"
_LEVELS = ("province", "district", "commune")


@dataclass(frozen=True, slots=True)
class Ranked:
    """What came of a play."""

    scenario: Scenario
    behaviours: Behaviours
    ranking: Sequence[dict[str, Any]]
    """The scenario's own units, as ranked at the end."""
    events: int
    seconds: float

    @property
    def exact(self) -> bool:
        """Whether every behaviour holds."""
        return not self.behaviours.failing

    def as_json(self) -> dict[str, Any]:
        """Return the behaviours and the ranking for machines."""
        keys = ("rank", "unit", "level", "points", "covered")
        return {
            "behaviours": self.behaviours.as_json(),
            "ranking": [{key: row[key] for key in keys} for row in self.ranking],
            "events": self.events,
            "seconds": round(self.seconds, 2),
        }


@dataclass(slots=True)
class InstitutionalMap:
    """Listens to the ranking, and shows what it heard last."""

    url: str
    token: str
    query: dict[str, str]
    heard: list[dict[str, Any]] = field(default_factory=list)
    _connection: HTTPConnection | None = None
    _thread: threading.Thread | None = None

    def listen(self) -> None:
        """Begin, on a thread of its own."""
        where = urlsplit(self.url)
        self._connection = HTTPConnection(where.hostname or "", where.port, timeout=2 * HEARTBEAT_SECONDS)
        headers = {"Authorization": f"Bearer {self.token}"}
        self._connection.request("GET", f"/v1/feeds/ranking?{urlencode(self.query)}", headers=headers)
        answer = self._connection.getresponse()

        def hear() -> None:
            try:
                while line := answer.readline():
                    if line.startswith(b"data: "):
                        self.heard.append(json.loads(line[6:]))
            except (OSError, ValueError, AttributeError):
                return  # it was closed meanwhile

        self._thread = threading.Thread(target=hear, daemon=True)
        self._thread.start()

    def shows(self, rows: Sequence[dict[str, Any]], seconds: float = 15.0) -> bool:
        """Tell whether it comes to show this ranking."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.heard and self.heard[-1]["rows"] == list(rows):
                return True
            time.sleep(0.05)  # noqa: TID251 - what it waits for comes on another thread
        return False

    def close(self) -> None:
        """Stop listening."""
        if self._connection is not None and self._connection.sock is not None:
            self._connection.sock.close()


def run(reached: Reached, broker: Broker, scenario: Scenario, scale: float, progress: Progress) -> Ranked:
    """Adopt the rules, listen, play, and judge each behaviour.

    Raises ScenarioError, PlayError, DoorError or NotSettledError.
    """
    said = scenario.ranking
    if said is None:
        raise ScenarioError(f"{scenario.name} ranks nobody")
    started = time.monotonic()
    doors = reached.doors(broker)
    rules = yaml.safe_load((RULE_SETS / f"{said['rules']}.yaml").read_text(encoding="utf-8"))
    query = {
        "from": scenario.first.isoformat(),
        "to": scenario.last.isoformat(),
        "rules": rules["rule_set"],
    }
    with closing(reached.client("statistics")) as statistics:
        before = statistics.get("/health")["ledger"]
        load_reference(doors, scenario)
        settle(reached)
        content = json.loads(json.dumps(rules, default=str))
        adopted = statistics.post("/v1/rule-sets", content, f"{scenario.name}/rules")
        institutional = InstitutionalMap(
            reached.urls["statistics"], own_token(reached.home, "administrator"), query
        )
        institutional.listen()
        try:
            play(doors, scenario, plan(scenario, scale), progress=progress)
            posted = _by_post(reached, scenario, said)
            ledger = settle(reached)
            behaviours = _judged(statistics, scenario, query, adopted, institutional, posted)
        finally:
            institutional.close()
        own = {agency["agency"] for agency in scenario.agencies}
        ranking = [
            row for row in statistics.get("/v1/reports/ranking", **query)["rows"] if row["unit"] in own
        ]
    return Ranked(scenario, behaviours, ranking, ledger - before, time.monotonic() - started)


def _by_post(reached: Reached, scenario: Scenario, said: dict[str, Any]) -> str:
    """Let a postal employee receive a dossier today, and return its code."""
    desk, procedure = said["postal_desk"], said["postal_procedure"]
    filing = {
        "procedure": procedure,
        "desk": desk,
        "channel": "post",
        "applicant_kind": "citizen",
        "person": {"name": "Người nộp qua bưu điện"},
        "components": [{"code": "to-khai", "copies": 1}],
        "accept": True,
    }
    with closing(reached.client("intake", "postal_employee", desk)) as intake:
        code: str = intake.post("/v1/submissions", filing, f"{scenario.name}/post")["code"]
    return code


def _judged(
    statistics: Client,
    scenario: Scenario,
    query: dict[str, str],
    adopted: dict[str, Any],
    institutional: InstitutionalMap,
    posted: str,
) -> Behaviours:
    """Hold each behaviour against what the doors answer now."""
    own = {agency["agency"] for agency in scenario.agencies}
    answer = statistics.get("/v1/reports/ranking", **query)
    rows = [row for row in answer["rows"] if row["unit"] in own]
    ranked = {level: [row for row in rows if row["level"] == level and row["rank"]] for level in _LEVELS}
    before = {"from": "2023-01-01", "to": "2023-04-16", "by": "agency"}
    early = [
        row
        for row in statistics.get("/v1/reports/resolution", **before)["rows"]
        if row["agency"] in own and row["received_in_period"]
    ]
    explained = sum(_is_explained(statistics, query, row) for row in rows if row["rank"])
    shown = institutional.shows(answer["rows"])
    counts = ", ".join(f"{len(ranked[level])}" for level in _LEVELS)
    each = [
        Behaviour(
            "from-17-april",
            "Hệ thống mới dùng từ 17/04/2023: trước đó không có hồ sơ nào",
            "The new system is used from 17 April 2023: there is no dossier before",
            f"{len(early)}",
            not early,
        ),
        Behaviour(
            "postal-employees",
            "Nhân viên bưu chính tiếp nhận được hồ sơ",
            "Postal employees receive dossiers",
            posted,
            bool(posted),
        ),
        Behaviour(
            "rules-signed",
            "Bộ tiêu chí chấm điểm được ban hành, có chữ ký",
            "The rules of scoring are adopted and signed",
            f"{adopted['rule_set']} {adopted['version']}, {adopted['digest'][:12]}…",
            adopted["digest"] != "",
        ),
        Behaviour(
            "ranked-to-the-commune",
            "Xếp hạng sở, huyện và đến cấp xã, mỗi cấp riêng",
            "Departments, districts and communes are ranked, each level apart",
            counts,
            all(_runs_from_one(ranked[level]) for level in _LEVELS),
        ),
        Behaviour(
            "every-point-explained",
            "Điểm của mỗi đơn vị khớp với từng chỉ số của nó",
            "The points of each unit are those of its indicators",
            f"{explained}",
            explained == sum(1 for row in rows if row["rank"]) > 0,
        ),
        Behaviour(
            "map-in-real-time",
            "Bản đồ thể chế nghe xếp hạng theo thời gian thực và hiện đúng xếp hạng cuối",
            "The institutional map hears the ranking as it changes, and shows the last one",
            f"{len(institutional.heard)}",
            shown and len(institutional.heard) > 1,
        ),
    ]
    return Behaviours(each)


def _runs_from_one(rows: Sequence[dict[str, Any]]) -> bool:
    """Tell whether ranks begin at 1 and follow one another, equals sharing one."""
    ranks = [row["rank"] for row in rows]
    return bool(ranks) and all(rank == sum(other < rank for other in ranks) + 1 for rank in ranks)


def _is_explained(statistics: Client, query: dict[str, str], row: dict[str, Any]) -> bool:
    index = statistics.get("/v1/reports/index", **query, unit=row["unit"])
    total = index["total"]
    return bool(total["points"] == row["points"] and total["covered"] == row["covered"])
