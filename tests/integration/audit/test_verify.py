"""The audit finds whatever was done to any store, says where, and nothing where nothing was done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from hashlib import sha256
from typing import Any
from uuid import UUID

import orjson
import pytest

from deploy.audit import store_check
from deploy.audit.checkpoints import Checkpoint
from deploy.audit.findings import LEDGER
from deploy.audit.making import checkpoint_of
from deploy.audit.verifying import Audit, audit
from services.statistics.consumer import LedgerWriter
from services.statistics.ledger.entries import GENESIS, entry_hash
from shared.clock import SetClock, to_text
from shared.contracts.envelope import from_bytes
from shared.messaging.broker import Delivery
from shared.messaging.publishing import digest_of
from shared.persistence.recorder import LogEntry
from tests.builders.audited import NOW
from tests.contract.messages import story
from tests.integration.audit.conftest import Audited

pytestmark = pytest.mark.integration

ENTRIES = "(SELECT sequence FROM ledger_head)"
STORES = ("intake", "routing", "processing", "statistics")
Tamper = Callable[[Audited], object]


def checkpoint(audited: Audited, since: Checkpoint | None = None) -> Checkpoint:
    return checkpoint_of(audited.stores, audit(audited.stores, since), SetClock(NOW), since)


def places(found: Audit) -> list[tuple[str, int, str]]:
    return [(one.store, one.position, one.code) for one in found.findings]


def run(store: str, *statements: str) -> Tamper:
    def tamper(audited: Audited) -> None:
        for statement in statements:
            audited.sql(store, statement)

    return tamper


def test_a_system_that_nobody_tampered_with_is_found_whole(audited: Audited) -> None:
    found = audit(audited.stores)
    events = {store: audited.sql(store, "SELECT position FROM event_head")[0][0] for store in STORES}

    assert (found.findings, found.waiting) == ([], 0)
    assert {store: mark.position for store, mark in found.stores.items()} == events
    assert found.events == sum(events.values())
    assert events["statistics"] == 2, "the read model's first event and a reading"


@pytest.mark.parametrize("store", STORES)
def test_an_event_that_was_changed_is_found_in_any_store(audited: Audited, store: str) -> None:
    audited.sql(store, "UPDATE event SET state = :s WHERE position = 2", s=b'{"forged":1}')

    assert places(audit(audited.stores)) == [(store, 2, "event-changed")]


@pytest.mark.parametrize("store", STORES)
def test_an_event_that_was_removed_from_the_end_with_its_counter_is_found(
    audited: Audited, store: str
) -> None:
    [(head,)] = audited.sql(store, "SELECT position FROM event_head")
    audited.sql(store, "DELETE FROM event WHERE position = :p", p=head)
    audited.sql(store, "UPDATE event_head SET position = :p", p=head - 1)
    audited.sql(store, "UPDATE published SET position = :p", p=head - 1)

    assert places(audit(audited.stores)) == [(store, head, "event-missing")]


SWAP = (
    "UPDATE event SET position = -1 WHERE position = 3",
    "UPDATE event SET position = 3 WHERE position = 5",
    "UPDATE event SET position = 5 WHERE position = -1",
)
LAST = "(SELECT position FROM event_head)"


@pytest.mark.parametrize(
    ("tamper", "expected"),
    [
        (run("routing", "DELETE FROM event WHERE position = 4"), [("routing", 4, "event-missing")]),
        (run("routing", *SWAP), [("routing", 3, "event-moved"), ("routing", 5, "event-moved")]),
        (
            run("routing", "UPDATE event SET topic = 'x' WHERE position = 3"),
            [("routing", 3, "event-changed")],
        ),
        (
            run("routing", "UPDATE event SET partition = (partition + 1) % 4 WHERE position = 3"),
            [("routing", 3, "event-partition")],
        ),
        (
            run(
                "routing",
                "INSERT INTO event SELECT 999, originator_id, 999, topic, state, partition FROM event"
                " WHERE position = 3",
            ),
            [("routing", 999, "event-inserted")],
        ),
        (
            run(
                "routing",
                "INSERT INTO event SELECT 0, originator_id, 999, topic, state, partition FROM event"
                " WHERE position = 3",
            ),
            [("routing", 0, "event-inserted")],
        ),
        (
            run(
                "routing",
                f"DELETE FROM event WHERE position > {LAST} - 3",
            ),
            [
                ("routing", -2, "event-missing"),
                ("routing", -1, "event-missing"),
                ("routing", 0, "event-missing"),
            ],
        ),
        (run("routing", "UPDATE event_head SET position = position - 1"), [("routing", 0, "counter")]),
        (run("statistics", "DELETE FROM ledger WHERE sequence = 7"), None),
        (
            run(
                "statistics",
                "UPDATE dossier_head SET sequence = 3 WHERE sequence = (SELECT max(sequence) FROM ledger)",
            ),
            None,
        ),
    ],
    ids=[
        "removed",
        "two swapped",
        "its name changed",
        "put into another partition",
        "inserted at the end",
        "inserted at the beginning",
        "the end cut off",
        "the counter set back",
        "an entry of the ledger removed",
        "a head of the ledger changed",
    ],
)
def test_whatever_is_done_to_a_store_is_found_and_named(
    audited: Audited, tamper: Tamper, expected: list[tuple[str, int, str]] | None
) -> None:
    [(head,)] = audited.sql("routing", "SELECT position FROM event_head")
    tamper(audited)
    found = audit(audited.stores)

    if expected is None:
        assert LEDGER in {one.store for one in found.findings}
        return
    # Positions from 0 down count from the log's end, where something is done there.
    at_end = {"event-missing", "counter"}
    named = [(s, head + p if p < 1 and code in at_end else p, code) for s, p, code in expected]
    assert places(found) == named


def test_a_finding_names_the_dossier_and_the_event(audited: Audited) -> None:
    [(position, topic)] = audited.sql(
        "intake", "SELECT min(position), min(topic) FROM event WHERE topic = 'intake.dossier.received'"
    )
    audited.sql("intake", "DELETE FROM event WHERE position = :p", p=position)
    [one] = audit(audited.stores).findings

    assert (one.dossier, one.root, topic) == (story.CODE, str(story.DOSSIER), "intake.dossier.received")
    assert one.event == "lienthong.intake.dossier-received"
    assert one.vi
    assert one.en


def test_more_findings_than_anybody_reads_are_counted(
    audited: Audited, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_check, "MOST_NAMED", 3)
    [(head,)] = audited.sql("routing", "SELECT position FROM event_head")
    audited.sql("routing", "DELETE FROM event")
    found = audit(audited.stores)

    assert places(found) == [("routing", position, "event-missing") for position in (1, 2, 3)]
    assert found.unnamed == head - 3


def test_every_broken_entry_is_named_and_not_the_first_alone(audited: Audited) -> None:
    audited.sql("statistics", "UPDATE ledger SET type = 'x' WHERE sequence IN :s", s=[9, 14])
    audited.sql("statistics", "DELETE FROM ledger WHERE sequence IN :s", s=[18, 19])
    found = [one for one in audit(audited.stores).findings if one.store == LEDGER]

    assert {(9, "columns"), (14, "columns"), (18, "missing-entry")} <= {
        (one.position, one.code) for one in found
    }
    assert next(one.to for one in found if one.position == 18) == 19


def test_an_event_whose_entry_was_cut_off_with_the_ledgers_end_is_found(audited: Audited) -> None:
    """The chain is whole again afterwards: only the stores and what statistics heard tell."""
    _cut_ledger(audited, 5)
    found = audit(audited.stores)

    assert found.ledger.all_broken == ()
    assert {one.code for one in found.findings} == {"event-unsealed"}
    assert len(found.findings) == 5


def test_a_store_and_the_ledger_rewritten_alike_show_against_a_checkpoint(audited: Audited) -> None:
    before = checkpoint(audited)
    _rewrite_consistently(audited, "intake", 3)

    assert audit(audited.stores).findings == [], "nothing inside tells"
    codes = {(one.store, one.code) for one in audit(audited.stores, None, [before]).findings}
    assert codes == {(LEDGER, "checkpoint"), ("intake", "store-checkpoint")}


@pytest.mark.parametrize("name", ["due_at", "code", "limit", "surprise"])
def test_a_ledger_that_says_something_else_than_the_events_shows_without_any_checkpoint(
    audited: Audited, name: str
) -> None:
    position, body = _received(audited)
    data = {**body["data"], name: "2031-01-01T00:00:00.000000Z"}
    _seal_again(audited, "intake", position, {"data": data})

    found = audit(audited.stores)
    assert found.ledger.all_broken == (), "every hash fits"
    assert [(one.store, one.position, one.code) for one in found.findings] == [
        ("intake", position, "entry-content")
    ]
    assert f"data.{name}" in found.findings[0].en


@pytest.mark.parametrize("said", [{"actorsubject": "somebody"}, {"data": []}, {"historical": True}], ids=str)
def test_who_and_what_an_entry_names_is_held_against_the_event_too(
    audited: Audited, said: dict[str, Any]
) -> None:
    position, _body = _received(audited)
    _seal_again(audited, "intake", position, said)
    assert {one.code for one in audit(audited.stores).findings} == {"entry-content"}


def _received(audited: Audited) -> tuple[int, dict[str, Any]]:
    """Return the position and the message of a dossier's reception."""
    [(number, body), *_] = audited.sql(
        "statistics",
        "SELECT message_id, body FROM ledger WHERE type = 'lienthong.intake.dossier-received'",
    )
    return int(number), orjson.loads(body)


