"""The worked examples in the guide for agencies are the messages that the code speaks."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from services.processing.senders import SOURCE, Senders
from shared.contracts.agencies import LegNotice
from shared.contracts.registry import COMMANDS
from shared.topology import AGENCIES, agency_queue
from shared.topology import COMMANDS as COMMANDS_EXCHANGE
from tests.contract.messages import story
from tests.contract.messages.examples import example

GUIDE = (Path(__file__).parents[3] / "docs/contracts/agencies.md").read_text(encoding="utf-8")
BLOCKS: list[dict[str, Any]] = [
    json.loads(block) for block in re.findall(r"```json\n(.*?)```", GUIDE, re.DOTALL)
]
SHOWN = {
    "lienthong.agency.leg-hand-over": "agency",
    "lienthong.agency.leg-notice": "agency",
    "lienthong.command.accept-leg": "processing",
    "lienthong.agency.command-refused": "agency",
}


def test_it_shows_a_hand_over_a_notice_a_command_and_a_refusal() -> None:
    assert [block["body"]["type"] for block in BLOCKS] == list(SHOWN)


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: str(block["body"]["type"]))
def test_the_body_shown_is_the_example_that_both_sides_are_held_to(block: dict[str, Any]) -> None:
    kind = block["body"]["type"]

    assert block["body"] == story.plain(example(SHOWN[kind], kind))


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: str(block["body"]["type"]))
def test_the_properties_shown_are_those_of_the_message(block: dict[str, Any]) -> None:
    body, properties = block["body"], block["properties"]
    is_command = body["type"] in COMMANDS

    assert block["exchange"] == (COMMANDS_EXCHANGE if is_command else AGENCIES)
    assert block["routing_key"] == (body["type"].rpartition(".")[2] if is_command else story.LAND)
    assert properties["content_type"] == "application/cloudevents+json"
    assert properties["delivery_mode"] == 2
    assert properties["message_id"] == body["id"]
    for name, value in properties["headers"].items():
        assert body[name.removeprefix("cloudEvents:")] == value
    if is_command:
        assert properties["user_id"] == f"{Senders().account_prefix}{story.LAND}"
        assert body["source"] == f"{SOURCE}{story.LAND}"
    else:
        assert agency_queue(story.LAND) in GUIDE


def test_every_command_is_named() -> None:
    for kind in COMMANDS:
        assert f"`{kind.rpartition('.')[2]}`" in GUIDE


def test_every_state_that_a_notice_may_tell_of_is_explained() -> None:
    for state in LegNotice().fields["state"].validate.choices:  # type: ignore[union-attr]
        assert f"| `{state}` |" in GUIDE
