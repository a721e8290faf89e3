"""A long ledger, made up and written by COPY: some years of a province's dossiers, one in sixteen of them paused.

Its entries say what real ones say, in the order of a province where some two thousand dossiers are on their
way at any time. It is there to be projected and reported on; its hashes are none, so it cannot be verified.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import orjson
import psycopg

from shared.clock import to_text
from shared.contracts import registry

FIRST = datetime(2022, 12, 31, 17, tzinfo=UTC)
YEARS = timedelta(days=3 * 365)
LAST_DAY = date(2025, 12, 31)
LAG = 110
"""Dossiers filed between one event of a dossier and its next."""
DISTRICTS, COMMUNES, DEPARTMENTS, PROCEDURES = 18, 241, 20, 200
PAUSED, LATE = 16, 20
"""One dossier in so many."""
_HOURS = 10 * 3600
_NAMESPACE = UUID("0d0f3c4c-6f0e-4b39-9d5b-3f1f7a1f0b52")
_NO_HASH = "\\\\x" + "00" * 32
_COPY = (
    "COPY statistics.ledger (sequence, source, message_id, type, root_id, leg_id, happened_at, received_at,"
    " recorded_at, entered_at, body, entry_hash, previous_hash, dossier_previous_hash) FROM STDIN"
)
_HEADS = """
    INSERT INTO statistics.dossier_head (root_id, sequence, entry_hash)
    SELECT root_id, max(sequence), decode(repeat('00', 32), 'hex') FROM statistics.ledger GROUP BY root_id
"""

Told = tuple[str, dict[str, Any], int | None]
"""A message's type, its data, and the leg that it is about."""


def write(connection: psycopg.Connection[Any], dossiers: int) -> int:
    """Write the agencies, the catalogue, and so many dossiers; return how many entries there are."""
    sequence = 0
    with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        for sequence, line in enumerate(_lines(dossiers), 1):
            copy.write(b"%d\t%b" % (sequence, line))
    connection.execute(_HEADS)
    connection.execute("UPDATE statistics.ledger_head SET sequence = %s", [sequence])
    connection.execute("VACUUM ANALYZE statistics.ledger")
    connection.execute("ANALYZE statistics.dossier_head")
    return sequence


def _lines(dossiers: int) -> Iterator[bytes]:
    for key, (kind, data, _leg) in _reference():
        yield _line(kind, data, uuid5(_NAMESPACE, key), None, 1, FIRST, FIRST)
    step = YEARS / (dossiers + LAG * len(_JOURNEY))
    for slot in range(dossiers + LAG * (len(_JOURNEY) - 1)):
        now = FIRST + slot * step
        for place, tell in enumerate(_JOURNEY):
            number = slot - place * LAG
            if 0 <= number < dossiers:
                at = now - timedelta(seconds=(number * 7919 + place * 104_729) % _HOURS)
                kind, data, leg = tell(number, at)
                yield _line(kind, data, _id(number, 0), _id(number, leg) if leg else None, slot + 2, at, now)


def _line(
    kind: str, data: dict[str, Any], root: UUID, leg: UUID | None, position: int, at: datetime, now: datetime
) -> bytes:
    source, happened, entered = f"/lienthong/{kind.partition('.')[0]}/1", to_text(at), to_text(now)
    if leg is not None:
        data["leg"] = str(leg)
    name = f"lienthong.{kind}"
    body = orjson.dumps(
        {
            "specversion": "1.0",
            "id": f"{root}-{position}",
            "source": source,
            "type": name,
            "subject": f"dossier/{root}",
            "time": happened,
            "datacontenttype": "application/json",
            "dataschema": registry.EVENTS[name].dataschema,
            "receivedtime": entered,
            "recordedtime": entered,
            "rootid": str(root),
            "partitionkey": str(root),
            "sourceposition": position,
            "previousposition": position - 1,
            "correlationid": str(root),
            "actorrole": "officer",
            "actorsubject": f"officer-{position % 900}",
            "digest": "00" * 32,
            "data": data,
        }
    ).decode()
    fields = (source, f"{root}-{position}", name, str(root), str(leg) if leg else "\\N", happened, entered)
    return "\t".join((*fields, entered, entered, body, _NO_HASH, _NO_HASH, "\\N\n")).encode()


def _id(number: int, part: int) -> UUID:
    # Spread like random ones, without the cost of hashing.
    return UUID(int=(number * 4 + part) * 0x9E3779B97F4A7C15F39CC0605CEDC835 % (1 << 128))


def _agency(number: int) -> str:
    """Return the agency that answers for a dossier: departments, districts and communes in turn."""
    turn, which = number % 3, number // 3
    if turn == 0:
        return f"H90.{which % DEPARTMENTS + 10}"
    return f"H90.D{which % DISTRICTS}" if turn == 1 else f"H90.C{which % COMMUNES}"


def _filed(number: int, _at: datetime) -> Told:
    data = {
        "procedure": f"1.{number * 31 % PROCEDURES:06}",
        "desk": _agency(number),
        "channel": "online" if number % 4 == 0 else "direct",
        "applicant_kind": "citizen",
        "area": f"49.{number % DISTRICTS}.{number % COMMUNES}",
        "components": [{"code": "application-form", "copies": 1}, {"code": "certificate", "copies": 2}],
    }
    return "intake.dossier-submitted", data, None


