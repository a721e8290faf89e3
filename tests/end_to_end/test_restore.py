"""A backup taken under load, restored elsewhere: nothing of it is lost, and what was lost can be said again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from deploy.files import MASTER_KEY
from deploy.play.client import Client, DoorError
from deploy.play.scenario import load
from deploy.provision import VHOST
from deploy.stack import Stack
from shared.contracts.envelope import Message
from shared.master_key import read_master_key
from shared.persistence.postgres import PostgresDatabase
from shared.privacy import PersonalDataVault
from shared.topology import agency_queue
from tests.end_to_end.command_line import Said, lienthong
from tests.end_to_end.load import Load
from tests.end_to_end.own_system import OwnSystem, own_system
from tests.end_to_end.province import DESK, POLICE, at, put_reference, submit
from tests.end_to_end.records import SOURCES, assert_ledger_is_whole, number, parked, rows, settled
from tests.end_to_end.test_faults import (
    assert_dossiers_ended_as_planned,
    assert_histories_are_those_of_the_plan,
    assert_works_are_those_of_the_plan,
    found_figures,
    goes_on,
    wanted_figures,
)
from tests.end_to_end.waiting import eventually

pytestmark = [pytest.mark.end_to_end, pytest.mark.slow, pytest.mark.timeout(240)]

SCALES = tuple(number / 100 for number in range(9, 4, -1))
RESTORED = "lienthong.agency.history-restored"
OpenStack = Callable[[str], Stack]


@pytest.fixture
def open_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenStack]:
    """Opens stacks in folders of their own; they are destroyed at the end."""
    folder = tmp_path_factory.mktemp("restore")
    with ExitStack() as ending:

        def open_one(name: str) -> Stack:
            stack = Stack(folder / name)
            ending.callback(_destroy, stack)
            return stack

        yield open_one


def _destroy(stack: Stack) -> None:
    stack.stop()
    stack.rabbit.destroy()
    stack.postgres.destroy()


def test_a_restore_elsewhere_loses_nothing_of_the_backup_and_takes_the_rest_again(
    open_stack: OpenStack, tmp_path: Path
) -> None:
    scenario = load("lien-thong")
    source, backup, list_ = open_stack("source"), tmp_path / "backup", tmp_path / "erasures.jsonl"
    source.start()
    put_reference(source)
    password = source.passwords.of(agency_queue(POLICE))
    load_ = Load(source, scenario, SCALES)
    load_.start()
    try:
        address, filed = source.enrol(POLICE), file(source, 3, "before")
        await_sent(source, "hand-over", len(filed))
        with own_system(POLICE, address) as police:
            known = Known.gather(source, police, filed)
            goes_on(load_)
            said(lienthong("audit", "checkpoint", "--run", source.directory, "--out", tmp_path / "mark.json"))
            manifest = said(lienthong("backup", backup, "--run", source.directory, "--json")).json
            forgotten = [
                police.say("complete-leg", known.leg(known.begun), cause=known.hand_over(known.begun)),
                police.say("accept-leg", known.leg(known.waiting), cause=known.hand_over(known.waiting)),
            ]
            lost = codes(source, file(source, 5, "after"))
            erase(source, known.erased)
            eventually(lambda: state(source, known.begun) == "completed", "the agency completes")
            goes_on(load_)
    finally:
        load_.finish(100)
    list_.write_text(said(lienthong("erasures", "--run", source.directory)).out)
    heads = {name: number(source, f"SELECT position FROM {name}.event_head") for name in SOURCES}
    assert all(heads[name] > manifest["logs"][name]["position"] > 0 for name in SOURCES), "there is a loss"
    source.stop()

    target = source.directory.with_name("restored")
    said(lienthong("restore", backup, "--run", target, "--erasures", list_))
    restored = open_stack(target.name)
    restored.start()
    assert_the_agency_says_again_what_was_forgotten(restored, password, known, forgotten)
    assert_person_is_erased(restored, known.erased)
    assert not lost & codes(restored, file(restored, 5, "after")), "no desk gives a number twice"
    again = Load(restored, scenario, load_.scales)
    again.start()
    eventually(lambda: again.is_over, "the load is played again", 100)
    again.finish(1)

    settled(restored)
    assert_ledger_is_whole(restored)
    assert_both_epochs_are_in_the_ledger(restored, manifest)
    assert set(parked(restored).values()) == {0}
    ids = assert_dossiers_ended_as_planned(restored, again)
    assert_histories_are_those_of_the_plan(restored, again, ids)
    assert_works_are_those_of_the_plan(restored, scenario, again.played)
    assert found_figures(restored, scenario) == wanted_figures(scenario, again)
    verified = lienthong(
        "audit", "verify", "--run", restored.directory, "--checkpoint", tmp_path / "mark.json"
    )
    assert verified.status == 0, verified.words
    assert_reports_are_as_counted_again(restored)


class Known:
    """Three dossiers that lie before the police when the backup is made."""

    def __init__(self, hand_overs: dict[str, Message]) -> None:
        self._hand_overs = hand_overs
        self.begun, self.waiting, self.erased = sorted(hand_overs)
        """Accepted; not answered; not answered, and its applicant is erased after the backup."""

    @classmethod
    def gather(cls, stack: Stack, police: OwnSystem, filed: list[str]) -> Known:
        """Read the dossiers' hand-overs, accept one."""
        messages = [police.next_message() for _ in filed]
        known = cls({message.data["dossier"]: message for message in messages})
        police.say("accept-leg", known.leg(known.begun), cause=known.hand_over(known.begun))
        eventually(lambda: state(stack, known.begun) == "accepted", "the agency accepts")
        return known

    def leg(self, dossier: str) -> str:
        return str(self._hand_overs[dossier].data["leg"])

    def hand_over(self, dossier: str) -> str:
        return self._hand_overs[dossier].id


