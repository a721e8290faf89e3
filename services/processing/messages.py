"""What processing says to agencies' own systems: hand-overs, notices, refusals, word of a restore; as CloudEvents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from services.processing.domain import Work
from services.processing.domain.request import Request
from services.processing.ports import Notice, Succession
from services.processing.problems import FOR_NOW
from shared.acts import Act
from shared.clock import to_text
from shared.contracts.envelope import Message, from_bytes
from shared.contracts.registry import HAND_OVERS, Contract
from shared.errors import RefusedError
from shared.messaging.epochs import FIRST

LEG_HAND_OVER = HAND_OVERS["lienthong.agency.leg-hand-over"]
LEG_NOTICE = HAND_OVERS["lienthong.agency.leg-notice"]
HISTORY_RESTORED = HAND_OVERS["lienthong.agency.history-restored"]
WRITTEN_REQUEST = HAND_OVERS["lienthong.agency.written-request"]
REQUEST_NOTICE = HAND_OVERS["lienthong.agency.request-notice"]
COMMAND_CARRIED_OUT = HAND_OVERS["lienthong.agency.command-carried-out"]
COMMAND_REFUSED = HAND_OVERS["lienthong.agency.command-refused"]

MARGIN = timedelta(hours=24)
"""As far back as an agency's word of when something happened is usually believed."""
_TOLD = frozenset(LEG_HAND_OVER.schema().fields)
"""What a hand-over may say of all that routing said."""


def refusal_id(source: str, command_id: str, code: str = "") -> str:
    """Return the id of the message that refuses a command.

    A refusal for the time being has one of its own: the command may yet be carried out, or refused for good.
    """
    until_known = f"/{code}" if code in FOR_NOW else ""
    return str(uuid5(NAMESPACE_URL, f"{source}/{command_id}/command-refused{until_known}"))


def refusal_details(body: bytes) -> dict[str, Any]:
    """Return the problem details in a message that refuses a command."""
    data = from_bytes(body).data
    said = {name: data[name] for name in ("code", "status", "title", "title_vi")}
    return {"type": f"urn:lienthong:problem:{data['code']}", **said}


@dataclass(frozen=True, slots=True)
class Refusal:
    """A command that could not be carried out."""

    agency: str
    source: str
    """Who sent the command, as it was verified."""
    command_id: str
    refused: RefusedError
    at: datetime
    leg: UUID | None = None
    correlation: str | None = None

    @property
    def message_id(self) -> str:
        """The id of the answer: one command is answered by one message."""
        return refusal_id(self.source, self.command_id, self.refused.problem.code)


@dataclass(frozen=True, slots=True)
class CarriedOut:
    """A command that was carried out, and whose sender wants to hear of it."""

    agency: str
    source: str
    """Who sent the command, as it was verified."""
    command_id: str
    state: str
    """Where its leg, or its request, stands now."""
    at: datetime
    leg: UUID | None = None
    correlation: str | None = None

    @property
    def message_id(self) -> str:
        """The id of the answer: one command is answered by one message."""
        return str(uuid5(NAMESPACE_URL, f"{self.source}/{self.command_id}/command-carried-out"))


@dataclass(frozen=True, slots=True)
class Restored:
    """That the system goes on from a backup."""

    known_until: datetime
    """When the backup was made."""
    at: datetime

    @property
    def resend_since(self) -> datetime:
        """When the oldest command was given that may have waited on the broker while the backup was made."""
        return self.known_until - MARGIN

    @staticmethod
    def message_id(source: str, agency: str) -> str:
        """Return the id of the word of it: each epoch is told each agency once."""
        return str(uuid5(NAMESPACE_URL, f"{source}/{agency}/history-restored"))


