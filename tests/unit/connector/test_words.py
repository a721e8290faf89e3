"""What `agency listen` shows of each message that may come."""

from __future__ import annotations

import pytest

from deploy.cli.agency.listen import in_words
from deploy.connector.messages import NEWEST, command, read
from shared.contracts.registry import HAND_OVERS
from tests.contract.messages.examples import FOLDER

SHOWN = {
    "leg-hand-over": ["bàn giao / hand-over", "H47.65-250707-0001", "H47.65 → H47.12"],
    "leg-notice": ["thông báo / notice", "paused"],
    "written-request": ["yêu cầu, đôn đốc / request", "12/STTTT-CNTT", "2025-07-14"],
    "request-notice": ["yêu cầu, đôn đốc / request", "approved"],
    "command-refused": ["từ chối / refused", "leg-already-closed", "đã kết thúc", "has already ended"],
    "command-carried-out": ["đã thực hiện / carried out", "VPDK-accept-leg-1", "accepted"],
    "history-restored": ["hệ thống được khôi phục / restored"],
}


def test_the_client_knows_every_message_that_there_is() -> None:
    assert {kind: contract.version for kind, contract in HAND_OVERS.items()} == NEWEST
    assert {kind.rpartition(".")[2] for kind in NEWEST} == set(SHOWN)


@pytest.mark.parametrize("kind", SHOWN)
def test_a_message_is_shown_with_what_people_need_of_it(kind: str) -> None:
    message = read((FOLDER / "agency" / f"lienthong.agency.{kind}.v1.json").read_bytes())
    assert message

    words = in_words(message)

    assert [each for each in SHOWN[kind] if each not in words] == []
    assert "?" not in words


def test_a_command_asks_to_be_told_only_when_it_is_to() -> None:
    assert command("H47.12", "accept-leg", "leg-1", wants_answer=True)["wantsanswer"] is True
    assert "wantsanswer" not in command("H47.12", "accept-leg", "leg-1")
