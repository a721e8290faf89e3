"""What must hold of a province that has come to rest, whatever happened before.

All of it is computed again from the services' own logs, by other code than theirs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

import orjson
from eventsourcing.domain import DomainEventProtocol

from deploy.names import SERVICES
from services.processing.application import hand_over_id
from services.statistics.ledger.verification import verify
from services.statistics.reports.answers import Question
from shared.clock import VIETNAM
from shared.partitions import partition_of
from shared.persistence.recorder import LogEntry, LogRecorder
from tests.consistency.province import START, Province

SOURCES = ("intake", "routing", "processing")
RESOLVED, STOPPED, HANDED_BACK = 9, 8, 10


@dataclass(frozen=True, slots=True)
class Place:
    """Where the commands that were carried out have led a dossier."""

    walked: tuple[UUID, ...]
    """Every leg that was opened, in order."""
    open_leg: UUID | None
    resolved: bool

    @property
    def at_desk(self) -> bool:
        return self.open_leg is None and not self.resolved


def check_all(province: Province) -> None:
    """Assert everything."""
    check_nothing_is_left_over(province)
    check_dossiers_are_where_their_commands_left_them(province)
    check_each_leg_was_handed_over_once(province)
    check_the_ledger_holds_every_event_once_and_in_order(province)
    check_the_figures(province)
    check_replayed_equals_live(province)
    check_a_rebuilt_read_model_is_the_same(province)


def check_nothing_is_left_over(province: Province) -> None:
    """Nothing is parked, unpublished or unheard."""
    for name in SERVICES:
        parked = province.ask(name, "SELECT reason_class, reason FROM parked WHERE state = 'parked'")
        assert parked == [], (name, parked)
    for name in SOURCES:
        [(head, published)] = province.ask(
            name, "SELECT (SELECT position FROM event_head), (SELECT position FROM published)"
        )
        assert head == published, name
        last = dict(province.ask(name, "SELECT partition, max(position) FROM event GROUP BY partition"))
        for hearer in SERVICES:
            sql = "SELECT partition, position FROM heard WHERE source = :source"
            heard = dict(province.ask(hearer, sql, source=f"/lienthong/{name}/1"))
            assert heard in ({}, last), (name, hearer)


def check_dossiers_are_where_their_commands_left_them(province: Province) -> None:
    """Every accepted dossier is resolved, or exactly where agencies and the desk have left it."""
    outcomes = {
        event.originator_id: _kind(event)
        for event in events(province, "processing")
        if _kind(event) in {"Completed", "Returned"}
    }
    desk = histories(province, "intake")
    ways = histories(province, "routing")
    codes: Counter[str] = Counter()
    works: set[UUID] = set()
    for dossier in province.dossiers:
        history = desk.get(dossier, [])
        kinds = Counter(map(_kind, history))
        way = ways.get(dossier, [])
        if not kinds["Received"]:
            assert way == [], "nothing sets out that was not received"
            continue
        codes[next(event.code for event in history if _kind(event) == "Received")] += 1
        place = walk(dossier, len(way[0].legs), outcomes, kinds["SentOn"])
        works.update(place.walked)
        assert [UUID(event.leg) for event in way if _kind(event) == "LegOpened"] == list(place.walked)
        itinerary: Any = province.runtimes["routing"].application.repository.get(dossier)
        assert list(itinerary.open) == ([str(place.open_leg)] if place.open_leg else [])
        assert kinds["Resolved"] == place.resolved, dossier
        assert kinds["ReturnedToDesk"] == kinds["SentOn"] + place.at_desk, dossier
        expected = HANDED_BACK if kinds["HandedBack"] else STOPPED if kinds["Stopped"] else None
        expected = expected or (RESOLVED if place.resolved else 2 if place.at_desk else 4)
        sql = "SELECT status, code FROM dossier_lookup WHERE dossier_id = :dossier"
        [(status, code)] = province.ask("intake", sql, dossier=dossier)
        assert (status, codes[code]) == (expected, 1), dossier
    assert works == set(works_of(province))
    assert set(codes.values()) <= {1}, "a code was given twice"


def walk(dossier: UUID, legs: int, outcomes: Mapping[UUID, str], sent_on: int) -> Place:
    """Return where a dossier's outcomes lead it: on, back a leg, to the desk, and out again."""
    attempts: Counter[int] = Counter()
    walked: list[UUID] = []
    number = 1
    while True:
        attempts[number] += 1
        leg = uuid5(dossier, f"leg/{number}/{attempts[number]}")
        walked.append(leg)
        outcome = outcomes.get(leg)
        if outcome is None:
            return Place(tuple(walked), leg, resolved=False)
        if outcome == "Completed":
            if number == legs:
                return Place(tuple(walked), None, resolved=True)
            number += 1
        elif number > 1:
            number -= 1
        elif sent_on:
            sent_on -= 1
        else:
            return Place(tuple(walked), None, resolved=False)


