"""Holds the commands that came against the contract. Knows no broker."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from deploy.conformance.desk import CONTENT_TYPE, Seen
from deploy.conformance.report import Report
from shared.contracts.envelope import MalformedMessageError, from_bytes
from shared.contracts.registry import COMMANDS, load

AHEAD = timedelta(seconds=60)
"""How much the clocks of two machines may differ before a test means something."""
BACK = timedelta(hours=24)
LONGEST_ID = 200
PERSISTENT = 2
REPEATABLE = frozenset({"lienthong.command.record-work"})
"""Commands of which several may answer one hand-over."""
AFTER_ACCEPTING = frozenset(
    f"lienthong.command.{name}"
    for name in ("record-work", "complete-leg", "request-supplement", "request-payment")
)

Check = Callable[[Seen, dict[str, Any], str], str | None]
"""Says what is wrong with a command of an agency, or nothing."""


def _user_id(seen: Seen, _document: dict[str, Any], agency: str) -> str | None:
    found = seen.properties.get("user_id")
    return None if found == f"agency.{agency}" else f"user_id is {found!r}"


def _message_id(seen: Seen, document: dict[str, Any], _agency: str) -> str | None:
    found = seen.properties.get("message_id")
    return None if found and found == document.get("id") else f"message_id is {found!r}"


def _content_type(seen: Seen, _document: dict[str, Any], _agency: str) -> str | None:
    found = seen.properties.get("content_type")
    return None if found == CONTENT_TYPE else f"content_type is {found!r}"


def _persistent(seen: Seen, _document: dict[str, Any], _agency: str) -> str | None:
    found = seen.properties.get("delivery_mode")
    return None if found == PERSISTENT else f"delivery_mode is {found!r}"


def _routing_key(seen: Seen, document: dict[str, Any], _agency: str) -> str | None:
    name = str(document.get("type")).removeprefix("lienthong.command.")
    return None if seen.routing_key == name else f"routing key is {seen.routing_key!r}, the command {name!r}"


def _headers(seen: Seen, document: dict[str, Any], _agency: str) -> str | None:
    for name in ("id", "source", "type", "partitionkey"):
        copy = seen.headers.get(f"cloudEvents:{name}")
        if copy is not None and copy != document.get(name):
            return f"header cloudEvents:{name} is {copy!r}"
    return None


def _body(seen: Seen, document: dict[str, Any], _agency: str) -> str | None:
    try:
        message = from_bytes(seen.body)
        if message.type not in COMMANDS:
            return f"unknown-type: {message.type}"
        load(message)
    except MalformedMessageError as error:
        return f"{error.code}: {error}"
    wanted = f"urn:{message.type.replace('.', ':')}:"
    if not message.dataschema.startswith(wanted):
        return f"dataschema is {message.dataschema!r}"
    id_ = str(document["id"])
    return None if len(id_) <= LONGEST_ID and id_.isprintable() else f"id is {id_!r}"


def _source(_seen: Seen, document: dict[str, Any], agency: str) -> str | None:
    found = document.get("source")
    return None if found == f"/agencies/{agency}" else f"source is {found!r}"


def _time(seen: Seen, document: dict[str, Any], _agency: str) -> str | None:
    try:
        moment = datetime.fromisoformat(str(document.get("time")))
    except ValueError:
        return f"time is {document.get('time')!r}"
    if moment.tzinfo is None:
        return f"time {moment.isoformat()} has no offset"
    is_believed = seen.at - BACK <= moment <= seen.at + AHEAD
    return None if is_believed else f"time is {moment.isoformat()}, it came at {seen.at.isoformat()}"


CHECKS: Mapping[str, Check] = {
    "user-id": _user_id,
    "message-id": _message_id,
    "content-type": _content_type,
    "persistent": _persistent,
    "routing-key": _routing_key,
    "headers": _headers,
    "body": _body,
    "source": _source,
    "time": _time,
}
"""What each single command must fulfil, by rule."""


def judge(report: Report, agency: str, commands: Sequence[Seen], about: Mapping[str, str]) -> None:
    """Judge all commands that came; `about` says which leg or request each message laid before the agency."""
    if not commands:
        return
    for code, check in CHECKS.items():
        report.check(code, _told(commands, check, agency))
    documents = [seen.document for seen in commands]
    report.check("causation", _causes(documents, about))
    report.check("one-id-one-command", _reused(documents))
    report.check("accepts-first", _unaccepted(documents))


def answers(documents: Collection[dict[str, Any]], hand_over: str) -> dict[str, set[str]]:
    """Return the ids of the commands that answered a hand-over, by type."""
    found: dict[str, set[str]] = {}
    for document in documents:
        if document.get("causationid") == hand_over:
            found.setdefault(str(document.get("type")), set()).add(str(document.get("id")))
    return found


def doubled(documents: Collection[dict[str, Any]], hand_over: str) -> Iterator[str]:
    """Yield the commands that came under several ids for one hand-over."""
    for kind, ids in answers(documents, hand_over).items():
        if len(ids) > 1 and kind not in REPEATABLE:
            yield f"{kind} for {hand_over} under {len(ids)} ids: {', '.join(sorted(ids)[:3])}"


def unrepeated(before: Collection[dict[str, Any]], after: Collection[dict[str, Any]], id_: str) -> list[str]:
    """Return the commands that answered a message before and did not come again after."""
    again = {str(document.get("id")) for document in after}
    said = [one for ids in answers(before, id_).values() for one in ids]
    return [f"{one}, which answered {id_}, did not come again" for one in sorted(said) if one not in again]


def by_leg(documents: Sequence[dict[str, Any]]) -> dict[str, tuple[str, ...]]:
    """Return the ids of the commands of each leg, in the order in which each came first."""
    ids: dict[str, dict[str, None]] = {}
    for document in documents:
        data = document.get("data")
        leg = str(data.get("leg")) if isinstance(data, dict) else ""
        ids.setdefault(leg, {})[str(document.get("id"))] = None
    return {leg: tuple(of_leg) for leg, of_leg in ids.items()}


def _told(commands: Sequence[Seen], check: Check, agency: str) -> Iterator[str]:
    for seen in commands:
        if wrong := check(seen, seen.document, agency):
            yield f"{seen.routing_key} {seen.document.get('id')}: {wrong}"


def _causes(documents: Sequence[dict[str, Any]], about: Mapping[str, str]) -> Iterator[str]:
    for document in documents:
        if document.get("type") == "lienthong.command.recall-leg":
            continue
        cause, data = document.get("causationid"), document.get("data")
        named = (data.get("leg") or data.get("request")) if isinstance(data, dict) else None
        if cause not in about:
            yield f"{document.get('id')}: causationid {cause!r} is no hand-over"
        elif str(named) != about[str(cause)]:
            yield f"{document.get('id')}: the hand-over {cause} is of another leg than {named!r}"


def _reused(documents: Sequence[dict[str, Any]]) -> Iterator[str]:
    first: dict[str, dict[str, Any]] = {}
    for document in documents:
        # A connector that cannot repeat the moment says the same all the same.
        said = {name: value for name, value in document.items() if name != "time"}
        if first.setdefault(str(document.get("id")), said) != said:
            yield f"the id {document.get('id')} stands for different commands"


def _unaccepted(documents: Sequence[dict[str, Any]]) -> Iterator[str]:
    accepted = set()
    for document in documents:
        kind, data = document.get("type"), document.get("data")
        leg = data.get("leg") if isinstance(data, dict) else None
        if kind == "lienthong.command.accept-leg":
            accepted.add(leg)
        elif kind in AFTER_ACCEPTING and leg not in accepted:
            yield f"{kind} for the leg {leg} before accept-leg"
