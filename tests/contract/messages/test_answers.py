"""What the doors' own functions answer has the documented shape, field by field."""

from __future__ import annotations

from time import monotonic
from typing import Any, cast

import orjson
import pytest
import yaml
from jsonschema import Draft202012Validator, ValidationError
from marshmallow import Schema

from deploy.composition.parts import Runtime
from deploy.contracts.operations import answers, intake_answers, routing_answers, statistics_answers
from deploy.contracts.schemas import standing_alone
from services.intake.api import answer_of, due_of
from services.intake.domain.submission import Person
from services.processing.application import Processing
from services.routing.api import itinerary_of
from services.routing.api.processes import findings
from services.routing.api.reference import agencies_of
from services.routing.application.routing import Routing
from services.routing.rules.difference import difference
from services.routing.rules.readiness import overview, readiness
from services.statistics.api import history_of, ledger_of, rebuild_of, report_of
from services.statistics.reports.asking import REPORTS
from shared.acts import Actor
from shared.clock import from_text
from shared.entrypoints.health import health_of
from shared.errors import NOT_FOUND, RefusedError
from shared.working_time.calendars import Calendars
from shared.working_time.vietnam import vietnam_calendar
from tests.contract.messages import story
from tests.contract.messages.conftest import MakeService
from tests.contract.messages.examples import example, examples
from tests.contract.messages.test_consumers import hear, parked, routing_with_reference
from tests.contract.messages.test_documents_are_fresh import MADE