def _received(number: int, at: datetime) -> Told:
    due = at + timedelta(days=5 + number % 11)
    limit = {"amount": str(5 + number % 11), "unit": "working_day"}
    data = {**_filed(number, at)[1], "code": _code(number), "limit": limit, "due_at": to_text(due)}
    return "intake.dossier-received", data, None


def _planned(number: int, _at: datetime) -> Told:
    legs = [{"number": 1, "agency": _agency(number)}, {"number": 2, "agency": _agency(number + 3)}]
    data = {"code": _code(number), "process": "p", "version": 1, "model": "interlinked", "legs": legs}
    return "routing.itinerary-planned", data, None


def _opened(leg: int) -> Callable[[int, datetime], Told]:
    def tell(number: int, at: datetime) -> Told:
        data = {
            "code": _code(number),
            "number": leg,
            "attempt": 1,
            "name": {"vi": "Thẩm định", "en": "Appraisal"},
            "procedure": f"1.{number * 31 % PROCEDURES:06}",
            "agency": _agency(number + 3 * (leg - 1)),
            "from_agency": _agency(number) if leg > 1 else None,
            "direction": "across",
            "due_at": to_text(at + timedelta(days=3)),
            "term": {"amount": "3", "unit": "working_day"},
        }
        return "routing.leg-opened", data, leg

    return tell


def _act(kind: str, leg: int, **data: Any) -> Callable[[int, datetime], Told]:
    def tell(number: int, _at: datetime) -> Told:
        return kind, {"code": _code(number), "agency": _agency(number + 3 * (leg - 1)), **data}, leg

    return tell


def _sometimes(
    usual: Callable[[int, datetime], Told], other: Callable[[int, datetime], Told]
) -> Callable[[int, datetime], Told]:
    return lambda number, at: (usual if number % PAUSED else other)(number, at)


def _paused(number: int, _at: datetime) -> Told:
    data = {"code": _code(number), "pause": str(_id(number, 3)), "kind": "supplement", "reason": "thiếu giấy"}
    return "intake.dossier-paused", data, None


def _resumed(number: int, at: datetime) -> Told:
    data = {**_paused(number, at)[1], "due_at": to_text(at + timedelta(days=5))}
    return "intake.dossier-resumed", data, None


def _routed(number: int, _at: datetime) -> Told:
    return "routing.itinerary-completed", {"code": _code(number)}, None


def _resolved(number: int, at: datetime) -> Told:
    verdict = "late" if number % LATE == 0 else ("early", "on_time")[number % 2]
    return "intake.dossier-resolved", {"code": _code(number), "due_at": to_text(at), "verdict": verdict}, None


def _handed_back(number: int, _at: datetime) -> Told:
    return "intake.result-handed-back", {"code": _code(number), "manner": "direct"}, None


def _code(number: int) -> str:
    return f"H90-{number:08}"


_JOURNEY: tuple[Callable[[int, datetime], Told], ...] = (
    _filed,
    _received,
    _planned,
    _opened(1),
    _act("processing.leg-handed-over", 1, by="queue"),
    _sometimes(_act("processing.leg-acknowledged", 1), _paused),
    _act("processing.leg-accepted", 1),
    _act("processing.leg-completed", 1),
    _act("routing.leg-closed", 1, outcome="completed"),
    _opened(2),
    _sometimes(_act("processing.leg-handed-over", 2, by="queue"), _resumed),
    _act("processing.leg-acknowledged", 2),
    _act("processing.leg-accepted", 2),
    _act("processing.leg-completed", 2),
    _act("routing.leg-closed", 2, outcome="completed"),
    _routed,
    _resolved,
    _handed_back,
)
EVENTS_A_DOSSIER = len(_JOURNEY)


def _reference() -> Iterator[tuple[str, Told]]:
    yield "H90", _registered("H90", "province", None)
    for number in range(DEPARTMENTS):
        yield f"H90.{number + 10}", _registered(f"H90.{number + 10}", "province", "H90")
    for number in range(DISTRICTS):
        yield f"H90.D{number}", _registered(f"H90.D{number}", "district", "H90")
    for number in range(COMMUNES):
        yield f"H90.C{number}", _registered(f"H90.C{number}", "commune", f"H90.D{number % DISTRICTS}")
    for number in range(PROCEDURES):
        yield f"1.{number:06}", _published(f"1.{number:06}")


def _registered(agency: str, level: str, parent: str | None) -> Told:
    data = {
        "agency": agency,
        "name": {"vi": f"Cơ quan {agency}", "en": f"Agency {agency}"},
        "level": level,
        "kind": "department",
        "parent": parent,
        "area": None,
        "vertical": False,
        "code": agency,
        "connected": True,
        "valid_from": to_text(FIRST),
    }
    return "routing.agency-registered", data, None


def _published(procedure: str) -> Told:
    data = {
        "procedure": procedure,
        "version": 1,
        "name": {"vi": f"Thủ tục {procedure}", "en": f"Procedure {procedure}"},
        "sector": "bench",
        "service_level": 4,
        "valid_from": to_text(FIRST),
        "limit": {"amount": "10", "unit": "working_day"},
    }
    return "intake.procedure-published", data, None