def test_an_entry_that_no_event_stands_behind_is_found(audited: Audited) -> None:
    _append_forged(audited, "intake", {"id": "4", "sourceposition": "4", "source": "/lienthong/intake/2"})

    [one] = audit(audited.stores).findings
    assert (one.store, one.position, one.code) == ("intake", 4, "entry-foreign")


def test_what_is_not_published_or_not_entered_yet_is_no_fault(audited: Audited) -> None:
    with closing(audited.history()) as history:
        for number in range(30):
            history.read(UUID(int=number))
        assert (audit(audited.stores).findings, audit(audited.stores).waiting) == ([], 30)
        history.publish()
        assert (audit(audited.stores).findings, audit(audited.stores).waiting) == ([], 30)
        assert history.enter(13) == 13
        assert (audit(audited.stores).findings, audit(audited.stores).waiting) == ([], 17)
        history.settle()
        assert (audit(audited.stores).findings, audit(audited.stores).waiting) == ([], 0)


def test_what_statistics_parked_is_no_fault_until_it_is_gone_there_too(audited: Audited) -> None:
    with closing(audited.history()) as history:
        history.read(UUID(int=1))
        history.read(UUID(int=1))
        history.publish()
        assert history.enter(change=_without_a_time) == 2
    [(parked,)] = audited.sql("statistics", "SELECT count(*) FROM parked WHERE state = 'parked'")
    found = audit(audited.stores)
    assert (parked, found.findings, found.waiting) == (2, [], 2)
    audited.sql("statistics", "DELETE FROM parked")
    assert {one.code for one in audit(audited.stores).findings} == {"event-unsealed"}