def closed(schema: Any) -> Any:
    """Return the schema with every object holding just the properties it names."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    inside = {name: closed(part) for name, part in schema.items()}
    if "properties" in inside:
        inside |= {"additionalProperties": False}
    return inside


def check(schema: type[Schema], answer: Any) -> None:
    """Validate an answer as it goes over the wire; what the shape does not name may not be there."""
    sent = orjson.loads(orjson.dumps(answer))
    document = closed(standing_alone(schema))
    Draft202012Validator(document, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(sent)


@pytest.mark.parametrize("name", ["intake", "routing", "processing"])
def test_health(service: MakeService, name: str) -> None:
    check(answers.Health, health_of(name, service(name).parts.database, {"publish": monotonic()}))


@pytest.mark.parametrize("dossier", [story.filed(story.DOSSIER), story.received()], ids=["filed", "received"])
def test_a_dossier(dossier: Any) -> None:
    check(answers.DossierAnswer, answer_of(dossier))
    check(answers.DossierAnswer, answer_of(dossier) | {"continuing_desk": story.DESK})


def test_an_appointment_explained() -> None:
    calendars = Calendars(vietnam_calendar())
    *_, waited = story.lives_at_the_desk()

    explained = due_of(waited, calendars)

    assert explained["pauses"]
    assert explained["steps"]
    check(intake_answers.DueAnswer, explained)
    check(intake_answers.DueAnswer, due_of(story.filed(story.DOSSIER), calendars))


def test_an_applicant() -> None:
    whole = Person("Nguyễn Thị Giang", "064190001234", "0905123456", "12 Lê Lợi", "giang@example.vn")

    check(answers.Applicant, whole.plain())
    check(answers.Applicant, Person("Nguyễn Thị Giang").plain())


def test_the_register_and_an_itinerary(service: MakeService) -> None:
    routing = routing_with_reference(service)
    hear(routing, example("routing", "lienthong.intake.dossier-received"))
    assert parked(routing) == []
    application = cast("Routing", routing.application)

    register = {"agencies": agencies_of(application.directory.registry(), None)}
    assert len(register["agencies"]) == 3
    check(answers.Register, register)
    check(answers.ItineraryAnswer, itinerary_of(application, str(story.DOSSIER)))


def test_processes_their_versions_and_who_lacks_them(service: MakeService) -> None:
    routing = routing_with_reference(service)
    directory = cast("Routing", routing.application).directory
    since = story.AGENCY["valid_from"]
    change = {"state": "trial", "at": since, "agencies": [story.LAND], "basis": None}
    directory.put_process(story.PROCESS, [change])
    whose = {"agency": story.TAX, "area": None, "valid_from": since, "valid_to": None, "basis": "QĐ 1"}
    directory.put_competences(story.PROCEDURE, [{"procedure": story.PROCEDURE, **whose}])
    directory.put_procedure({"procedure": story.PROCEDURE, "name": story.EXAMINE, "limit": story.TERM})

    listed = overview(directory.processes(), directory.procedures(), since)
    lacking = readiness(directory.registry(), directory.versions, directory.procedures(), since)
    found = findings({**story.PROCESS}, directory.procedures())
    other = {
        **story.AGENCY,
        "agency": story.LAND,
        "connected": False,
        "valid_from": "2026-01-01T00:00:00.000000Z",
    }
    changes = difference(directory.registry().agencies, [other])

    assert [row["lacking"] for row in lacking["agencies"]] == [[story.PROCEDURE]]
    assert [finding["code"] for finding in found] == ["legs-exceed-limit"]
    check(routing_answers.Processes, listed)
    check(routing_answers.Readiness, lacking)
    check(routing_answers.Differences, {"changes": changes, "refusals": []})
    version = {"definition": story.PROCESS, "changes": [change], "findings": found}
    check(routing_answers.VersionAnswer, version)


def test_a_worklist_and_what_a_command_answers(service: MakeService) -> None:
    processing = service("processing")
    registered = example("processing", "lienthong.routing.agency-registered")
    hear(processing, registered, example("processing", "lienthong.routing.leg-opened"))
    application = cast("Processing", processing.application)

    def accept(_tx: object) -> None:
        data = {"leg": story.FIRST, "officer": None}
        check(
            answers.WorkAnswer,
            application.execute("accept-leg", data, story.by_agency(2), story.LAND),
        )

    processing.unit.run(accept)
    works = processing.extras["worklist"].of_agency(story.LAND, 10)
    assert len(works) == 1
    check(answers.WorklistAnswer, {"works": works, "requests": []})


def statistics_that_heard_everything(service: MakeService) -> Runtime:
    statistics = service("statistics")
    hear(statistics, *examples("statistics"))
    assert parked(statistics) == []
    return statistics


def test_a_report_a_history_and_health_of_statistics(service: MakeService) -> None:
    statistics = statistics_that_heard_everything(service)
    database, reports = statistics.parts.database, statistics.extras["reports"]

    check(
        statistics_answers.LedgerHealth,
        health_of("statistics", database, {"take": monotonic()}) | ledger_of(database),
    )
    for query in ({}, {"by": "agency"}, {"by": "month", "as_of": "2025-07-10T00:00:00Z"}):
        asked = {"from": "2025-07-01", "to": "2025-07-12", **query}
        report = report_of(reports, "resolution", asked)
        assert report["columns"]
        check(statistics_answers.ReportAnswer, report)
    for name in REPORTS.keys() - {"index", "ranking"}:  # they need rules: tests of their doors
        asked = {"from": "2025-07-01", "to": "2025-07-12"}
        check(statistics_answers.ReportAnswer, report_of(reports, name, asked))
    history = history_of(database, story.CODE, {})
    assert history["entries"]
    check(statistics_answers.HistoryAnswer, history)


def test_a_rebuild(service: MakeService) -> None:
    statistics = statistics_that_heard_everything(service)

    outcome = statistics.extras["builder"].rebuild(Actor("administrator", "test"))

    check(statistics_answers.RebuildAnswer, rebuild_of(outcome))


def test_scratch_states(service: MakeService) -> None:
    scratches = statistics_that_heard_everything(service).extras["scratches"]
    actor = Actor("auditor", "Trần Thị Bình")

    built = scratches.build("doi-chieu", from_text("2027-01-01T00:00:00Z"), "Đối chiếu với sở", actor)
    listed = scratches.all()
    dropped = scratches.drop("doi-chieu", "Đã đối chiếu", actor)

    assert built["rows"] > 0
    check(statistics_answers.ScratchBuilt, built)
    assert len(listed) == 1
    check(statistics_answers.ScratchList, {"scratches": listed})
    check(statistics_answers.ScratchDropped, dropped)


def test_problem_details() -> None:
    document = yaml.safe_load(MADE["openapi/intake.yaml"])
    shape = closed(document["components"]["schemas"]["Problem"])
    shape["properties"]["facts"].pop("additionalProperties", None)

    details = RefusedError(NOT_FOUND, what="dossier 7").details()

    Draft202012Validator(shape).validate(details)
    assert set(details) == set(shape["properties"])


def test_the_check_finds_a_field_that_is_not_documented() -> None:
    with pytest.raises(ValidationError, match="surplus"):
        check(answers.ProceduresTaken, {"procedures": 1, "surplus": 2})
