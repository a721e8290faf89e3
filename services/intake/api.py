"""intake's HTTP doors: filing, the acts of the desk, and what a dossier looks like."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import timedelta
from typing import Any
from uuid import UUID

from marshmallow import Schema
from werkzeug.wrappers import Request, Response

from services.intake.application import Filing, Intake
from services.intake.domain.dossier import Dossier
from services.intake.problems import PERSON_ERASED, UNKNOWN_FIELD
from services.intake.rules.appointment import Case, explained
from services.intake.rules.codes import check_dossier_code
from services.intake.rules.roles import check_may_see_applicant, check_may_see_dossier, check_role
from services.intake.schemas import (
    ExtendSchema,
    FulfilSchema,
    HandBackSchema,
    ReceiveSchema,
    RefusalSchema,
    SendOnSchema,
    StopSchema,
    WithdrawSchema,
    read,
    read_procedure,
    read_submission,
)
from services.intake.tables import IntakeTables
from shared.access import TokenFile
from shared.acts import HISTORIAN, Act, Actor, asserted_time
from shared.clock import Clock, to_text
from shared.contracts.parsing import parse_json
from shared.entrypoints.health import health_of, health_response
from shared.entrypoints.http import body_of, caller, door, json_response
from shared.entrypoints.lines import check_key, run_lines
from shared.entrypoints.metrics import MetricsDoor
from shared.entrypoints.parked import ParkedDoors
from shared.entrypoints.wiring import Wired
from shared.errors import INVALID, MALFORMED, NOT_FOUND, RefusedError
from shared.persistence.grouping import Answer, GroupCommit
from shared.persistence.grouping import Request as Grouped
from shared.persistence.unit_of_work import UnitOfWork
from shared.privacy import ErasedError, PersonalDataVault
from shared.readings import record_reading
from shared.working_time.calendars import Calendars

NOBODY = UUID(int=0)

Run = Callable[[Intake, UUID, dict[str, Any], Act], Dossier]

ACTIONS: dict[str, tuple[Schema, Run]] = {
    "receive": (ReceiveSchema(), lambda app, dossier, _, act: app.receive(dossier, act)),
    "refuse": (RefusalSchema(), lambda app, dossier, data, act: app.refuse(dossier, data["reason"], act)),
    "send-on": (SendOnSchema(), lambda app, dossier, data, act: app.send_on(dossier, data["note"], act)),
    "fulfil": (
        FulfilSchema(),
        lambda app, dossier, data, act: app.fulfil(
            dossier, act, pause=data.get("pause"), note=data.get("note")
        ),
    ),
    "extend": (
        ExtendSchema(),
        lambda app, dossier, data, act: app.extend_in_writing(
            dossier, data["by"], data["notice"], data["reason"], act
        ),
    ),
    "withdraw": (
        WithdrawSchema(),
        lambda app, dossier, data, act: app.withdraw(dossier, data["reason"], act),
    ),
    "stop": (StopSchema(), lambda app, dossier, data, act: app.stop(dossier, data["reason"], act)),
    "hand-back": (
        HandBackSchema(),
        lambda app, dossier, data, act: app.hand_back(dossier, data["manner"], act),
    ),
}
"""What may be done with a dossier at the desk."""


class IntakeApi(ParkedDoors, MetricsDoor):
    """The doors of intake."""

    application: Intake = Wired("application")
    unit: UnitOfWork = Wired("unit")
    submissions: GroupCommit = Wired("submissions")
    actions: GroupCommit = Wired("group")
    tables: IntakeTables = Wired("tables")
    vault: PersonalDataVault = Wired("vault")
    tokens: TokenFile = Wired("tokens")
    progress: dict[str, float] = Wired("progress")
    clock: Clock = Wired("clock")
    tolerance: timedelta = Wired("tolerance")

    @door("GET", "/health")
    def health(self, _request: Request) -> Response:
        """Say how intake is."""
        return health_response(health_of("intake", self.unit.database, self.progress))

    @door("PUT", "/v1/reference")
    def put_reference(self, request: Request) -> Response:
        """Take in procedures; a version that is known already changes nothing."""
        actor = caller(request, self.tokens)
        check_role("publish-procedure", actor)
        value = parse_json(body_of(request))
        if not isinstance(value, dict) or not isinstance(value.get("procedures"), list):
            raise RefusedError(MALFORMED, reason='{"procedures": [...]} is needed')
        _check_fields(value, {"procedures"})
        procedures = [read_procedure(procedure) for procedure in value["procedures"]]

        def work(_tx: object) -> None:
            for code, content, happened_at in procedures:
                self.application.publish_procedure(code, content, self._act(actor, happened_at, "reference"))

        self.unit.run(work)
        return json_response({"procedures": len(procedures)})

    @door("POST", "/v1/submissions")
    def submit(self, request: Request) -> Response:
        """File a dossier; it is received at once when an officer is present."""
        actor, key = caller(request, self.tokens), _key(request)
        body = body_of(request)
        filing = self._filing(parse_json(body), actor, key)
        answer = self.submissions.run_one(Grouped(filing, actor.principal, key, fingerprint=body))
        return json_response(answer, 201)

    @door("POST", "/v1/dossiers/<dossier>/<action>")
    def act_on(self, request: Request, dossier: str, action: str) -> Response:
        """Do something with a dossier at the desk."""
        actor, key = caller(request, self.tokens), _key(request)
        body = body_of(request)
        data = parse_json(body) if body else {}
        work = self._action(action, dossier, data, actor, key)
        request_said = f"{dossier}/{action}/".encode() + body
        return json_response(self.actions.run_one(Grouped(work, actor.principal, key, request_said)))

    @door("POST", "/v1/batches")
    def batch(self, request: Request) -> Response:
        """Carry out a batch of filings and acts, one JSON object a line."""
        actor = caller(request, self.tokens)

        def parse(line: dict[str, Any]) -> tuple[GroupCommit, Any]:
            key, action = line["key"], str(line.get("action"))
            data = {} if line.get("data") is None else line["data"]
            if action == "submit":
                _check_fields(line, {"key", "action", "data"})
                return self.submissions, self._filing(data, actor, key)
            _check_fields(line, {"key", "action", "data", "dossier"})
            return self.actions, self._action(action, str(line.get("dossier", "")), data, actor, key)

        return run_lines(body_of(request), actor.principal, parse)

    @door("GET", "/v1/dossiers/<dossier>")
    def show(self, request: Request, dossier: str) -> Response:
        """Show where a dossier stands; nothing personal."""
        actor = caller(request, self.tokens)
        with self.unit.begin():
            found, continuing = self._shown(dossier, actor)
            return json_response(answer_of(found) | {"continuing_desk": continuing})

    @door("GET", "/v1/dossiers/<dossier>/due")
    def due(self, request: Request, dossier: str) -> Response:
        """Show when a dossier is due and why, step by step."""
        actor = caller(request, self.tokens)
        with self.unit.begin():
            found, _ = self._shown(dossier, actor)
            return json_response(due_of(found, self.application.calendars))

    @door("GET", "/v1/dossiers/<dossier>/applicant")
    def applicant(self, request: Request, dossier: str) -> Response:
        """Show who filed, in clear, to those who work on it; that it was seen is recorded first."""
        actor = caller(request, self.tokens)

        def look() -> Answer:
            found = self.application.dossier(self._find(dossier))
            desk = self.application.continuing_desk(found, self.clock.now())
            check_may_see_applicant(actor, desk, found.agencies)
            if found.person is None:
                raise RefusedError(PERSON_ERASED)
            record_reading(self.application, self.clock, actor, found.id, "applicant")
            return {"id": found.id, "sealed": found.person}

        seen = self.actions.run_one(Grouped(look))
        try:
            return json_response(self.vault.open(seen["id"], seen["sealed"]))
        except ErasedError:
            raise RefusedError(PERSON_ERASED) from None

    def _shown(self, dossier: str, actor: Actor) -> tuple[Dossier, str]:
        """Return the dossier and the desk that goes on with it, if the actor may see it."""
        found = self.application.dossier(self._find(dossier))
        continuing = self.application.continuing_desk(found, self.clock.now())
        check_may_see_dossier(actor, {found.desk, continuing}, found.agencies)
        return found, continuing

    def _filing(self, value: Any, actor: Actor, key: str) -> Filing:
        filed = read_submission(value)
        return Filing(filed.submission, self._act(actor, filed.happened_at, key), filed.accept)

    def _action(
        self,
        action: str,
        dossier: str,
        value: Any,
        actor: Actor,
        key: str,
    ) -> Callable[[], Answer]:
        if action not in ACTIONS:
            raise RefusedError(INVALID, field="action", reason=f"one of {', '.join(ACTIONS)}")
        schema, run = ACTIONS[action]
        data = read(schema, value)
        act = self._act(actor, data.pop("happened_at", None), key)

        def work() -> Answer:
            found = self._find(dossier)
            return answer_of(run(self.application, found, data, act.on(root=found)))

        return work

    def _find(self, dossier: str) -> UUID:
        """Return the id that a code or an id names. Raises RefusedError with `not-found`."""
        try:
            return UUID(dossier)
        except ValueError:
            check_dossier_code(dossier)
            found = self.tables.lookups.by_code(dossier)
        if found is None:
            raise RefusedError(NOT_FOUND, what=dossier)
        return found.dossier_id

    def _act(self, actor: Actor, happened_at: str | None, key: str) -> Act:
        now = self.clock.now()
        return Act(
            actor=actor,
            happened_at=asserted_time(happened_at, actor, now, self.tolerance),
            received_at=now,
            recorded_at=now,
            root=NOBODY,
            causation=f"/http/{actor.principal}/{key}",
            historical=actor.role == HISTORIAN,
        )


def submit_many(application: Intake) -> Callable[[Sequence[Filing]], list[Answer | RefusedError]]:
    """Return what files a group of submissions in one go."""

    def run_many(filings: Sequence[Filing]) -> list[Answer | RefusedError]:
        return [
            outcome if isinstance(outcome, RefusedError) else answer_of(outcome)
            for outcome in application.submit_many(filings)
        ]

    return run_many


def answer_of(dossier: Dossier) -> Answer:
    """Return what a door says of a dossier."""
    return {
        "dossier": str(dossier.id),
        "code": dossier.code,
        "status": int(dossier.status),
        "procedure": dossier.procedure,
        "desk": dossier.desk,
        "channel": dossier.channel,
        "due_at": dossier.due_at,
        "verdict": dossier.verdict,
    }


def due_of(dossier: Dossier, calendars: Calendars) -> Answer:
    """Return when a dossier is due, and each step on the way, computed again from what its events hold.

    The last step ends at `due_at`, unless the list of days off was corrected since.
    """
    case = Case.of(dossier)
    due = explained(case, calendars) if case else None
    return {
        "dossier": str(dossier.id),
        "code": dossier.code,
        "received_at": dossier.received_at,
        "limit": dossier.limit,
        "cutoff": dossier.cutoff,
        "due_at": dossier.due_at,
        "pauses": [{name: each[name] for name in ("pause", "kind", "from", "to")} for each in dossier.pauses],
        "extensions": dossier.extensions,
        "steps": [
            {"rule": step.rule.value, "until": to_text(step.after), "vi": step.vi, "en": step.en}
            for step in (due.steps if due else ())
        ],
    }


def _check_fields(given: Mapping[str, Any], known: AbstractSet[str]) -> None:
    if unknown := given.keys() - known:
        raise RefusedError(UNKNOWN_FIELD, field=min(unknown)[:200])


def _key(request: Request) -> str:
    return check_key(request.headers.get("Idempotency-Key") or None)
