"""Connectors that break the contract, each in its way. Run by the tests as `wrong_connector.py FAULT...`."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Collection
from typing import Any
from uuid import uuid4

from deploy.connector.link import Link, LinkError, linked
from deploy.connector.messages import (
    HAND_OVER,
    NOTICE,
    REFUSAL,
    REQUEST,
    RESTORED,
    Incoming,
    answer,
    command,
    read,
)
from deploy.connector.settings import Settings, from_mapping


def main(faults: Collection[str]) -> None:
    settings = from_mapping(os.environ)
    while True:
        try:
            with linked(settings) as link:
                serve(link, settings, faults)
        except LinkError:
            if "never-reconnects" in faults:
                threading.Event().wait()
            threading.Event().wait(0.3)


def serve(link: Link, settings: Settings, faults: Collection[str]) -> None:
    came: list[tuple[Any, Incoming | None]] = []
    said: list[dict[str, Any]] = []
    known: set[str] = set()
    link.consume(lambda message: came.append((message, read(message.body))))
    while True:
        link.drain(1.0)
        while came:
            message, incoming = came.pop(0)
            if incoming is None and "dies-of-the-unknown" in faults:
                sys.exit("what is this?")
            new = answers(settings.agency, incoming, faults) if incoming else []
            if incoming and "knows-by-id-alone" in faults:
                new = [] if incoming.id in known else new
                known.add(incoming.id)
            said += new
            is_asked_again = incoming and incoming.type == RESTORED and "forgets-what-it-said" not in faults
            for each in said if is_asked_again else new:
                link.publish(each)
            if not {"says-nothing", "never-acknowledges"} & {*faults}:
                message.ack()


def answers(agency: str, incoming: Incoming, faults: Collection[str]) -> list[dict[str, Any]]:
    leg = incoming.data.get("leg", "")
    if incoming.type == NOTICE and "answers-notices" in faults:
        return [command(agency, "acknowledge-message", leg, answers=incoming.id)]
    if incoming.type == REFUSAL and "argues" in faults:
        cause, leg = incoming.data["command"].rpartition("/")[2], incoming.body["legid"]
        return [command(agency, "acknowledge-message", leg, answers=cause) for _ in range(5)]
    if incoming.type == REQUEST and "leaves-requests" not in faults:
        return [answer(agency, incoming, "receive-request")]
    if incoming.type != HAND_OVER or "says-nothing" in faults:
        return []
    usual = [answer(agency, incoming, "acknowledge-message")]
    if "completes-at-once" in faults:
        usual.append(answer(agency, incoming, "complete-leg"))
    if "answers-under-new-ids" in faults:
        usual = [each | {"id": str(uuid4())} for each in usual]
    if "names-no-cause" in faults:
        usual = [{name: value for name, value in each.items() if name != "causationid"} for each in usual]
    return usual


if __name__ == "__main__":
    main(sys.argv[1:])