def test_a_check_from_a_checkpoint_on_reads_what_is_newer_and_ends_where_a_whole_one_does(
    audited: Audited,
) -> None:
    before = checkpoint(audited)
    with closing(audited.history()) as history:
        for number in range(7):
            history.read(UUID(int=number))
        history.settle()
    newer, whole = audit(audited.stores, before), audit(audited.stores, None, [before])

    assert (newer.findings, newer.events) == ([], 7)
    assert newer.stores == whole.stores
    assert newer.tree.root() == whole.tree.root()
    assert checkpoint(audited, before).document()["ledger"] == checkpoint(audited).document()["ledger"]


@pytest.mark.parametrize(
    ("tamper", "store"),
    [
        (lambda it: _cut_ledger(it, 9), LEDGER),
        (run("intake", "DELETE FROM event", "UPDATE event_head SET position = 0"), "intake"),
        (
            run("statistics", f"UPDATE ledger SET entry_hash = previous_hash WHERE sequence = {ENTRIES}"),
            LEDGER,
        ),
    ],
    ids=["the ledger cut off before it", "a store emptied", "the entry that it names"],
)
def test_a_check_from_a_checkpoint_on_sees_that_it_no_longer_fits(
    audited: Audited, tamper: Tamper, store: str
) -> None:
    before = checkpoint(audited)
    tamper(audited)

    assert store in {one.store for one in audit(audited.stores, before).findings}


