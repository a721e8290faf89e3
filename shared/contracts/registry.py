"""Every public message type with its schema and newest version: the one list that all tools read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from marshmallow import Schema, ValidationError

from shared.contracts import agencies, intake, processing, routing
from shared.contracts.envelope import MalformedMessageError, Message, schema_uri
from shared.contracts.fields import TolerantSchema

SchemaClass = type[Schema]


@dataclass(frozen=True, slots=True)
class Contract:
    """A message type: who sends it, what its data looks like, which version is newest."""

    type: str
    schema: SchemaClass
    version: int = 1

    @property
    def service(self) -> str:
        """The service (or `command`) that the type belongs to."""
        return self.type.split(".")[1]

    @property
    def routing_key(self) -> str:
        """The routing key: the type without the leading `lienthong.`."""
        return self.type.removeprefix("lienthong.")

    @property
    def dataschema(self) -> str:
        """The `dataschema` of the newest version."""
        return schema_uri(self.type, self.version)


EVENTS: Mapping[str, Contract] = {
    contract.type: contract
    for contract in (
        Contract("lienthong.intake.procedure-published", intake.ProcedurePublished),
        Contract("lienthong.intake.dossier-submitted", intake.DossierSubmitted),
        Contract("lienthong.intake.dossier-received", intake.DossierReceived),
        Contract("lienthong.intake.dossier-refused", intake.DossierRefused),
        Contract("lienthong.intake.dossier-resolved", intake.DossierResolved),
        Contract("lienthong.intake.dossier-stopped", intake.DossierStopped),
        Contract("lienthong.intake.dossier-sent-on", intake.DossierSentOn),
        Contract("lienthong.intake.result-handed-back", intake.ResultHandedBack),
        Contract("lienthong.intake.dossier-paused", intake.DossierPaused),
        Contract("lienthong.intake.dossier-resumed", intake.DossierResumed),
        Contract("lienthong.intake.dossier-extended", intake.DossierExtended),
        Contract("lienthong.intake.dossier-withdrawn", intake.DossierWithdrawn),
        Contract("lienthong.intake.internal-event", TolerantSchema),
        Contract("lienthong.routing.internal-event", TolerantSchema),
        Contract("lienthong.processing.internal-event", TolerantSchema),
        Contract("lienthong.routing.agency-registered", routing.AgencyRegistered),
        Contract("lienthong.routing.agency-ended", routing.AgencyEnded),
        Contract("lienthong.routing.process-published", routing.ProcessPublished),
        Contract("lienthong.routing.process-state-changed", routing.ProcessStateChanged),
        Contract("lienthong.routing.itinerary-planned", routing.ItineraryPlanned),
        Contract("lienthong.routing.itinerary-moved", routing.ItineraryMoved),
        Contract("lienthong.routing.itinerary-paused", routing.ItineraryPaused),
        Contract("lienthong.routing.itinerary-resumed", routing.ItineraryResumed),
        Contract("lienthong.routing.itinerary-extended", routing.ItineraryExtended),
        Contract("lienthong.routing.itinerary-withdrawn", routing.ItineraryWithdrawn),
        Contract("lienthong.routing.leg-rehomed", routing.LegRehomed),
        Contract("lienthong.routing.leg-opened", routing.LegOpened),
        Contract("lienthong.routing.leg-closed", routing.LegClosed),
        Contract("lienthong.routing.itinerary-completed", routing.ItineraryCompleted),
        Contract("lienthong.routing.itinerary-returned", routing.ItineraryReturned),
        Contract("lienthong.processing.leg-handed-over", processing.LegHandedOver),
        Contract("lienthong.processing.leg-acknowledged", processing.LegAcknowledged),
        Contract("lienthong.processing.leg-accepted", processing.LegAccepted),
        Contract("lienthong.processing.work-recorded", processing.WorkRecorded),
        Contract("lienthong.processing.leg-completed", processing.LegCompleted),
        Contract("lienthong.processing.leg-returned", processing.LegReturned),
        Contract("lienthong.processing.leg-overdue", processing.LegOverdue),
        Contract("lienthong.processing.leg-reminded", processing.LegReminded),
        Contract("lienthong.processing.opinion-given", processing.OpinionGiven),
        Contract("lienthong.processing.leg-transferred", processing.LegTransferred),
        Contract("lienthong.processing.leg-recalled", processing.LegRecalled),
        Contract("lienthong.processing.supplement-requested", processing.SupplementRequested),
        Contract("lienthong.processing.payment-requested", processing.PaymentRequested),
        Contract("lienthong.processing.leg-resumed", processing.LegResumed),
        Contract("lienthong.processing.leg-lapsed", processing.LegLapsed),
        Contract("lienthong.processing.leg-withdrawn", processing.LegWithdrawn),
        Contract("lienthong.processing.work-rehomed", processing.WorkRehomed),
        Contract("lienthong.processing.act-refused", processing.ActRefused),
        Contract("lienthong.processing.target-set", processing.TargetSet),
        Contract("lienthong.processing.figure-entered", processing.FigureEntered),
        Contract("lienthong.processing.request-issued", processing.RequestIssued),
        Contract("lienthong.processing.request-received", processing.RequestReceived),
        Contract("lienthong.processing.request-answered", processing.RequestAnswered),
        Contract("lienthong.processing.proposal-decided", processing.ProposalDecided),
        Contract("lienthong.processing.request-passed-on", processing.RequestPassedOn),
        Contract("lienthong.processing.request-consolidated", processing.RequestConsolidated),
        Contract("lienthong.processing.request-withdrawn", processing.RequestWithdrawn),
        Contract("lienthong.processing.request-overdue", processing.RequestOverdue),
    )
}
"""Events on `lienthong.events`, by type."""

HAND_OVERS: Mapping[str, Contract] = {
    contract.type: contract
    for contract in (
        Contract("lienthong.agency.leg-hand-over", agencies.LegHandOver),
        Contract("lienthong.agency.leg-notice", agencies.LegNotice),
        Contract("lienthong.agency.written-request", agencies.WrittenRequest),
        Contract("lienthong.agency.request-notice", agencies.RequestNotice),
        Contract("lienthong.agency.command-refused", agencies.CommandRefused),
        Contract("lienthong.agency.command-carried-out", agencies.CommandCarriedOut),
        Contract("lienthong.agency.history-restored", agencies.HistoryRestored),
    )
}
"""Messages on an agency's queue, by type."""

