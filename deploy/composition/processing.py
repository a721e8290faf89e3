"""How processing is put together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from deploy.composition.parts import Parts, Runtime, assemble, own_epochs
from services.processing.api.measures import RefusedCommands, delivery_measures
from services.processing.application import (
    Accounts,
    EnteredFigures,
    Ladder,
    Processing,
    RefusedActs,
    Replays,
    Requests,
    Servings,
    Targets,
)
from services.processing.commands import CommandConsumer
from services.processing.consumer import ONLY, REFERENCES, aggregate_of, handlers
from services.processing.deadlines import TermsOfLegs
from services.processing.deliverer import Deliverer
from services.processing.messages import Letters
from services.processing.publisher import TRANSLATIONS
from services.processing.replayer import Replayer
from services.processing.senders import Senders
from services.processing.service import ProcessingService
from services.processing.tables.agencies import AgencyTable
from services.processing.tables.deliveries import DeliveryTable
from services.processing.tables.ledger import DeliveryLedger
from services.processing.tables.parked import ParkedHandOvers
from services.processing.tables.pulling import Pulling
from services.processing.tables.reminders import ReminderTable
from services.processing.tables.replays import ReplayTable
from services.processing.tables.requests import RequestTable
from services.processing.tables.standing import DeliveryStanding
from services.processing.tables.ways import WayTable
from services.processing.tables.worklist import WorklistTable
from shared.entrypoints.loops import Wake
from shared.messaging.broker import Broker
from shared.messaging.consuming import HandlerTable
from shared.persistence.deadlines import DeadlineTable
from shared.persistence.recorder import LogRecorder
from shared.topology import agency_queue, agency_topology
from shared.working_time.vietnam import vietnam_calendar


def build(parts: Parts) -> Runtime:
    """Put processing together from its parts."""
    database = parts.database
    agencies, deadlines, worklist = AgencyTable(database), DeadlineTable(), WorklistTable(database)
    applicant_link = f"{parts.public_url}/v1/dossiers/{{dossier}}/applicant"
    deliveries = DeliveryTable(
        Letters(own_epochs(database, "processing").source, applicant_link), parts.clock
    )
    ways, parked = WayTable(database), ParkedHandOvers(database)
    reminders = ReminderTable(database)
    ladder = Ladder(agencies, deadlines, reminders, vietnam_calendar())
    application = Processing(LogRecorder(database), agencies, deliveries, deadlines, worklist, ladder)
    replay_table, request_table = ReplayTable(database), RequestTable(database)
    targets = Targets(application, agencies)
    entered = EnteredFigures(application, agencies)
    requests = Requests(application, agencies, deliveries, deadlines, request_table, targets)
    replays = Replays(application, agencies, replay_table)
    consumer = HandlerTable(
        handlers(application, agencies),
        parts.clock,
        "processing",
        prefetch=application.prefetch,
        aggregate_of=aggregate_of,
        references=REFERENCES,
        only=ONLY,
    )
    runtime = assemble(
        "processing",
        ProcessingService,
        parts,
        application,
        [agencies, deadlines, worklist, deliveries, replay_table, ways, reminders, request_table],
        consumer,
        TRANSLATIONS,
    )
    wake_deliverer = Wake()
    runtime.unit.after_commit(wake_deliverer.ring)
    ledger = DeliveryLedger(database)
    queues = AgencyQueues(agencies, parts.broker, lambda agency: ledger.redrive(agency, parts.clock.now()))
    standing = DeliveryStanding(database)
    refused, refused_acts = RefusedCommands(), RefusedActs(application, parts.clock)
    runtime.measures += [delivery_measures(standing), refused.measure]
    runtime.extras |= {
        "accounts": Accounts(application, agencies),
        "deliveries": ledger,
        "worklist": worklist,
        "commands": CommandConsumer(
            runtime.unit,
            application,
            requests,
            refused_acts,
            agencies,
            deliveries,
            parts.clock,
            Senders(verify=parts.verify_senders),
            parts.tolerance,
            wake_deliverer.ring,
            tracing=runtime.tracing,
            count_refused=refused.count,
        ),
        "deliverer": Deliverer(ledger, parts.broker.publisher, parts.clock, queues.doubt, runtime.tracing),
        "targets": targets,
        "entered": entered,
        "requests": requests,
        "request_table": request_table,
        "servings": Servings(application, agencies, ways, parked),
        "ways": ways,
        "reminders": reminders,
        "standing": standing,
        "parked_hand_overs": parked,
        "pulling": Pulling(database, ledger, runtime.tracing),
        "refused_acts": refused_acts,
        "replays": replays,
        "replay_table": replay_table,
        "replayer": Replayer(
            runtime.unit,
            replays,
            replay_table,
            ways,
            parts.broker.publisher,
            parts.clock,
            runtime.tracing,
        ),
        "wake_replayer": Wake(),
        "terms": TermsOfLegs(runtime.unit, application, requests, request_table, deadlines, parts.clock),
        "wake_deliverer": wake_deliverer,
        "wake_deadlines": Wake(),
        "declare_agencies": queues.declare_new,
    }
    return runtime


class AgencyQueues:
    """Sees to it that every connected agency has its queue before something is sent there.

    A queue that is not there holds nothing any more: what was sent to it is driven again at once. That
    is looked at for each agency once, and for all of them whenever a connection was lost.
    """

    def __init__(
        self, agencies: ConnectedAgencies, broker: Broker, lost: Callable[[str], None] = lambda _agency: None
    ) -> None:
        self._agencies = agencies
        self._broker = broker
        self._lost = lost
        self._declared: set[str] = set()
        self._losses = broker.losses()

    def declare_new(self) -> None:
        """Declare queues that may not be there. Raises BrokerUnavailableError."""
        losses = self._broker.losses()
        if losses != self._losses:
            self._declared.clear()
        new = [agency for agency in self._agencies.connected() if agency not in self._declared]
        if new:
            gone = self._broker.missing([agency_queue(agency) for agency in new])
            losses = self._broker.losses() if gone else losses  # asking for one that is gone costs a link
            for agency in new:
                self._broker.declare(agency_topology(agency), again=False)
                if agency_queue(agency) in gone:
                    self._lost(agency)
                self._declared.add(agency)
        self._losses = losses

    def doubt(self, agency: str) -> None:
        """Declare an agency's queue again next time: it seems that someone has deleted it."""
        self._declared.discard(agency)


class ConnectedAgencies(Protocol):
    """Knows which agencies have a system of their own."""

    def connected(self) -> list[str]:
        """Return their ids."""
        ...