def _without_a_time(delivery: Delivery) -> Delivery:
    """Return a message that statistics can only park."""
    document = orjson.loads(delivery.body)
    document["recordedtime"] = "yesterday"
    return replace(delivery, body=orjson.dumps(document))


def _cut_ledger(audited: Audited, entries: int) -> None:
    """Cut the ledger's end off, and set every head back as if it had never been."""
    [(last,)] = audited.sql("statistics", "SELECT sequence FROM ledger_head")
    keep = last - entries
    audited.sql("statistics", "DELETE FROM ledger WHERE sequence > :k", k=keep)
    audited.sql("statistics", "UPDATE ledger_head SET sequence = :k", k=keep)
    audited.sql("statistics", "DELETE FROM dossier_head")
    audited.sql(
        "statistics",
        "INSERT INTO dossier_head (root_id, sequence, entry_hash) SELECT l.root_id, l.sequence, l.entry_hash"
        " FROM ledger l WHERE l.sequence IN (SELECT max(sequence) FROM ledger GROUP BY root_id)",
    )


def _rewrite_consistently(audited: Audited, store: str, position: int) -> None:
    """Change an event, and write the whole ledger anew so that every hash fits."""
    [row] = audited.sql(
        store,
        "SELECT position, 0, partition, originator_id, originator_version, topic, state FROM event"
        " WHERE position = :p",
        p=position,
    )
    state = orjson.dumps({**orjson.loads(row[-1]), "forged": True})
    audited.sql(store, "UPDATE event SET state = :s WHERE position = :p", s=state, p=position)
    forged = digest_of(replace(LogEntry(*row), state=state))
    _seal_again(audited, store, position, {"digest": forged})


def _seal_again(audited: Audited, store: str, position: int, said: Mapping[str, Any]) -> None:
    """Let the ledger's entry of an event say something else, with every hash of the ledger fitting again."""
    rows = audited.sql(
        "statistics",
        "SELECT sequence, source, message_id, root_id, entered_at, body FROM ledger ORDER BY sequence",
    )
    previous, heads = GENESIS, dict[Any, tuple[int, bytes]]()
    for sequence, source, message_id, root, entered_at, body in rows:
        kept = body
        if (source, message_id) == (f"/lienthong/{store}/1", str(position)):
            kept = orjson.dumps({**orjson.loads(body), **said})
        of_root = heads[root][1] if root in heads else None
        sealed = entry_hash(sequence, previous, of_root, to_text(entered_at), kept)
        audited.sql(
            "statistics",
            "UPDATE ledger SET body = :b, entry_hash = :h, previous_hash = :p, dossier_previous_hash = :d"
            " WHERE sequence = :s",
            b=kept,
            h=sealed,
            p=previous,
            d=of_root,
            s=sequence,
        )
        previous, heads[root] = sealed, (sequence, sealed)
    for root, (_sequence, sealed) in heads.items():
        audited.sql(
            "statistics", "UPDATE dossier_head SET entry_hash = :h WHERE root_id = :r", h=sealed, r=root
        )


def _append_forged(audited: Audited, store: str, attributes: Mapping[str, str]) -> None:
    """Enter something that never happened, with hashes that fit."""
    with closing(audited.history()) as history:
        [(body,)] = audited.sql(
            "statistics",
            "SELECT body FROM ledger WHERE source = :s AND message_id = '3'",
            s=f"/lienthong/{store}/1",
        )
        document = {**orjson.loads(body), **attributes, "digest": sha256(b"forged").hexdigest()}
        forged = orjson.dumps(document)
        statistics = history.statistics
        with statistics.unit.begin():
            LedgerWriter(audited.stores.statistics, history.clock).append([(from_bytes(forged), forged)])
