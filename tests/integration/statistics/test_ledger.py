"""The ledger holds every message once, in order, and shows what was tampered with."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from services.statistics.ledger.entries import GENESIS, entry_hash
from shared.clock import to_text
from shared.contracts.envelope import MalformedMessageError, Message
from shared.persistence.database import UniqueViolationError
from tests.builders.statistics import LAND, Province, a_province, root_of, vietnam, with_bodies
from tests.integration.statistics.conftest import Office

pytestmark = pytest.mark.integration

Tamper = Callable[[Office], object]


def test_every_message_is_entered_in_order_with_its_exact_bytes(office: Office) -> None:
    messages = a_province()
    office.take(messages, batch=7)
    entered = office.ask("SELECT sequence, source, message_id, body FROM ledger ORDER BY sequence")
    expected = [(n, m.source, m.id, m.to_bytes()) for n, m in enumerate(messages, 1)]
    assert [tuple(row) for row in entered] == expected


def test_the_bytes_are_kept_as_they_came_even_where_they_say_the_same_otherwise(office: Office) -> None:
    [message] = a_province()[:1]
    body = message.to_bytes().replace(b'"data":', b'"extra":1, "data" : ')
    with office.unit.begin():
        office.writer.append([(message, body)])
    assert office.ask("SELECT body FROM ledger") == [(body,)]
    assert office.verify().broken is None


def test_a_message_that_was_entered_is_refused_a_second_time_and_leaves_nothing(office: Office) -> None:
    messages = a_province()
    office.take(messages)
    before = (office.digest(), office.verify())
    with pytest.raises(UniqueViolationError):
        office.take(messages[-1:])
    assert (office.digest(), office.verify()) == before
    office.take(_further())
    assert office.verify().broken is None


def test_each_entry_is_sealed_with_the_one_before_it_and_the_dossier_s_one_before_it(office: Office) -> None:
    office.take(a_province())
    rows = office.ask("SELECT sequence, root_id, entered_at, body, entry_hash FROM ledger ORDER BY sequence")
    previous, of_root = GENESIS, dict[Any, bytes]()
    for sequence, root, entered_at, body, sealed in rows:
        assert sealed == entry_hash(sequence, previous, of_root.get(root), to_text(entered_at), body)
        previous = of_root[root] = sealed
    heads = office.ask("SELECT root_id, entry_hash FROM dossier_head")
    assert dict(heads) == of_root


def test_an_entry_s_hash_is_plain_sha256_that_outsiders_can_compute() -> None:
    ours = entry_hash(3, b"\x01" * 32, None, "2019-07-01T00:00:00.000000Z", b"{}")
    plain = b"lienthong/ledger/1" + b"\x00" * 7 + b"\x03" + b"\x01" * 32 + bytes(32)
    assert ours == hashlib.sha256(plain + b"2019-07-01T00:00:00.000000Z{}").digest()


def test_a_whole_ledger_is_found_whole(office: Office) -> None:
    messages = a_province()
    office.take(messages, batch=11)
    verification = office.verify()
    assert (verification.entries, verification.broken) == (len(messages), None)


def test_an_empty_ledger_is_whole(office: Office) -> None:
    assert (office.verify().entries, office.verify().broken) == (0, None)


@pytest.mark.parametrize(
    ("tamper", "sequence", "reason"),
    [
        (lambda o: o.ask("UPDATE ledger SET body = :b WHERE sequence = 9", b=b"{}"), 9, "entry-hash"),
        (lambda o: o.ask("UPDATE ledger SET type = 'x' WHERE sequence = 9"), 9, "columns"),
        (lambda o: o.ask("UPDATE ledger SET happened_at = entered_at WHERE sequence = 9"), 9, "columns"),
        (
            lambda o: o.ask("UPDATE ledger SET entered_at = :t WHERE sequence = 9", t=vietnam(2019, 1, 1)),
            9,
            "entry-hash",
        ),
        (
            lambda o: o.ask("UPDATE ledger SET dossier_previous_hash = NULL WHERE sequence = 9"),
            9,
            "dossier-previous-hash",
        ),
        (lambda o: o.ask("DELETE FROM ledger WHERE sequence = 9"), 9, "missing-entry"),
        (lambda o: o.ask("DELETE FROM ledger WHERE sequence = 1"), 1, "missing-entry"),
        (
            lambda o: o.ask("DELETE FROM ledger WHERE sequence = (SELECT max(sequence) FROM ledger)"),
            60,
            "missing-entry",
        ),
        (lambda o: _swap(o, 9, 12), 9, "previous-hash"),
        (
            lambda o: o.ask("UPDATE dossier_head SET entry_hash = :h WHERE sequence = 60", h=GENESIS),
            60,
            "dossier-head",
        ),
        (lambda o: o.ask("DELETE FROM dossier_head WHERE sequence = 60"), 60, "dossier-head"),
        (lambda o: _cut_off(o, 59), 60, "missing-entry"),
        (lambda o: o.ask("UPDATE ledger_head SET sequence = 59"), 60, "surplus-entry"),
    ],
    ids=[
        "body",
        "type",
        "time",
        "moment of entry",
        "the dossier's entry before it",
        "an entry removed",
        "the first removed",
        "the last removed",
        "two swapped",
        "a head",
        "a head removed",
        "the end cut off and the counter set back",
        "the counter set back",
    ],
)
def test_the_first_entry_that_was_tampered_with_is_named(
    office: Office, tamper: Tamper, sequence: int, reason: str
) -> None:
    messages = a_province()
    office.take(messages[:60], batch=13)
    tamper(office)
    broken = office.verify().broken
    assert broken is not None
    assert (broken.sequence, broken.reason) == (sequence, reason)
    assert broken.vi
    assert broken.en


def test_a_rewritten_end_shows_against_a_checkpoint_kept_outside(office: Office) -> None:
    messages = a_province()
    office.take(messages[:40])
    checkpoint = (office.verify().entries, office.verify().head)
    office.take(messages[40:])
    assert office.verify(checkpoint).broken is None
    broken = office.verify((40, bytes(32))).broken
    assert broken is not None
    assert (broken.sequence, broken.reason) == (40, "checkpoint")
    beyond = office.verify((len(messages) + 1, bytes(32))).broken
    assert beyond is not None
    assert beyond.reason == "checkpoint"


def test_two_processes_continue_one_chain(office: Office, another_office: Office) -> None:
    messages = a_province()
    for start in range(0, len(messages), 10):
        writer = office if start % 20 else another_office
        writer.take(messages[start : start + 10])
    assert office.verify().broken is None
    assert office.builder.rebuild().differences == []


def test_a_batch_that_was_rolled_back_leaves_no_trace_in_what_the_writer_remembers(office: Office) -> None:
    messages = a_province()
    office.take(messages[:30])
    with suppress(ZeroDivisionError), office.unit.begin():
        office.writer.append(with_bodies(messages[30:50]))
        raise ZeroDivisionError
    office.take(messages[30:])
    assert office.verify().broken is None
    assert office.builder.rebuild().differences == []


def test_a_batch_that_fails_half_projected_leaves_no_trace_in_what_the_writer_remembers(
    office: Office,
) -> None:
    messages = a_province()
    office.take(messages[:9])
    province = Province()
    province.positions["routing"] = 100
    province.plan(0, vietnam(2019, 7, 1))
    province.open_leg(0, 1, 5, vietnam(2019, 7, 2))
    province.agency(LAND, "province")
    province.sent[-1].sourceposition = None
    with pytest.raises(KeyError):
        office.take(province.sent)
    office.take(messages[9:])
    assert office.verify().broken is None
    assert office.builder.rebuild().differences == []


def test_a_message_of_an_unknown_type_is_entered_and_changes_no_row(office: Office) -> None:
    before, province = office.digest(), Province()
    province.send("intake.unheard-of", root_of(0), vietnam(2019, 7, 1), {"a": 1})
    office.take(province.sent)
    assert office.verify().entries == 1
    assert office.digest() == before


@pytest.mark.parametrize("fault", ["data", "id", "time"])
def test_a_message_that_cannot_be_projected_is_refused_whole(office: Office, fault: str) -> None:
    province = Province()
    province.submit(0, vietnam(2019, 7, 1))
    [message] = province.sent
    if fault == "data":
        del message.data["desk"]
    elif fault == "id":
        message.rootid = str(root_of(0)).upper()
    else:
        message.time = "hôm qua"
    with pytest.raises((MalformedMessageError, ValueError)):
        office.take([message])
    assert office.verify().entries == 0


def _further() -> list[Message]:
    province = Province()
    province.positions = dict.fromkeys(province.positions, 1000)
    province.whole_life(99, vietnam(2019, 8, 1))
    return province.sent


def _swap(office: Office, one: int, other: int) -> None:
    for old, new in ((one, -1), (other, one), (-1, other)):
        office.ask("UPDATE ledger SET sequence = :new WHERE sequence = :old", old=old, new=new)


def _cut_off(office: Office, last: int) -> None:
    office.ask("DELETE FROM ledger WHERE sequence > :last", last=last)
    office.ask("UPDATE ledger_head SET sequence = :last", last=last)
