"""The people of a province: at the desk, in agencies, and agencies' own systems."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson

from deploy.play.people import person
from deploy.play.scenario import Filing as Kind
from deploy.play.scenario import Scenario
from services.intake.api import ACTIONS, answer_of, submit_many
from services.intake.application import Filing
from services.intake.schemas import read_procedure, read_submission
from services.routing.api import put_reference
from services.routing.schemas import read_reference
from shared.acts import Act, Actor
from shared.clock import to_text
from shared.contracts.envelope import Message, from_bytes, schema_uri
from shared.messaging.broker import Outgoing
from shared.persistence.grouping import Answer, GroupCommit, Request
from shared.topology import COMMANDS, agency_queue
from tests.consistency.province import Province

NOBODY = UUID(int=0)
ADMINISTRATOR = Actor("administrator", "admin")


@dataclass(slots=True)
class People:
    """Who acts on a province, through the same doors as over HTTP and the broker."""

    province: Province
    scenario: Scenario
    keys: int = 0
    answered: list[tuple[str, str, Request]] = field(default_factory=list)
    """(service, key, request) of every request that was answered with success."""
    sent: dict[str, Message] = field(default_factory=dict)
    """Commands sent over the broker, by id."""

    def register_agencies(self) -> None:
        """Put all agencies into routing's register, and who is competent."""
        self._put_reference({**self.scenario.routes, "processes": []})

    def publish_process(self, procedure: str) -> None:
        """Publish a procedure's process in routing: what waited for it goes on."""
        processes = [it for it in self.scenario.processes if it["procedure"] == procedure]
        self._put_reference({"agencies": [], "processes": processes})

    def publish_procedures(self) -> None:
        """Put all procedures into intake's catalogue."""
        runtime = self.province.runtimes["intake"]
        application: Any = runtime.application
        read = [read_procedure(procedure) for procedure in self.scenario.procedures]

        def work(_tx: object) -> None:
            for code, content, _happened_at in read:
                application.publish_procedure(code, content, self.act(ADMINISTRATOR))

        runtime.unit.run(work)

    def act(self, actor: Actor, happened_at: Any = None) -> Act:
        now = self.province.clock.now()
        return Act(actor, happened_at or now, now, now, NOBODY, historical=happened_at is not None)

    def submit(self, kind: Kind, channel: str, *, actor: Actor | None = None, at: Any = None) -> Answer:
        """File a dossier. Raises RefusedError."""
        officer = actor or Actor("applicant" if channel == "online" else "receiving_officer", "an")
        components = {
            procedure["procedure"]: [
                {"code": it["code"], "copies": it["copies"]}
                for it in procedure["components"]
                if it["required"]
            ]
            for procedure in self.scenario.procedures
        }
        value = {
            "procedure": kind.procedure,
            "desk": kind.desk,
            "channel": channel,
            "applicant_kind": kind.applicant,
            "person": person(1, len(self.province.dossiers) + 1, kind.applicant),
            "components": components[kind.procedure],
            "facts": dict(kind.facts),
            "applicant_agency": kind.applicant_agency,
        }
        if kind.area:
            value["area"] = kind.area
        filed = read_submission(value)
        runtime = self.province.runtimes["intake"]
        application: Any = runtime.application
        group = GroupCommit(runtime.unit, self.province.clock, submit_many(application))
        accept = True if at else None
        return self._request("intake", group, Filing(filed.submission, self.act(officer, at), accept))

    def at_desk(
        self,
        action: str,
        dossier: UUID,
        *,
        actor: Actor | None = None,
        at: Any = None,
        pause: str | None = None,
    ) -> Answer:
        """Do something with a dossier at the desk; `pause` is the one that it ends. Raises RefusedError."""
        runtime = self.province.runtimes["intake"]
        application: Any = runtime.application
        data = {"reason": "lý do", "note": "đã bổ sung", "manner": "direct", "pause": pause}
        run = ACTIONS[action][1]
        act = self.act(actor or Actor("desk_head", "binh"), at).on(root=dossier)
        group = GroupCommit(runtime.unit, self.province.clock)
        return self._request(
            "intake",
            group,
            lambda: answer_of(run(application, dossier, data, act)),
        )

    def command(self, command: str, leg: UUID, agency: str, **fields: Any) -> Answer:
        """Let an agency act on a leg through the HTTP door. Raises RefusedError."""
        runtime = self.province.runtimes["processing"]
        act = self.act(Actor("agency", "chi", agency))
        group = GroupCommit(runtime.unit, self.province.clock)
        data = {"leg": str(leg), **_fields(command), **fields}
        application: Any = runtime.application
        return self._request("processing", group, lambda: application.execute(command, data, act, agency))

    def send(self, command: str, leg: UUID, agency: str, **fields: Any) -> None:
        """Let an agency's own system send a command."""
        self.keys += 1
        message = Message(
            id=f"c{self.keys}",
            source=f"/agencies/{agency}",
            type=f"lienthong.command.{command}",
            subject=f"leg/{leg}",
            time=to_text(self.province.clock.now()),
            dataschema=schema_uri(f"lienthong.command.{command}", 1),
            data={"leg": str(leg), **_fields(command), **fields},
        )
        self.sent[message.id] = message
        self.send_again(message.id)

    def send_again(self, command_id: str) -> None:
        """Let an agency's system send a command that it sent before."""
        message = self.sent[command_id]
        name = message.type.rpartition(".")[2]
        self.province.broker.publisher().publish([Outgoing(COMMANDS, name, message.to_bytes(), message.id)])

    def unanswered(self) -> list[str]:
        """Return the commands that processing never got."""
        known = {row[0] for row in self.province.ask("processing", "SELECT message_id FROM inbox")}
        return [command_id for command_id in self.sent if command_id not in known]

    def handed_over(self) -> set[str]:
        """Take what lies on all agencies' queues, and return the ids of the hand-overs."""
        found: set[str] = set()
        for name in self.scenario.connected:
            if agency_queue(name) not in self.province.server.queues:
                continue
            subscription = self.province.broker.subscribe([agency_queue(name)], prefetch=1000)
            deliveries = subscription.take(1000, 0)
            subscription.ack(deliveries)
            subscription.close()
            messages = [from_bytes(delivery.body) for delivery in deliveries]
            found |= {it.id for it in messages if it.type == "lienthong.agency.leg-hand-over"}
        return found

    def ask_again(self) -> None:
        """Send every request that was answered again, under its key; nothing may come of it."""
        for service, key, request in self.answered[-10:]:
            runtime = self.province.runtimes[service]

            def never() -> Answer:
                raise AssertionError("carried out twice")

            again = Request(never, "somebody", key, request.fingerprint)
            GroupCommit(runtime.unit, self.province.clock).run([again])
            assert orjson.dumps(again.answer) == orjson.dumps(request.answer)

    def _request(self, service: str, group: GroupCommit, item: Any) -> Answer:
        self.keys += 1
        request = Request(item, "somebody", f"k{self.keys}", fingerprint=str(self.keys).encode())
        answer = group.run_one(request)
        self.answered.append((service, f"k{self.keys}", request))
        return answer

    def _put_reference(self, value: dict[str, Any]) -> None:
        data = read_reference(orjson.dumps(value))
        runtime = self.province.runtimes["routing"]
        application: Any = runtime.application
        references = put_reference(application, runtime.unit, data, ADMINISTRATOR, self.province.clock)
        runtime.handler.release(references)


def _fields(command: str) -> dict[str, Any]:
    """Return what a command's schema gives where the agency says nothing."""
    return {
        "acknowledge-message": {},
        "accept-leg": {"officer": "chi"},
        "record-work": {"step": "thẩm định"},
        "complete-leg": {},
        "return-leg": {"reason": "thiếu giấy tờ"},
        "give-opinion": {"opinion": "agree"},
        "transfer-leg": {"reason": "không thuộc thẩm quyền"},
        "recall-leg": {"reason": "chuyển nhầm"},
        "request-supplement": {"reason": "thiếu bản vẽ"},
        "request-payment": {"reason": "chưa nộp lệ phí"},
    }[command]