COMMANDS: Mapping[str, Contract] = {
    contract.type: contract
    for contract in (
        Contract("lienthong.command.acknowledge-message", agencies.AcknowledgeMessage),
        Contract("lienthong.command.accept-leg", agencies.AcceptLeg),
        Contract("lienthong.command.record-work", agencies.RecordWork),
        Contract("lienthong.command.complete-leg", agencies.CompleteLeg),
        Contract("lienthong.command.return-leg", agencies.ReturnLeg),
        Contract("lienthong.command.give-opinion", agencies.GiveOpinion),
        Contract("lienthong.command.transfer-leg", agencies.TransferLeg),
        Contract("lienthong.command.recall-leg", agencies.RecallLeg),
        Contract("lienthong.command.request-supplement", agencies.RequestSupplement),
        Contract("lienthong.command.request-payment", agencies.RequestPayment),
        Contract("lienthong.command.receive-request", agencies.ReceiveRequest),
        Contract("lienthong.command.answer-request", agencies.AnswerRequest),
    )
}
"""Commands on `lienthong.commands`, by type; the routing key is the last part."""

ALL: Mapping[str, Contract] = {**EVENTS, **HAND_OVERS, **COMMANDS}

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]
UPCASTERS: Mapping[tuple[str, int], Upcaster] = {}
"""(type, version) to the function that turns its data into that of the next version."""


@cache
def _schema(contract: Contract) -> Schema:
    return contract.schema()


@cache
def _required(contract: Contract) -> frozenset[str]:
    return frozenset(name for name, field in _schema(contract).fields.items() if field.required)


def accept(message: Message) -> dict[str, Any]:
    """Return the data of a message that another of our services sent, in the newest version of its type.

    Tolerant and fast: that its publisher keeps to the schema is proved by tests, so only what could
    not be read at all is refused. Raises MalformedMessageError as `load` does.
    """
    contract, data = _newest(message)
    if missing := _required(contract) - data.keys():
        raise MalformedMessageError("invalid-data", f"{message.type}: {min(missing)} is missing")
    return data


def load(message: Message) -> dict[str, Any]:
    """Return the message's data, checked, in the newest version of its type.

    Raises MalformedMessageError with `unknown-type`, `unknown-version` or `invalid-data`.
    """
    contract, data = _newest(message)
    try:
        return dict(_schema(contract).load(data))
    except ValidationError as error:
        raise MalformedMessageError("invalid-data", f"{message.type}: {error.messages}") from None


def _newest(message: Message) -> tuple[Contract, dict[str, Any]]:
    contract = ALL.get(message.type)
    if contract is None:
        raise MalformedMessageError("unknown-type", message.type)
    version, data = message.version, message.data
    if version > contract.version or version < 1:
        raise MalformedMessageError("unknown-version", f"{message.type} {version}")
    while version < contract.version:
        try:
            data = UPCASTERS[message.type, version](data)
        except (LookupError, TypeError, ValueError) as error:
            raise MalformedMessageError("invalid-data", f"{message.type} {version}: {error!r}") from error
        version += 1
    return contract, data
