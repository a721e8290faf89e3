"""The client's own promises, on a real broker."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import urlsplit

import pytest
from kombu import Connection

from deploy.conformance.desk import Desk
from deploy.conformance.kit import RemoteServer
from deploy.conformance.letters import hand_over
from deploy.conformance.sandbox import Sandbox, make, remove
from deploy.connector.client import Connector
from deploy.connector.link import LinkError
from deploy.connector.memory import Memory
from deploy.connector.messages import Incoming, answer, command
from deploy.connector.settings import Settings
from tests.end_to_end.command_line import lienthong

pytestmark = pytest.mark.integration


@pytest.fixture
def sandbox(kit_server: RemoteServer) -> Iterator[Sandbox]:
    sandbox = make(kit_server)
    yield sandbox
    remove(kit_server, sandbox)


@pytest.fixture
def desk(sandbox: Sandbox) -> Iterator[Desk]:
    desk = Desk(sandbox)
    yield desk
    desk.close()


@pytest.fixture
def settings(sandbox: Sandbox) -> Settings:
    place = urlsplit(sandbox.kit_url)
    return Settings(sandbox.agency, sandbox.address((str(place.hostname), int(place.port or 0))))


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    memory = Memory(tmp_path / "memory.sqlite")
    yield memory
    memory.close()


class Handler:
    """Answers each message until it has seen so many; fails at those it is told to."""

    def __init__(self, count: int, failing: str | None = None) -> None:
        self.stop = Event()
        self.seen: list[str] = []
        self._count = count
        self._failing = failing

    def __call__(self, incoming: Incoming) -> Sequence[Mapping[str, Any]]:
        self.seen.append(incoming.id)
        if len(self.seen) == self._count:
            self.stop.set()
        if incoming.id == self._failing:
            raise RuntimeError("our database is away")
        return [answer(incoming.data["agency"], incoming, "acknowledge-message")]


def test_what_cannot_be_dealt_with_stops_nobody_and_is_tried_again(
    desk: Desk, settings: Settings, memory: Memory
) -> None:
    bad, good = hand_over(settings.agency), hand_over(settings.agency)
    desk.send(bad)
    desk.send(good)
    first = Handler(2, failing=bad["id"])
    Connector(settings, memory, first).run(first.stop)
    assert [message.id for message in memory.unhandled()] == [bad["id"]]

    second = Handler(1)
    Connector(settings, memory, second).run(second.stop)

    assert second.seen == [bad["id"]]
    assert memory.unhandled() == []
    assert memory.unconfirmed() == []
    desk.wait(5, lambda: len(desk.commands) == 2)
    assert [seen.document["causationid"] for seen in desk.commands] == [good["id"], bad["id"]]


def test_what_is_not_understood_is_kept_for_a_person(desk: Desk, settings: Settings, memory: Memory) -> None:
    strange = hand_over(settings.agency) | {"dataschema": "urn:lienthong:agency:leg-hand-over:7"}
    desk.send(strange)
    desk.send(hand_over(settings.agency))
    handler = Handler(1)
    Connector(settings, memory, handler).run(handler.stop)

    assert [json.loads(body) for body in memory.aside()] == [strange]


def test_a_command_that_nobody_takes_is_kept_and_sent_under_its_id_later(
    sandbox: Sandbox, desk: Desk, settings: Settings, memory: Memory
) -> None:
    told = command(settings.agency, "accept-leg", "leg-1", answers="hand-over-1")
    connector = Connector(settings, memory, lambda _incoming: [])
    with Connection(sandbox.kit_url) as admin:
        channel = admin.channel()
        channel.queue_unbind("conformance.commands", "lienthong.commands", "#")
        with pytest.raises(LinkError):
            connector.send(told)
        assert memory.unconfirmed() == [told]
        channel.queue_bind("conformance.commands", "lienthong.commands", "#")

    connector.send(told)

    assert memory.unconfirmed() == []
    assert desk.wait(5, lambda: bool(desk.commands))
    assert [seen.document for seen in desk.commands] == [told]


def test_commands_from_a_file_are_sent_once_however_often_they_are_asked_for(
    desk: Desk, settings: Settings, tmp_path: Path
) -> None:
    config, file = tmp_path / "agency.env", tmp_path / "commands.json"
    config.write_text(f"LIENTHONG_AGENCY={settings.agency}\nLIENTHONG_BROKER={settings.broker}\n")
    leg = hand_over(settings.agency)["data"]["leg"]
    asked = {"command": "return-leg", "leg": leg, "answers": "hand-over-1", "id": "mine", "data": {"to": 0}}
    file.write_text(json.dumps([asked]))
    where = ("--config", config, "--store", tmp_path / "store.sqlite")

    for _ in range(2):
        said = lienthong("agency", "send", settings.agency, "--file", file, "--json", *where)
        assert said.json == {"id": "mine", "command": "return-leg", "confirmed": True}
    other = lienthong("agency", "send", settings.agency, "recall-leg", "--leg", leg, "--id", "mine", *where)

    assert other.status == 1
    assert "id này đã dùng cho lệnh khác" in other.words
    desk.wait(2, lambda: len(desk.commands) > 2)
    assert [seen.document for seen in desk.commands] == 2 * [desk.commands[0].document]
    assert desk.commands[0].document["data"] == {"leg": leg, "to": 0}


def test_commands_since_a_moment_are_sent_again_as_they_were(
    desk: Desk, settings: Settings, tmp_path: Path
) -> None:
    config, store = tmp_path / "agency.env", tmp_path / "store.sqlite"
    config.write_text(f"LIENTHONG_AGENCY={settings.agency}\nLIENTHONG_BROKER={settings.broker}\n")
    memory = Memory(store)
    for name, time in (("old", "2025-07-05T02:00:00Z"), ("new", "2025-07-07T09:00:00+07:00")):
        told = command(settings.agency, "accept-leg", "leg-1", answers="hand-over-1", id_=name)
        memory.put(told | {"time": time})
        memory.confirm(name)
    memory.close()
    where = ("--config", config, "--store", store, "--json")

    again = lienthong("agency", "send", settings.agency, "--again-since", "2025-07-06T00:00:00Z", *where)
    wrong = lienthong("agency", "send", settings.agency, "--again-since", "yesterday", *where)
    both = lienthong(
        "agency", "send", settings.agency, "accept-leg", "--leg", "x", "--again-since", "now", *where
    )

    assert again.json == {"id": "new", "command": "accept-leg", "confirmed": True}
    assert (wrong.status, both.status) == (2, 2)
    assert desk.wait(5, lambda: bool(desk.commands))
    assert [(one["id"], one["time"]) for one in (seen.document for seen in desk.commands)] == [
        ("new", "2025-07-07T09:00:00+07:00")
    ]


def test_wrong_credentials_and_wrong_use_are_told_in_both_languages(
    settings: Settings, tmp_path: Path
) -> None:
    config = tmp_path / "agency.env"
    wrong = settings.broker.replace("amqp://agency.", "amqp://agency.x")
    config.write_text(f"LIENTHONG_AGENCY={settings.agency}\nLIENTHONG_BROKER={wrong}\n")
    where = ("--config", config, "--store", tmp_path / "store.sqlite")

    refused = lienthong("agency", "listen", settings.agency, *where)
    assert refused.status == 1
    assert "Lỗi" in refused.words
    assert "Error" in refused.words
    assert lienthong("agency", "listen", "H00", *where).status == 2
    assert lienthong("agency", "send", settings.agency, "accept-leg", "--leg", "x", *where).status == 2
    assert lienthong("agency", "send", settings.agency, "dance", "--leg", "x", *where).status == 2
    assert lienthong("agency", "conformance", "--listen", "here").status == 2


def test_what_was_sent_since_a_backup_is_sent_again_as_it_was(
    desk: Desk, settings: Settings, memory: Memory
) -> None:
    asked = hand_over(settings.agency)
    desk.send(asked)
    first = Handler(1)
    Connector(settings, memory, first).run(first.stop)
    data = {
        "agency": settings.agency,
        "known_until": "2025-07-07T02:00:00Z",
        "resend_since": "2025-07-06T02:00:00Z",
    }
    kind = "lienthong.agency.history-restored"
    schema = "urn:lienthong:agency:history-restored:1"
    desk.send({**asked, "id": "restored", "type": kind, "dataschema": schema, "data": data})
    stop = Event()

    def hears_of_it(_incoming: Incoming) -> Sequence[Mapping[str, Any]]:
        stop.set()
        return []

    Connector(settings, memory, hears_of_it).run(stop)

    desk.wait(5, lambda: len(desk.commands) == 2)
    before, again = desk.commands
    assert before.body == again.body
    assert memory.unhandled() == []
