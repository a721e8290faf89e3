"""The examples are what producers send; what was once agreed is not changed afterwards."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from deploy.contracts.envelope import envelope_document
from deploy.contracts.messages import handled_by, readers, schema_files
from shared.contracts import registry
from shared.contracts.envelope import Message, from_bytes
from tests.contract.messages import story
from tests.contract.messages.examples import FOLDER, NAME, id_of, paths

SCHEMAS = dict(schema_files())
ENVELOPE = Draft202012Validator(envelope_document(), format_checker=Draft202012Validator.FORMAT_CHECKER)
ROOT = FOLDER.parents[2]
CHANGES_WITH_THE_STORED_EVENT = {"digest"}


def produced() -> list[Message]:
    events = [message for service in story.STORIES for message in story.messages(service)]
    asked = [story.written_request(), story.request_notice()]
    told = [story.hand_over(), story.notice(), *asked, story.refusal(), story.carried_out(), story.restored()]
    return [*events, *story.commands(), *told]


def is_covered(expected: Any, found: Any) -> bool:
    """Whether all that the example says is still said; a newer producer may say more."""
    if isinstance(expected, dict):
        return isinstance(found, dict) and all(
            name in found and is_covered(value, found[name]) for name, value in expected.items()
        )
    if isinstance(expected, list):
        return (
            isinstance(found, list) and len(found) == len(expected) and all(map(is_covered, expected, found))
        )
    return bool(expected == found)


def check(message: Message) -> None:
    contract = registry.ALL[message.type]
    name = f"{contract.type}.v{message.version}.json"
    ENVELOPE.validate(story.plain(message))
    Draft202012Validator(SCHEMAS[name]).validate(message.data)


@pytest.mark.parametrize("service", story.STORIES)
def test_the_story_holds_every_event_that_becomes_public(service: str) -> None:
    told = {type(event) for aggregate in story.STORIES[service]() for event in aggregate.pending_events}

    assert set(story.SERVICES[service]) <= told


@pytest.mark.parametrize("message", produced(), ids=lambda message: f"{message.source}/{message.id}")
def test_what_a_producer_sends_satisfies_the_published_schema_and_the_one_it_is_read_with(
    message: Message,
) -> None:
    check(message)
    assert registry.load(message).keys() >= message.data.keys()


def test_every_consumer_has_an_example_of_each_message_it_acts_on_and_no_other() -> None:
    sent = {message.type for message in produced()}
    wanted = {(consumer, kind) for kind in sent for consumer in readers(kind)}
    filed = {(path.parent.name, match["type"]) for path in paths() if (match := NAME.fullmatch(path.name))}

    assert filed == wanted
    assert set(registry.ALL) - sent == {
        # No event of these two stays inside so far.
        "lienthong.routing.internal-event",
        "lienthong.processing.internal-event",
    }


def test_commands_are_acted_on_by_processing_and_hand_overs_by_agencies() -> None:
    assert {readers(kind)[0] for kind in registry.COMMANDS} == {"processing"}
    assert {readers(kind)[0] for kind in registry.HAND_OVERS} == {"agency"}
    assert "lienthong.routing.leg-opened" in handled_by("processing")


@pytest.mark.parametrize("path", paths(), ids=id_of)
def test_an_example_is_named_by_its_type_and_version_and_valid(path: Path) -> None:
    message = from_bytes(path.read_bytes())

    assert path.name == f"{message.type}.v{message.version}.json"
    assert json.loads(path.read_text(encoding="utf-8")) == story.plain(message), "nothing is passed over"
    registry.load(message)
    if message.version == registry.ALL[message.type].version:
        check(message)


@pytest.mark.parametrize("path", paths(), ids=id_of)
def test_the_producer_still_sends_what_the_example_says(path: Path) -> None:
    message = from_bytes(path.read_bytes())
    if message.version != registry.ALL[message.type].version:
        pytest.skip("an older version: consumers read it, nobody sends it")
    expected = {
        name: value
        for name, value in story.plain(message).items()
        if name not in CHANGES_WITH_THE_STORED_EVENT
    }

    assert any(is_covered(expected, story.plain(sent)) for sent in produced() if sent.type == message.type)


@pytest.mark.parametrize("path", paths(), ids=id_of)
def test_an_example_that_was_committed_is_not_changed(path: Path) -> None:
    committed = at_head(path)
    if committed is None:
        pytest.skip("not committed yet, or no git here")

    assert path.read_text(encoding="utf-8") == committed, (
        "somebody may rely on this message: give the type a new version, an upcaster and an example of its own"
    )


def test_no_example_that_was_committed_is_taken_away() -> None:
    listed = git("ls-tree", "-r", "--name-only", "HEAD", "tests/contract/messages")
    if listed is None:
        pytest.skip("no git here")

    gone = [name for name in listed.splitlines() if name.endswith(".json") and not (ROOT / name).exists()]
    assert gone == []


def at_head(path: Path) -> str | None:
    return git("show", f"HEAD:{path.relative_to(ROOT)}")


def git(*words: str) -> str | None:
    if shutil.which("git") is None:
        return None
    done = subprocess.run(
        ["git", "-c", f"safe.directory={ROOT}", *words], cwd=ROOT, check=False, capture_output=True, text=True
    )
    return done.stdout if done.returncode == 0 else None