def check_each_leg_was_handed_over_once(province: Province) -> None:
    """One hand-over a leg, whatever was delivered how often; one in the ledger for an agency's own system."""
    handed_over: Counter[str] = Counter()
    for event in events(province, "processing"):
        if _kind(event) == "HandedOver" and event.by == "queue":
            handed_over[hand_over_id(event.originator_id)] += 1
    sql = "SELECT message_id, state FROM delivery WHERE kind = 'hand-over'"
    states = dict(province.ask("processing", sql))
    assert handed_over == Counter(states.keys())
    for event in events(province, "processing"):
        if _kind(event) in {"Acknowledged", "Completed", "Returned"}:
            assert states.get(hand_over_id(event.originator_id), "answered") == "answered"


def check_the_ledger_holds_every_event_once_and_in_order(province: Province) -> None:
    """The ledger's chain is whole; each source's every event is in it, byte for byte, in partition order."""
    assert verify(province.databases["statistics"]).broken is None
    for name in SOURCES:
        publisher = province.runtimes[name].extras["publisher"]
        sql = "SELECT message_id, body FROM ledger WHERE source = :source ORDER BY sequence"
        entered = province.ask("statistics", sql, source=f"/lienthong/{name}/1")
        published = {
            str(entry.position): publisher._translator.message(entry).to_bytes()
            for entry in log(province, name)
        }
        assert len(entered) == len(published), name
        assert {message_id: bytes(body) for message_id, body in entered} == published
        partitions: dict[int, list[int]] = {}
        for message_id, body in entered:
            key = orjson.loads(bytes(body))["partitionkey"]
            partitions.setdefault(partition_of(key), []).append(int(message_id))
        assert all(positions == sorted(positions) for positions in partitions.values()), name


def check_the_figures(province: Province) -> None:
    """The report's figures are those of a recount from intake's own events."""
    province.clock.advance(timedelta(minutes=1))
    counted: Counter[str] = Counter()
    for history in histories(province, "intake").values():
        kinds = {_kind(event): event for event in history}
        if "Received" not in kinds:
            continue
        counted["received_in_period"] += 1
        counted["received_online"] += kinds["Received"].channel == "online"
        counted["stopped"] += "Stopped" in kinds
        counted["resolved_total"] += "Resolved" in kinds
        if "Resolved" in kinds:
            verdict = kinds["Resolved"].verdict
            counted["resolved_no_verdict" if verdict == "none" else f"resolved_{verdict}"] += 1
        elif "Withdrawn" in kinds:
            counted["resolved_total"] += 1
            counted["resolved_on_time"] += 1
        else:
            counted["in_progress_total"] += "Stopped" not in kinds
    today = province.clock.now().astimezone(VIETNAM).date()
    question = Question(START.date(), today)
    report = province.runtimes["statistics"].extras["reports"].report("resolution", question)
    [row] = report["rows"]
    figures = {
        key: row[key]
        for key in (
            "received_in_period",
            "received_online",
            "stopped",
            "resolved_total",
            "resolved_early",
            "resolved_on_time",
            "resolved_late",
            "resolved_no_verdict",
            "in_progress_total",
        )
    }
    assert figures == {key: counted[key] for key in figures}
    assert (row["residual_unexplained"], row["residual_verdict"]) == (0, 0), row


def check_replayed_equals_live(province: Province) -> None:
    """Every aggregate that its stored events make is, byte for byte, the one that lives in memory."""
    for name in SERVICES:
        application = province.runtimes[name].application
        for aggregate_id in histories(province, name):
            live = application._kept.get(aggregate_id)
            if live is not None:
                assert canonical(application.repository.get(aggregate_id)) == canonical(live), name


def check_a_rebuilt_read_model_is_the_same(province: Province) -> None:
    """The read model, made again from the ledger, gives the same dump as the one that grew."""
    outcome = province.runtimes["statistics"].extras["builder"].rebuild(accept_differences=False)
    assert (outcome.differences, outcome.digest) == ([], outcome.previous)


def canonical(aggregate: Any) -> bytes:
    """Return all that an aggregate is, as JSON in which equal states are equal bytes."""
    options = orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS
    return orjson.dumps(_keyed(vars(aggregate)), option=options, default=_plain)


def _keyed(value: Any) -> Any:
    """Return a value in which no key is a pair: JSON has none."""
    if not isinstance(value, dict):
        return value
    return {str(key) if isinstance(key, tuple) else key: _keyed(one) for key, one in value.items()}


def log(province: Province, name: str) -> list[LogEntry]:
    return LogRecorder(province.databases[name]).read_log(0, 1_000_000)


def events(province: Province, name: str) -> Iterator[Any]:
    """Give a service's events in order."""
    mapper = province.runtimes[name].application.mapper
    for entry in log(province, name):
        event: DomainEventProtocol[UUID] = mapper.to_domain_event(entry.stored_event())
        yield event


def histories(province: Province, name: str) -> dict[UUID, list[Any]]:
    """Return a service's events by aggregate."""
    found: dict[UUID, list[Any]] = {}
    for event in events(province, name):
        found.setdefault(event.originator_id, []).append(event)
    return found


def works_of(province: Province) -> dict[UUID, list[Any]]:
    """Return the events of every work; what was tried in vain on one is no work."""
    return {
        leg: told for leg, told in histories(province, "processing").items() if _kind(told[0]) == "HandedOver"
    }


def _kind(event: Any) -> str:
    return type(event).__name__


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Iterable):
        return list(value)
    return {"type": type(value).__name__, "slots": {name: getattr(value, name) for name in value.__slots__}}
