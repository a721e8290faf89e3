"""What a scenario of urging is judged by: each behaviour held against what the doors answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deploy.behaviours import Behaviour
from deploy.play.scenario import Scenario
from deploy.urging_office import Office

IN_APRIL, _IN_OCTOBER = "2020-04-10T18:00:00+07:00", "2020-10-01T08:00:00+07:00"


def judged(office: Office, tasks: Mapping[str, dict[str, Any]]) -> list[Behaviour]:
    """Hold each behaviour against what the doors answer now."""
    return [
        _districts_over_communes(office),
        _flows(office),
        _slow_found(office),
        _reminded(office),
        _unknown_before(office),
        _answers(office),
        _goes_on_afterwards(office),
        _first_quarter(office, tasks),
        _third_quarter(office, tasks),
        _consolidated(office, tasks["districts"]),
        _listed(office),
        _wrong_answers(office, tasks["districts"]),
    ]


def _districts_over_communes(office: Office) -> Behaviour:
    answer = office.statistics.get("/v1/reports/districts", **_period(office.scenario))
    own = set(office.of_kind["ubnd-huyen"])
    rows: dict[str, dict[str, Any]] = {}
    for row in answer["rows"]:
        if row["district"] in own:
            rows.setdefault(row["district"], {})[row["part"]] = row
    keys = ("units", "received_in_period", "resolved_total", "in_progress_total")
    adds_up = all(
        parts["own"][key] + parts["communes"][key] == parts["all"][key]
        for parts in rows.values()
        for key in keys
    )
    received = sum(parts["all"]["received_in_period"] for parts in rows.values())
    return Behaviour(
        "districts-over-communes",
        "Mỗi huyện: bộ phận của huyện và các xã trực thuộc, tách riêng và cộng chung",
        "Each district: its own desk and its communes, apart and together",
        f"{len(rows)}/{len(own)}; {received}",
        adds_up and set(rows) == own and received > 0,
    )


def _flows(office: Office) -> Behaviour:
    answer = office.statistics.get("/v1/reports/flows", **_period(office.scenario), by="unit")
    legs: dict[str, int] = {}
    for row in answer["rows"]:
        if row["from"] == row["to"] or not row["from"]:
            continue  # a desk to its own agency
        legs[row["direction"]] = legs.get(row["direction"], 0) + row["legs"]
    same, other = legs.get("same", 0), legs.get("up", 0) + legs.get("down", 0)
    return Behaviour(
        "same-and-other-levels",
        "Hồ sơ luân chuyển giữa các cơ quan cùng cấp và không cùng cấp",
        "Dossiers move between agencies of the same level and of different levels",
        f"{same}; {other}",
        same > 0 and other > 0,
    )


def _slow_found(office: Office) -> Behaviour:
    return Behaviour(
        "progress-watched",
        "Theo dõi tiến độ: đơn vị chưa phát sinh hồ sơ được chỉ ra đúng",
        "Progress is watched: who does nothing on the system is found, and nobody else",
        ", ".join(office.found_slow),
        office.found_slow == sorted(office.said["slow"]),
    )


def _reminded(office: Office) -> Behaviour:
    asked = sorted(part["agency"] for part in office.reminder["addressees"])
    by_department = office.reminder["issuer"] == office.said["department"]
    return Behaviour(
        "slow-units-reminded",
        "Sở TT&TT đôn đốc đúng các đơn vị đó; văn bản đến danh sách việc của từng đơn vị",
        "The department reminds exactly those; it lies on each one's worklist",
        f"{office.reminder['reference']}: {', '.join(office.on_worklists)}",
        by_department and asked == office.found_slow == office.on_worklists,
    )


def _unknown_before(office: Office) -> Behaviour:
    report = office.requests(by="kind", as_of="2020-03-08T00:00:00+07:00")
    kinds = [row["kind"] for row in report["rows"]]
    return Behaviour(
        "as-of",
        "Xem lại tại ngày 08/03/2020: chưa có văn bản đôn đốc nào",
        "As of 8 March 2020 no reminder is known",
        ", ".join(kinds),
        kinds == ["report"],
    )


def _answers(office: Office) -> Behaviour:
    row = office.row(office.reminder, as_of=IN_APRIL)
    found = tuple(row.get(key, 0) for key in ("answered_in_time", "answered_late", "unanswered_late"))
    at, due = office.said["reminder"]["answered"], office.said["reminder"]["due_on"]
    in_time = sum(1 for moment in at.values() if moment[:10] <= due)
    wanted = (in_time, len(at) - in_time, len(office.said["slow"]) - len(at))
    return Behaviour(
        "reminder-answered",
        "Trả lời đôn đốc: đúng hạn, quá hạn, chưa trả lời",
        "The reminder is answered in time, late, or not at all",
        "/".join(map(str, found)),
        found == wanted,
    )


def _goes_on_afterwards(office: Office) -> Behaviour:
    second = office.said["waves"][1]
    question = {"from": second["first"].isoformat(), "to": second["last"].isoformat()}
    answer = office.statistics.get("/v1/reports/adoption", **question)
    uses = {row["unit"]: row["uses"] for row in answer["rows"]}
    idle = [unit for unit in office.found_slow if not uses[unit]]
    return Behaviour(
        "used-after-reminder",
        "Sau đôn đốc, đơn vị đã trả lời có hồ sơ trên hệ thống; đơn vị còn lại được chỉ ra",
        "After it, those who answered work in the system; the other is shown",
        ", ".join(idle),
        idle == sorted(second["idle"]),
    )


def _first_quarter(office: Office, tasks: Mapping[str, dict[str, Any]]) -> Behaviour:
    rows = [office.row(tasks[key], as_of=IN_APRIL) for key in ("technical", "districts")]
    owed = [row["asked"] - row["pending"] for row in rows]
    return Behaviour(
        "tasks-of-first-quarter",
        "Nhiệm vụ hạn quý I/2020 được tính khi hết quý",
        "Tasks of the first quarter are judged once it is over",
        "; ".join(f"{row['answered_in_time']}/{row['asked']}" for row in rows),
        owed == [row["asked"] for row in rows] and rows[0]["ratio_in_time"] == "100.00",
    )


def _third_quarter(office: Office, tasks: Mapping[str, dict[str, Any]]) -> Behaviour:
    then, after = (office.row(tasks["decision-18"], as_of=at) for at in (IN_APRIL, _IN_OCTOBER))
    return Behaviour(
        "task-of-third-quarter",
        "Nhiệm vụ hạn quý III/2020: tháng 4 còn hạn và chưa có tỷ lệ, tháng 10 đã xong đúng hạn",
        "The task of the third quarter: in April in time and without a ratio, in October done in time",
        f"{then['answered_in_time']}/{then['asked']} → {after['answered_in_time']}/{after['asked']}",
        then["pending"] == 1 and then["ratio_in_time"] is None and after["answered_in_time"] == 1,
    )


def _consolidated(office: Office, districts: Mapping[str, Any]) -> Behaviour:
    now = office.processing.get(f"/v1/requests/{districts['request']}")
    missing = [part["agency"] for part in now["addressees"] if "answered_at" not in part]
    task = next(task for task in office.said["tasks"] if task["key"] == "districts")
    return Behaviour(
        "consolidated-by-department",
        "Báo cáo của các huyện được Sở TT&TT tổng hợp; đơn vị chưa báo cáo được nêu tên",
        "The districts' reports are put together by the department; who has not reported is named",
        f"{now['consolidator']}: {', '.join(missing)}",
        now["state"] == "consolidated"
        and now["consolidator"] == office.said["department"]
        and missing == task["silent"],
    )


def _listed(office: Office) -> Behaviour:
    late = office.unanswered(IN_APRIL)
    found = [(one["agency"], one["reference"], one["days_late"]) for one in late]
    silent = sorted(set(office.said["slow"]) - set(office.said["reminder"]["answered"]))
    references = {office.said["reminder"]["reference"], "02/GLI-2020"}
    return Behaviour(
        "unanswered-listed",
        "Văn bản quá hạn chưa trả lời được liệt kê, với số ngày quá hạn",
        "What is late and unanswered is listed, with days late",
        "; ".join(f"{agency} {reference} +{days}" for agency, reference, days in found),
        {agency for agency, _, _ in found} == set(silent)
        and {reference for _, reference, _ in found} == references,
    )


def _wrong_answers(office: Office, districts: Mapping[str, Any]) -> Behaviour:
    answered = next(part["agency"] for part in districts["addressees"])
    codes = [
        office.refusal(office.reminder, answered),
        office.refusal(districts, answered),
    ]
    return Behaviour(
        "wrong-answers-refused",
        "Đơn vị không được gửi văn bản, hoặc đã trả lời, không trả lời được nữa",
        "Who was not asked cannot answer, nor who has answered",
        ", ".join(codes),
        codes == ["not-addressed", "request-already-answered"],
    )


def _period(scenario: Scenario) -> dict[str, str]:
    return {"from": scenario.first.isoformat(), "to": scenario.last.isoformat()}
