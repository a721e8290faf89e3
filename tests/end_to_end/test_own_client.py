"""An agency works with `agency listen` and `agency send`, on real processes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from deploy.stack import Stack
from tests.end_to_end.command_line import Said, lienthong
from tests.end_to_end.province import DESK, POLICE, at, put_reference, submit
from tests.end_to_end.waiting import eventually

pytestmark = pytest.mark.end_to_end


@pytest.fixture
def config(stack: Stack, tmp_path: Path) -> Path:
    put_reference(stack)
    path = tmp_path / "police.env"
    path.write_text(f"LIENTHONG_AGENCY={POLICE}\nLIENTHONG_BROKER={stack.enrol(POLICE)}\n")
    return path


def test_a_hand_over_is_heard_answered_and_worked_off_from_the_command_line(
    stack: Stack, config: Path, tmp_path: Path
) -> None:
    store = tmp_path / "police.sqlite"
    with at(stack, "intake", "receiving_officer", DESK) as desk:
        (dossier,) = submit(desk, 1, "own-client")

    def told(*words: str) -> list[dict[str, dict[str, str]]]:
        said = agency("listen", POLICE, config, store, *words, "--seconds", "3", "--json")
        assert said.status == 0, said.err
        return [json.loads(line) for line in said.out.splitlines()]

    def hand_over() -> dict[str, str] | None:
        bodies = [body["data"] for body in told("--ack")]
        return next((data for data in bodies if data.get("dossier") == dossier), None)

    heard = eventually(hand_over, "the hand-over is heard")
    assert heard
    leg = heard["leg"]
    accepted = agency("send", POLICE, config, store, "accept-leg", "--leg", leg, "--field", "officer=Lê Mai")
    assert accepted.status == 0, accepted.err
    assert eventually(lambda: state(stack, leg) == "accepted", "the leg is accepted")

    wrong = agency(
        "send", POLICE, config, store, "give-opinion", "--leg", leg, "--field", "opinion=agree", "--json"
    )
    answer = eventually(lambda: answer_to(told(), wrong.json["id"]), "the refusal is heard")
    assert answer
    assert answer["title_vi"]
    assert state(stack, leg) == "accepted"

    words = ("complete-leg", "--leg", leg, "--wants-answer", "--json")
    completed = agency("send", POLICE, config, store, *words)
    assert completed.json["confirmed"]
    assert eventually(lambda: state(stack, leg) is None, "the leg is off the worklist")
    done = eventually(lambda: answer_to(told(), completed.json["id"]), "word comes that it was carried out")
    assert done == {"command": completed.json["id"], "state": "completed"}


def test_a_request_is_heard_received_and_answered_from_the_command_line(
    stack: Stack, config: Path, tmp_path: Path
) -> None:
    store = tmp_path / "police.sqlite"
    content = {
        "kind": "report",
        "reference": "own-client/1",
        "issuer": DESK,
        "subject": "Tiến độ",
        "basis": "Công văn 1",
        "due_on": "2090-01-31",
        "addressees": [{"agency": POLICE}],
    }
    with at(stack, "processing", "administrator") as client:
        request = client.post("/v1/requests", content, "own-client/request")["request"]

    def heard() -> bool:
        said = agency("listen", POLICE, config, store, "--ack", "--seconds", "3", "--json")
        assert said.status == 0, said.err
        return any(json.loads(line)["data"].get("request") == request for line in said.out.splitlines())

    def part() -> dict[str, str]:
        with at(stack, "processing", "administrator") as client:
            (found,) = client.get(f"/v1/requests/{request}")["addressees"]
        return dict(found)

    assert eventually(heard, "the request is heard")
    assert eventually(lambda: "received_at" in part(), "it is known to be received")
    words = ("answer-request", "--request", request, "--field", "text=Xong")
    answered = agency("send", POLICE, config, store, *words)
    assert answered.status == 0, answered.err
    assert eventually(lambda: part().get("text") == "Xong", "it is answered")


def answer_to(bodies: list[dict[str, dict[str, str]]], command: str) -> dict[str, str] | None:
    return next((body["data"] for body in bodies if body["data"].get("command") == command), None)


def agency(verb: str, agency_: str, config: Path, store: Path, *words: str) -> Said:
    return lienthong("agency", verb, agency_, *words, "--config", config, "--store", store)


def state(stack: Stack, leg: str) -> str | None:
    with at(stack, "processing", "agency", POLICE) as client:
        works = client.get("/v1/worklist")["works"]
    return next((str(work["state"]) for work in works if work["leg_id"] == leg), None)
