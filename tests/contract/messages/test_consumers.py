"""Each service, put together as it runs, acts on the examples of what it reads and parks none."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from deploy.composition.parts import Runtime
from services.routing.api import put_reference
from shared.acts import Actor
from shared.contracts.envelope import Message, from_bytes
from shared.messaging.broker import Delivery
from shared.messaging.consuming import headers_of
from tests.contract.messages import story
from tests.contract.messages.conftest import MakeService
from tests.contract.messages.examples import example, examples

TAKEN_IN = count(1)


def delivery(message: Message, *, queue: str, user_id: str | None = None) -> Delivery:
    command = message.type.rpartition(".")[2]
    return Delivery(
        queue=queue,
        body=message.to_bytes(),
        exchange="lienthong.commands" if user_id else "lienthong.events",
        routing_key=command if user_id else message.type.removeprefix("lienthong."),
        message_id=message.id,
        headers=headers_of(message),
        content_type="application/cloudevents+json",
        user_id=user_id,
        redelivered=False,
        tag=next(TAKEN_IN),
    )


def hear(runtime: Runtime, *messages: Message) -> None:
    """Deliver messages as all that their sources ever published, one after another."""
    for message in messages:
        position = next(TAKEN_IN)
        alone = replace(message, id=str(position), sourceposition=position, previousposition=0)
        runtime.handler.handle([delivery(alone, queue=f"{runtime.name}.in.0")])


def parked(runtime: Runtime) -> list[str]:
    with runtime.parts.database.transaction() as tx:
        return [row[0] for row in tx.execute("SELECT reason FROM parked")]


def topics(runtime: Runtime) -> list[str]:
    with runtime.parts.database.transaction() as tx:
        return [row[0] for row in tx.execute("SELECT topic FROM event ORDER BY position")]


@pytest.mark.parametrize(
    ("kind", "recorded"),
    [
        ("itinerary-planned", "intake.dossier.processing-started"),
        ("itinerary-completed", "intake.dossier.resolved"),
        ("itinerary-returned", "intake.dossier.returned-to-desk"),
    ],
)
def test_intake_acts_on_what_routing_says_of_a_dossier(
    service: MakeService, kind: str, recorded: str
) -> None:
    intake = service("intake")
    intake.unit.run(lambda _tx: intake.application.add(story.received()))

    hear(intake, example("intake", f"lienthong.routing.{kind}"))

    assert parked(intake) == []
    assert topics(intake)[-1] == recorded


def test_intake_keeps_the_agencies_that_routing_registers(service: MakeService) -> None:
    intake = service("intake")

    hear(intake, example("intake", "lienthong.routing.agency-registered"))

    assert parked(intake) == []
    assert intake.extras["tables"].agencies.desks({story.LAND})[story.LAND].code == story.LAND


def routing_with_reference(service: MakeService) -> Runtime:
    routing = service("routing")
    agencies = [
        {**story.AGENCY, "agency": agency, "parent": None} for agency in (story.DESK, story.LAND, story.TAX)
    ]
    data = {"agencies": agencies, "processes": [story.PROCESS]}
    actor = Actor("administrator", "test")
    put_reference(routing.application, routing.unit, data, actor, routing.parts.clock)  # type: ignore[arg-type]
    return routing


@pytest.mark.parametrize(
    ("kinds", "recorded"),
    [
        (["intake.dossier-received"], ["planned", "leg-opened"]),
        (
            ["intake.dossier-received", "processing.leg-completed"],
            ["planned", "leg-opened", "leg-closed", "leg-opened"],
        ),
        (
            ["intake.dossier-received", "processing.leg-returned", "intake.dossier-sent-on"],
            ["planned", "leg-opened", "leg-closed", "returned-to-desk", "leg-opened"],
        ),
    ],
    ids=lambda value: str(value[-1]),
)
def test_routing_acts_on_what_the_desk_and_the_agencies_say(
    service: MakeService, kinds: list[str], recorded: list[str]
) -> None:
    routing = routing_with_reference(service)
    before = len(topics(routing))

    hear(routing, *(example("routing", f"lienthong.{kind}") for kind in kinds))

    assert parked(routing) == []
    assert topics(routing)[before:] == [f"routing.itinerary.{event}" for event in recorded]


def processing_with_the_leg(service: MakeService, **more: Any) -> Runtime:
    processing = service("processing")
    registered = example("processing", "lienthong.routing.agency-registered")
    for agency in (story.LAND, story.TAX, story.DESK, story.SUCCESSOR):
        hear(processing, replace(registered, data={**registered.data, "agency": agency}))
    opened = example("processing", "lienthong.routing.leg-opened")
    hear(processing, replace(opened, data={**opened.data, **more}))
    assert parked(processing) == []
    assert topics(processing) == ["processing.work.handed-over"]
    return processing


@pytest.mark.parametrize(
    ("commands", "recorded"),
    [
        (["acknowledge-message"], "acknowledged"),
        (["accept-leg"], "accepted"),
        (["accept-leg", "record-work"], "work-recorded"),
        (["accept-leg", "record-work", "complete-leg"], "completed"),
        (["return-leg"], "returned"),
        (["transfer-leg"], "transferred"),
        (["accept-leg", "request-supplement"], "supplement-requested"),
        (["accept-leg", "request-payment"], "payment-requested"),
    ],
    ids=lambda value: str(value[-1]),
)
def test_processing_carries_out_what_an_agency_commands(
    service: MakeService, commands: list[str], recorded: str
) -> None:
    processing = processing_with_the_leg(service)
    sent = [example("processing", f"lienthong.command.{command}") for command in commands]

    processing.extras["commands"].handle(
        [delivery(one, queue="processing.commands", user_id=f"agency.{story.LAND}") for one in sent]
    )

    assert parked(processing) == []
    assert topics(processing)[-1] == f"processing.work.{recorded}"
    assert answers(processing) == ["answered"], "the hand-over counts as delivered, and nothing was refused"


@pytest.mark.parametrize(
    ("command", "sender", "leg"),
    [("give-opinion", story.LAND, {"kind": "opinion"}), ("recall-leg", story.DESK, {})],
)
def test_processing_lets_those_act_whom_a_command_is_for(
    service: MakeService, command: str, sender: str, leg: dict[str, Any]
) -> None:
    processing = processing_with_the_leg(service, **leg)
    sent = example("processing", f"lienthong.command.{command}")

    processing.extras["commands"].handle(
        [delivery(sent, queue="processing.commands", user_id=f"agency.{sender}")]
    )

    assert parked(processing) == []
    recorded = {"give-opinion": "opinion-given", "recall-leg": "recalled"}
    assert topics(processing)[-1] == f"processing.work.{recorded[command]}"
    assert answers(processing) == ["answered"]


@pytest.mark.parametrize(
    ("kind", "recorded"),
    [("leg-closed", ["withdrawn"]), ("leg-rehomed", ["rehomed"]), ("agency-ended", [])],
)
def test_processing_does_what_routing_says_of_a_leg(
    service: MakeService, kind: str, recorded: list[str]
) -> None:
    processing = processing_with_the_leg(service)
    heard = example("processing", f"lienthong.routing.{kind}")
    leg = {"leg": str(story.FIRST), "outcome": "withdrawn", "agency": story.SUCCESSOR}
    changed = {name: value for name, value in leg.items() if name in heard.data and kind != "agency-ended"}

    hear(processing, replace(heard, data={**heard.data, **changed}))

    assert parked(processing) == []
    assert topics(processing)[1:] == [f"processing.work.{event}" for event in recorded]


def test_processing_goes_on_with_a_leg_that_waited(service: MakeService) -> None:
    processing = processing_with_the_leg(service)
    waits = [
        example("processing", f"lienthong.command.{name}") for name in ("accept-leg", "request-supplement")
    ]
    processing.extras["commands"].handle(
        [delivery(one, queue="processing.commands", user_id=f"agency.{story.LAND}") for one in waits]
    )
    resumed = example("processing", "lienthong.routing.itinerary-resumed")

    hear(processing, replace(resumed, data={**resumed.data, "leg": str(story.FIRST), "kind": "supplement"}))

    assert parked(processing) == []
    assert topics(processing)[-1] == "processing.work.resumed"


def test_a_refused_command_is_answered_as_the_example_says(service: MakeService) -> None:
    processing = processing_with_the_leg(service)
    sent = [example("processing", f"lienthong.command.{name}") for name in ("return-leg", "complete-leg")]

    processing.extras["commands"].handle(
        [delivery(one, queue="processing.commands", user_id=f"agency.{story.LAND}") for one in sent]
    )

    with processing.parts.database.transaction() as tx:
        ((body,),) = tx.execute("SELECT body FROM delivery WHERE kind = 'refusal'")
    agreed = story.plain(example("agency", "lienthong.agency.command-refused"))
    answered = story.plain(from_bytes(bytes(body)))
    assert answered.keys() == agreed.keys()
    assert answered["data"].keys() == agreed["data"].keys()
    assert answered["data"]["code"] == agreed["data"]["code"]


def answers(processing: Runtime) -> list[str]:
    with processing.parts.database.transaction() as tx:
        return [row[0] for row in tx.execute("SELECT state FROM delivery WHERE notice IS NULL")]


def test_statistics_enters_everything_into_its_ledger(service: MakeService) -> None:
    statistics = service("statistics")
    sent = list(examples("statistics"))

    hear(statistics, *sent)

    assert parked(statistics) == []
    with statistics.parts.database.transaction() as tx:
        assert tx.execute("SELECT count(*) FROM ledger")[0][0] >= len(sent)
