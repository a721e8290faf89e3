"""Names that outlive a release: brokers, databases and other people's systems hold them.

A name that changes here without a migration loses what was stored under the old one.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from eventsourcing.utils import resolve_topic

from deploy.audit import checkpoints, proving
from deploy.audit.store_check import chained
from deploy.offline import verify_proof
from services.intake.domain.dossier import Dossier
from services.intake.domain.procedure import Procedure
from services.processing.domain import clock_events as work_clock_events
from services.processing.domain import events as work_events
from services.processing.domain.account import AgencyAccount
from services.processing.domain.entered import EnteredFigure
from services.processing.domain.refused_act import RefusedAct
from services.processing.domain.replay import Replay
from services.processing.domain.request import Request
from services.processing.domain.serving import Serving, serving_key
from services.processing.domain.target import Target
from services.routing.domain import clock_events, itinerary_events
from services.routing.domain.agency import Agency
from services.routing.domain.competence import Competence
from services.routing.domain.keys import agency_key, competence_key, process_key
from services.routing.domain.process import Process
from services.routing.domain.reorganisation import Reorganisation, reorganisation_key
from services.routing.tables import AGENCY, COMPETENCE, END, PROCEDURE, PROCESS
from services.statistics.domain.publication import DOMAIN, Publication, publication_key
from services.statistics.domain.read_model import ReadModel
from services.statistics.domain.rule_set import RuleSet
from services.statistics.ledger.entries import entry_hash
from shared.clearings import Clearing
from shared.event_sourcing import Aggregate
from shared.partitions import PARTITIONS, partition_of
from shared.readings import Reading
from shared.retrials import Retrial
from shared.topology import (
    Binding,
    agency_topology,
    input_queues,
    services_topology,
)

EXCHANGES = {
    "lienthong.events": "topic",
    "lienthong.agencies": "direct",
    "lienthong.commands": "topic",
    "lienthong.dead": "direct",
    "lienthong.resends": "direct",
    "intake.in": "headers",
    "routing.in": "headers",
    "processing.in": "headers",
    "statistics.in": "headers",
}

QUEUES = {
    "intake.in.0",
    "intake.in.0.dead",
    "intake.in.1",
    "intake.in.1.dead",
    "intake.in.2",
    "intake.in.2.dead",
    "intake.in.3",
    "intake.in.3.dead",
    "intake.resends",
    "processing.commands",
    "processing.commands.dead",
    "processing.in.0",
    "processing.in.0.dead",
    "processing.in.1",
    "processing.in.1.dead",
    "processing.in.2",
    "processing.in.2.dead",
    "processing.in.3",
    "processing.in.3.dead",
    "processing.resends",
    "routing.in.0",
    "routing.in.0.dead",
    "routing.in.1",
    "routing.in.1.dead",
    "routing.in.2",
    "routing.in.2.dead",
    "routing.in.3",
    "routing.in.3.dead",
    "routing.resends",
    "statistics.in.0",
    "statistics.in.0.dead",
    "statistics.in.1",
    "statistics.in.1.dead",
    "statistics.in.2",
    "statistics.in.2.dead",
    "statistics.in.3",
    "statistics.in.3.dead",
}

TOPICS: dict[type[Aggregate], set[str]] = {
    Dossier: {
        "intake.dossier.event",
        "intake.dossier.submitted",
        "intake.dossier.received",
        "intake.dossier.refused",
        "intake.dossier.processing-started",
        "intake.dossier.agency-joined",
        "intake.dossier.paused",
        "intake.dossier.resumed",
        "intake.dossier.extended",
        "intake.dossier.returned-to-desk",
        "intake.dossier.sent-on",
        "intake.dossier.stopped",
        "intake.dossier.withdrawn",
        "intake.dossier.resolved",
        "intake.dossier.handed-back",
        "intake.dossier.person-erased",
    },
    Procedure: {
        "intake.procedure.event",
        "intake.procedure.edition",
        "intake.procedure.published",
        "intake.procedure.revised",
    },
    AgencyAccount: {
        "processing.account.event",
        "processing.account.enrolled",
        "processing.account.enrolled-again",
        "processing.account.rotated",
        "processing.account.retired",
    },
    EnteredFigure: {
        "processing.entered.event",
        "processing.entered.entered",
        "processing.entered.corrected",
        "processing.entered.checked",
        "processing.entered.locked",
    },
    RefusedAct: {"processing.refused-act.event", "processing.refused-act.recorded"},
    Target: {
        "processing.target.event",
        "processing.target.set",
        "processing.target.changed",
    },
    Request: {
        "processing.request.event",
        "processing.request.issued",
        "processing.request.of-part",
        "processing.request.received",
        "processing.request.answered",
        "processing.request.proposal-decided",
        "processing.request.passed-on",
        "processing.request.consolidated",
        "processing.request.withdrawn",
        "processing.request.fell-due",
    },
    Serving: {
        "processing.serving.event",
        "processing.serving.begun",
        "processing.serving.settled",
        "processing.serving.retried",
        "processing.serving.set-aside",
        "processing.serving.resumed",
    },
    Replay: {
        "processing.replay.event",
        "processing.replay.begun",
        "processing.replay.page-done",
        "processing.replay.paused",
        "processing.replay.resumed",
        "processing.replay.finished",
        "processing.replay.cancelled",
    },
    RuleSet: {"statistics.rule-set.event", "statistics.rule-set.adopted"},
    Publication: {"statistics.publication.event", "statistics.publication.published"},
    ReadModel: {
        "statistics.read-model.event",
        "statistics.read-model.defined",
        "statistics.read-model.rebuild-started",
        "statistics.read-model.swapped",
        "statistics.read-model.scratch-built",
        "statistics.read-model.scratch-dropped",
    },
    Clearing: {"clearing.event", "clearing.ordered"},
    Retrial: {"retrial.event", "retrial.ordered"},
    Reading: {"reading.event", "reading.recorded"},
}
"""What is stored of events, by aggregate."""


WORK_CLOCK_TOPICS = {
    "processing.work.supplement-requested",
    "processing.work.payment-requested",
    "processing.work.resumed",
    "processing.work.lapsed",
    "processing.work.reminded",
    "processing.work.overdue",
}


WORK_TOPICS = {
    "processing.work.handed-over",
    "processing.work.acknowledged",
    "processing.work.accepted",
    "processing.work.work-recorded",
    "processing.work.completed",
    "processing.work.opinion-given",
    "processing.work.returned",
    "processing.work.transferred",
    "processing.work.recalled",
    "processing.work.withdrawn",
    "processing.work.rehomed",
}


ITINERARY_TOPICS = {
    "routing.itinerary.planned",
    "routing.itinerary.leg-opened",
    "routing.itinerary.leg-closed",
    "routing.itinerary.legs-withdrawn",
    "routing.itinerary.leg-rehomed",
    "routing.itinerary.moved",
    "routing.itinerary.completed",
    "routing.itinerary.returned-to-desk",
    "routing.itinerary.withdrawn",
}


CLOCK_TOPICS = {
    "routing.itinerary.paused",
    "routing.itinerary.resumed",
    "routing.itinerary.extended",
}


@pytest.mark.parametrize(
    ("events", "topics"),
    [
        (work_events, WORK_TOPICS),
        (work_clock_events, WORK_CLOCK_TOPICS),
        (itinerary_events, ITINERARY_TOPICS),
        (clock_events, CLOCK_TOPICS),
    ],
)
def test_events_in_a_module_of_their_own_keep_their_topics_and_are_found_by_them(
    events: Any, topics: set[str]
) -> None:
    stated = {each for each in vars(events).values() if isinstance(each, type) and "TOPIC" in vars(each)}

    assert {vars(event)["TOPIC"] for event in stated} == topics
    assert {resolve_topic(topic) for topic in topics} == stated == set(events.ALL)


@pytest.mark.parametrize("aggregate", TOPICS)
def test_the_events_of_an_aggregate_keep_their_topics(aggregate: type[Aggregate]) -> None:
    events = [each for each in vars(aggregate).values() if isinstance(each, type)]
    # The library makes a further base class without a topic of its own.
    found = {vars(each)["TOPIC"] for each in events if "TOPIC" in vars(each)}

    assert found == TOPICS[aggregate]


def test_the_exchanges_keep_their_names_and_kinds() -> None:
    assert {exchange.name: exchange.kind for exchange in services_topology().exchanges} == EXCHANGES


def test_the_queues_keep_their_names() -> None:
    names = [queue.name for queue in services_topology().queues]

    assert sorted(names) == sorted(QUEUES)


def test_an_agency_keeps_its_queue_and_its_routing_key() -> None:
    topology = agency_topology("H19.05")

    assert {queue.name for queue in topology.queues} == {"agency.H19.05", "agency.H19.05.dead"}
    assert Binding("lienthong.agencies", "agency.H19.05", routing_key="H19.05") in topology.bindings


def test_only_one_consumer_at_a_time_takes_from_a_services_input() -> None:
    alone = {queue.name for queue in services_topology().queues if queue.single_active_consumer}

    inputs = {
        name
        for service in ("intake", "routing", "processing", "statistics")
        for name in input_queues(service)
    }
    assert alone == inputs | {"processing.commands"}


@pytest.mark.parametrize(
    ("key", "partition"),
    [
        ("9b0f2d4e-0000-4000-8000-000000000001", 3),
        ("9b0f2d4e-0000-4000-8000-000000000002", 1),
        ("", 0),
        ("hồ sơ", 3),
    ],
)
def test_a_partition_key_keeps_its_partition(key: str, partition: int) -> None:
    assert partition_of(key) == partition
    assert PARTITIONS == 4


ROUTING_REFERENCE = {
    "routing.agency",
    "routing.agency.described",
    "routing.agency.ended",
    "routing.agency.registered",
    "routing.competence",
    "routing.competence.added",
    "routing.competence.corrected",
    "routing.competence.limited",
    "routing.competence.registered",
    "routing.process",
    "routing.process.published",
    "routing.process.revised",
    "routing.process.state-changed",
    "routing.reorganisation",
    "routing.reorganisation.begun",
    "routing.reorganisation.finished",
    "routing.reorganisation.rehomed",
}


def test_routings_reference_data_keep_their_topics() -> None:
    aggregates: list[Any] = [Agency, Competence, Process, Reorganisation]
    events = [
        value for aggregate in aggregates for value in vars(aggregate).values() if isinstance(value, type)
    ]
    topics = {vars(event)["TOPIC"] for event in events if "TOPIC" in vars(event)}
    stored = {topic for topic in topics if not topic.endswith((".event", ".edition"))}

    assert stored | {aggregate.TOPIC for aggregate in aggregates} == ROUTING_REFERENCE
    assert Process.Edition.class_version == 2


@pytest.mark.parametrize(
    ("key", "stored"),
    [
        (serving_key("H47.71"), "03cbb75e-dc67-586c-94f3-ba5e366828d8"),
        (agency_key("H47.71"), "49beedc2-6401-54ab-8b7c-6bdc6757b962"),
        (process_key("lien-thong.khai-sinh"), "40e711c1-9c33-5b96-85a4-cb92bb706959"),
        (reorganisation_key("hai-cap-2025"), "e835bb9f-6758-5c99-9e0a-0556967f8ed8"),
        (competence_key("1.001193"), "b8379df3-49f6-56a9-8e1e-f20b815b04e8"),
    ],
)
def test_routings_reference_data_keep_their_ids(key: UUID, stored: str) -> None:
    assert str(key) == stored


def test_the_rows_of_routings_directory_keep_their_kinds() -> None:
    assert (AGENCY, END, COMPETENCE, PROCESS, PROCEDURE) == (
        "agency",
        "end",
        "competence",
        "process",
        "procedure",
    )


def test_what_outsiders_keep_of_the_audit_stays_readable() -> None:
    assert (checkpoints.FORMAT, proving.FORMAT) == ("lienthong-checkpoint/1", "lienthong-proof/1")
    assert (verify_proof.CHECKPOINT, verify_proof.PROOF) == (checkpoints.FORMAT, proving.FORMAT)
    assert chained(bytes(32), 1, "00" * 32).hex().startswith("979eef163bfe9db9")
    assert (
        entry_hash(1, bytes(32), None, "2025-07-01T00:00:00.000000Z", b"{}")
        .hex()
        .startswith("367192872e07395d")
    )


def test_a_publication_is_found_and_its_signature_checked_by_names_that_last() -> None:
    assert publication_key("122/BC-UBND") == UUID("d3eba388-29c9-5b92-a27a-fa7d07a57f34")
    assert DOMAIN == b"lienthong/publication/1\n"