def said(answer: Said) -> Said:
    """Return what a verb said that went well."""
    assert answer.status == 0, answer.words
    return answer


def state(stack: Stack, dossier: str) -> str:
    """Return where the police's work on a dossier stands."""
    found = rows(stack, "SELECT state FROM processing.work WHERE dossier_id = %s AND number = 1", dossier)
    return str(found[0][0]) if found else ""


def file(stack: Stack, count: int, prefix: str) -> list[str]:
    """File dossiers at the desk, under the same keys each time, and return their ids."""
    with at(stack, "intake", "receiving_officer", DESK) as desk:
        return list(submit(desk, count, prefix))


def await_sent(stack: Stack, kind: str, count: int) -> None:
    """Wait until so many messages of a kind lie on the police's queue."""
    sent = "SELECT count(*) FROM processing.delivery WHERE agency = %s AND kind = %s AND state = 'sent'"
    eventually(lambda: number(stack, sent, POLICE, kind) == count, "messages lie on the agency's queue")


def codes(stack: Stack, dossiers: list[str]) -> set[str]:
    sql = "SELECT code FROM intake.dossier_lookup WHERE dossier_id = ANY(%s::uuid[])"
    found = {code for (code,) in rows(stack, sql, dossiers)}
    assert len(found) == len(dossiers)
    return found


def erase(stack: Stack, dossier: str) -> None:
    database = PostgresDatabase(stack.dsn("keys"), "keys", 1)
    try:
        vault = PersonalDataVault(database, read_master_key(stack.home / MASTER_KEY))
        vault.erase(UUID(dossier), datetime.now(UTC))
    finally:
        database.close()


def assert_the_agency_says_again_what_was_forgotten(
    restored: Stack, password: str, known: Known, forgotten: list[Message]
) -> None:
    """See that it comes in with its old password, hears of the restore, and that its answers count once."""
    await_sent(restored, "refusal", 1)
    address = restored.rabbit.url(VHOST, agency_queue(POLICE), password)
    with own_system(POLICE, address) as police:
        heard: dict[str, Message] = {}
        while len(heard) < 3:
            message = police.next_message()
            heard[message.id] = message
        (word,) = [message for message in heard.values() if message.type == RESTORED]
        assert word.source == source_of_epoch(restored, "processing")
        assert heard.keys() - {word.id} == {known.hand_over(known.waiting), known.hand_over(known.erased)}
        for command in forgotten:
            police.publish(command)
            police.publish(command)
        eventually(lambda: state(restored, known.begun) == "completed", "it is completed again")
        eventually(lambda: state(restored, known.waiting) == "accepted", "it is accepted again")


def source_of_epoch(stack: Stack, service: str) -> str:
    sql = "SELECT max(epoch) FROM processing.log_epoch WHERE service = %s"
    return f"/lienthong/{service}/{number(stack, sql, service)}"


def assert_person_is_erased(stack: Stack, dossier: str) -> None:
    assert number(stack, "SELECT count(*) FROM keys.dossier_key WHERE dossier_id = %s", dossier) == 0
    index = "SELECT count(*) FROM intake.dossier_lookup WHERE dossier_id = %s AND identity_index IS NOT NULL"
    assert number(stack, index, dossier) == 0
    with at(stack, "intake", "receiving_officer", DESK) as desk:
        with pytest.raises(DoorError) as refused:
            desk.get(f"/v1/dossiers/{dossier}/applicant")
        assert refused.value.code == "personal-data-erased"


def assert_both_epochs_are_in_the_ledger(stack: Stack, manifest: dict[str, Any]) -> None:
    """See that what the backup held is of the first epoch, and all that came later of the new one."""
    for name in SOURCES:
        found = rows(
            stack,
            "SELECT source, min(message_id::bigint), max(message_id::bigint) FROM statistics.ledger"
            " WHERE split_part(source, '/', 3) = %s GROUP BY source ORDER BY 2",
            name,
        )
        last = manifest["logs"][name]["position"]
        head = number(stack, f"SELECT position FROM {name}.event_head")
        assert found == [(f"/lienthong/{name}/1", 1, last), (source_of_epoch(stack, name), last + 1, head)]


def assert_reports_are_as_counted_again(stack: Stack) -> None:
    """See that the read model, built again from the ledger, is the one that was there, byte for byte."""
    client = Client(stack.urls()["statistics"], stack.token("administrator"))
    try:
        built = client.post("/v1/rebuilds", {}, "rebuild")
    finally:
        client.close()
    assert built["sha256"] == built["previous_sha256"]