@dataclass(frozen=True, slots=True)
class Letters:
    """Writes the messages that lie in the delivery ledger."""

    source: str
    """The CloudEvents source, `/lienthong/processing/<epoch>`."""
    applicant_link: str = "/dossiers/{dossier}/applicant"
    """Where an agency, with its own token, reads what it may see of the applicant."""

    @property
    def _epoch(self) -> str:
        """How names begin that must not be those of a lost epoch: there is none before the first."""
        return "" if self.source.endswith(f"/{FIRST}") else f"{self.source}/"

    def hand_over(self, work: Work, act: Act, succession: Succession | None = None) -> bytes:
        """Return the message that hands a leg over. It holds no personal data, only a link to them."""
        data: dict[str, Any] = {
            **{name: value for name, value in work.details.items() if name in _TOLD},
            "leg": str(work.id),
            "dossier": work.root,
            "agency": work.agency,
            "due_at": work.due_at,
            "applicant_link": self.applicant_link.format(dossier=work.root),
        }
        if succession:
            taken_over = {"agency": succession.agency, "accepted": bool(work.accepted_by)}
            data["succession"] = {**taken_over, "basis": succession.basis}
        return self._of_leg(LEG_HAND_OVER, work.hand_over_id, data, work, act)

    def notice_id(self, work: Work, notice: Notice) -> str:
        """Return the id of a notice: each change of a work is told an agency once.

        The epoch is in it, for after a restore another change may have the version of one that is lost.
        """
        return str(uuid5(work.id, f"{self._epoch}notice/{notice.agency}/{work.version}"))

    def notice(self, work: Work, notice: Notice, act: Act) -> bytes:
        """Return the message that says what became of a leg."""
        data = {
            "leg": str(work.id),
            "dossier": work.root,
            "code": work.details["code"],
            "agency": notice.agency,
            "state": notice.state,
            "due_at": work.due_at,
            "note": notice.note,
        }
        return self._of_leg(LEG_NOTICE, self.notice_id(work, notice), data, work, act)

    @staticmethod
    def request_id(request: Request, agency: str) -> str:
        """Return the id of the message that lays a request before an agency."""
        return str(uuid5(request.id, f"laid-before/{agency}"))

    def request(self, request: Request, agency: str, act: Act) -> bytes:
        """Return the message that lays a request before an agency."""
        part = request.parts[agency]
        told = {name: part.get(name) for name in ("figure", "target")}
        data = {"request": str(request.id), **request.terms._asdict(), "agency": agency, **told}
        return self._of_request(WRITTEN_REQUEST, self.request_id(request, agency), data, request, act)

    def request_notice_id(self, request: Request, agency: str) -> str:
        """Return the id of word about a request: each change is told an agency once, in each epoch."""
        return str(uuid5(request.id, f"{self._epoch}notice/{agency}/{request.version}"))

    def request_notice(self, request: Request, agency: str, state: str, note: str, act: Act) -> bytes:
        """Return the message that says what became of a request, or of what the agency proposed."""
        data = {"request": str(request.id), "reference": request.terms.reference, "agency": agency}
        data |= {"state": state, "note": note}
        return self._of_request(REQUEST_NOTICE, self.request_notice_id(request, agency), data, request, act)

    def refusal(self, refusal: Refusal) -> bytes:
        """Return the message that answers a refused command."""
        details = refusal.refused.details()
        data = {
            "code": details["code"],
            "status": details["status"],
            "title": details["title"][:2000],
            "title_vi": details["title_vi"][:2000],
        }
        return self._of_command(COMMAND_REFUSED, data, refusal)

    def carried_out(self, carried_out: CarriedOut) -> bytes:
        """Return the message that says that a command was carried out."""
        return self._of_command(COMMAND_CARRIED_OUT, {"state": carried_out.state}, carried_out)

    def _of_command(self, contract: Contract, data: dict[str, Any], answer: Refusal | CarriedOut) -> bytes:
        return Message(
            id=answer.message_id,
            source=self.source,
            type=contract.type,
            subject=f"command/{answer.command_id}",
            time=to_text(answer.at),
            dataschema=contract.dataschema,
            data={"command": answer.command_id, **data},
            recordedtime=to_text(answer.at),
            legid=str(answer.leg) if answer.leg else None,
            correlationid=answer.correlation,
            causationid=answer.command_id,
        ).to_bytes()

    def restored(self, restored: Restored, agency: str) -> bytes:
        """Return the message that tells an agency of a restore."""
        return Message(
            id=restored.message_id(self.source, agency),
            source=self.source,
            type=HISTORY_RESTORED.type,
            subject=f"agency/{agency}",
            time=to_text(restored.at),
            dataschema=HISTORY_RESTORED.dataschema,
            data={
                "agency": agency,
                "known_until": to_text(restored.known_until),
                "resend_since": to_text(restored.resend_since),
            },
            recordedtime=to_text(restored.at),
        ).to_bytes()

    def _of_leg(
        self, contract: Contract, message_id: str, data: dict[str, Any], work: Work, act: Act
    ) -> bytes:
        return Message(
            id=message_id,
            source=self.source,
            type=contract.type,
            subject=f"dossier/{work.root}",
            time=to_text(act.happened_at),
            dataschema=contract.dataschema,
            data=data,
            recordedtime=to_text(act.recorded_at),
            rootid=work.root,
            legid=str(work.id),
            partitionkey=work.root,
            correlationid=act.correlation or work.root,
            causationid=act.causation,
            historical=act.historical,
        ).to_bytes()

    def _of_request(
        self, contract: Contract, message_id: str, data: dict[str, Any], request: Request, act: Act
    ) -> bytes:
        return Message(
            id=message_id,
            source=self.source,
            type=contract.type,
            subject=f"request/{request.id}",
            time=to_text(act.happened_at),
            dataschema=contract.dataschema,
            data=data,
            recordedtime=to_text(act.recorded_at),
            rootid=str(request.id),
            partitionkey=str(request.id),
            correlationid=act.correlation or str(request.id),
            causationid=act.causation,
            historical=act.historical,
        ).to_bytes()
