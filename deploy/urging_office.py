"""The people of a scenario of urging: they ask, look, remind and answer, through the doors alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from deploy.play.client import Client, DoorError
from deploy.play.scenario import Scenario

_YEAR = {"from": "2020-01-01", "to": "2020-12-31"}


class Office:
    """The province's own people: they ask, look, urge, answer and judge, through the doors alone."""

    def __init__(
        self, scenario: Scenario, said: Mapping[str, Any], processing: Client, statistics: Client
    ) -> None:
        self.scenario = scenario
        self.said = said
        self.processing = processing
        self.statistics = statistics
        self.of_kind: dict[str, list[str]] = {}
        for agency in scenario.agencies:
            self.of_kind.setdefault(agency["kind"], []).append(agency["agency"])
        self.found_slow: list[str] = []
        self.on_worklists: list[str] = []
        self.reminder: dict[str, Any] = {}

    def issue_task(self, task: Mapping[str, Any]) -> dict[str, Any]:
        """Give a task of the letter to those it concerns; the department puts the answers together."""
        return self._issue(
            "report", task, self.said["issuer"], self._addressees(task["to"]), task["issued_at"]
        )

    def urge(self) -> None:
        """Look who does nothing on the system, as the department, and remind exactly those."""
        reminder, first = self.said["reminder"], self.said["waves"][0]
        question = {"from": first["first"].isoformat(), "to": first["last"].isoformat()}
        answer = self.statistics.get("/v1/reports/adoption", **question, as_of=reminder["at"])
        slow = [row["unit"] for row in answer["rows"] if row["level"] == "district" and not row["uses"]]
        self.found_slow = sorted(set(slow) & set(self.of_kind["ubnd-huyen"]))
        about = {"report": "adoption", "question": question, "as_of": answer["as_of"]}
        department = self.said["department"]
        self.reminder = self._issue(
            "reminder", reminder, department, self.found_slow, reminder["at"], about=about
        )
        now = self.processing.get(f"/v1/requests/{self.reminder['request']}")
        answered = {part["agency"] for part in now["addressees"] if "answered_at" in part}
        # Played again on the same data, they have answered already.
        self.on_worklists = [
            unit for unit in self.found_slow if unit in answered or self._lies_before(unit, self.reminder)
        ]

    def answer_all(self, tasks: Mapping[str, dict[str, Any]]) -> None:
        """Let everybody answer as the scenario says, and the department put the districts' reports together."""
        for unit, at in self.said["reminder"]["answered"].items():
            self._command("receive-request", self.reminder, unit, at)
            self._command("answer-request", self.reminder, unit, at, text="Đã đưa hệ thống vào sử dụng.")
        for task in self.said["tasks"]:
            request = tasks[task["key"]]
            for part in request["addressees"]:
                unit = part["agency"]
                if unit not in task.get("silent", ()):
                    at = task.get("late", {}).get(unit, task["answered"])
                    self._command("answer-request", request, unit, at, text="Báo cáo kết quả thực hiện.")
            if at := task.get("consolidated_at"):
                content = {"text": "Tổng hợp báo cáo của các huyện, thị xã, thành phố.", "happened_at": at}
                self._post(f"/v1/requests/{request['request']}/consolidate", content, "consolidate")

    def requests(self, **more: str) -> dict[str, Any]:
        """Return the report on requests of the year."""
        answer: dict[str, Any] = self.statistics.get("/v1/reports/requests", **_YEAR, **more)
        return answer

    def unanswered(self, as_of: str) -> list[dict[str, Any]]:
        """Return what was late and unanswered; a system may hold the requests of other provinces too."""
        own = {agency["agency"] for agency in self.scenario.agencies}
        return [one for one in self.requests(as_of=as_of)["unanswered"] if one["agency"] in own]

    def refusal(self, request: Mapping[str, Any], agency: str) -> str:
        """Let an agency answer what it should not, and return the code with which it is turned down."""
        try:
            self._command(
                "answer-request", request, agency, "2020-12-01T08:00:00+07:00", text="Báo cáo.", again=True
            )
        except DoorError as error:
            return error.code
        return "taken"

    def row(self, request: Mapping[str, Any], **more: str) -> dict[str, Any]:
        """Return one request's row of the report."""
        wanted = f"{request['issuer']} {request['reference']}"
        rows = self.requests(by="request", **more)["rows"]
        return next((row for row in rows if row["request"] == wanted), {})

    def _addressees(self, to: str) -> list[str]:
        if to == "districts":
            return self.of_kind["ubnd-huyen"]
        if to == "department":
            return [self.said["department"]]
        departments = [units for kind, units in self.of_kind.items() if kind.startswith("so-")]
        return sorted(unit for units in departments for unit in units if unit != self.said["department"])

    def _issue(
        self,
        kind: str,
        said: Mapping[str, Any],
        issuer: str,
        to: Sequence[str],
        at: str,
        *,
        about: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        content = {
            "kind": kind,
            "reference": said["reference"],
            "issuer": issuer,
            "subject": said["subject"],
            "basis": self.said["letter"],
            "due_on": said["due_on"],
            "consolidator": self.said["department"],
            "about": about,
            "addressees": [{"agency": agency} for agency in to],
            "happened_at": at,
        }
        return self._post("/v1/requests", content, "issue")

    def _lies_before(self, unit: str, request: Mapping[str, Any]) -> bool:
        worklist = self.processing.get("/v1/worklist", agency=unit)
        return request["request"] in {one["request"] for one in worklist["requests"]}

    def _command(
        self, name: str, request: Mapping[str, Any], agency: str, at: str, *, again: bool = False, **data: Any
    ) -> None:
        content = {"request": request["request"], **data, "happened_at": at}
        self._post(
            f"/v1/commands/{name}?agency={agency}", content, f"{agency}/{name}/{again}/{request['request']}"
        )

    def _post(self, path: str, content: dict[str, Any], key: str) -> dict[str, Any]:
        said: dict[str, Any] = self.processing.post(
            path, content, f"{self.scenario.name}/{key}/{content.get('reference', '')}"
        )
        return said
