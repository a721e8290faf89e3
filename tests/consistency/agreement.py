"""What four services must agree on about routes that are graphs, once everything has come to rest."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any
from uuid import UUID

from services.intake.domain.status import Status
from services.intake.rules.appointment import Case, due_of
from services.processing.application import hand_over_id
from services.routing.domain import flow
from services.statistics.read_model import versions
from shared.clock import from_text, to_text
from tests.consistency import invariants
from tests.consistency.invariants import events, histories
from tests.consistency.province import Province

APPLICANTS = {"payment", "supplement"}


def check_all(province: Province) -> None:
    """Assert everything."""
    invariants.check_nothing_is_left_over(province)
    check_open_legs_are_open_works(province)
    check_the_desk_agrees_with_the_way(province)
    check_appointments_follow_from_what_happened(province)
    check_hand_overs(province)
    check_the_read_model_agrees(province)
    invariants.check_the_ledger_holds_every_event_once_and_in_order(province)
    invariants.check_the_figures(province)
    invariants.check_replayed_equals_live(province)
    invariants.check_a_rebuilt_read_model_is_the_same(province)


def check_open_legs_are_open_works(province: Province) -> None:
    """What routing thinks lies with an agency lies there in processing, with the same due time; nothing else."""
    expected: dict[UUID, tuple[Any, ...]] = {}
    for itinerary in itineraries(province).values():
        structure = _structure(province)
        waiting = {it["leg"]: it["kind"] for it in itinerary.pauses.values()}
        for leg, one in itinerary.open.items():
            assert not structure.ended(one["agency"]), (itinerary.id, leg, one["agency"])
            if one["pause"] not in APPLICANTS:
                suspended = waiting.get(leg) if one["pause"] is None else None
                expected[UUID(leg)] = (itinerary.id, one["agency"], one["due_at"], suspended)
    rows = province.ask(
        "processing",
        "SELECT leg_id, dossier_id, agency, due_at, suspended FROM work WHERE closed = false",
    )
    application = province.runtimes["processing"].application
    listed = {leg: (dossier, agency, _text(due), waits) for leg, dossier, agency, due, waits in rows}
    assert listed == expected, set(listed.items()) ^ set(expected.items())
    for leg, (_, agency, due, waits) in expected.items():
        work: Any = application.repository.get(leg)
        assert (work.agency, work.due_at, work.suspended, work.outcome) == (agency, due, waits, None)
    works: dict[UUID, Any] = {leg: application.repository.get(leg) for leg in invariants.works_of(province)}
    assert {leg for leg, work in works.items() if work.outcome is None} == set(expected)


def check_the_desk_agrees_with_the_way(province: Province) -> None:
    """The status that people see is that of the way, and a way that is through is resolved."""
    ways = itineraries(province)
    for dossier in province.dossiers:
        found = _dossier(province, dossier)
        if found is None or found.status in {Status.NEW, Status.REFUSED}:
            assert dossier not in ways
            continue
        way = ways[dossier]
        kinds = {invariants._kind(it) for it in histories(province, "routing")[dossier]}
        if way.ended:
            assert not way.open, dossier
            ended_by = "Withdrawn" if found.without_result else "Completed"
            assert ended_by in kinds or "Completed" in kinds, dossier
            assert found.over, dossier
        else:
            assert not flow.is_through(way.states), dossier
            waiting = {it["kind"] for it in way.pauses.values()}
            status = Status.SUPPLEMENT if "supplement" in waiting else None
            status = status or (Status.PAYMENT if "payment" in waiting else None)
            assert found.status is (status or (Status.RECEIVED if way.at_desk else Status.PROCESSING)), (
                dossier
            )
            assert found.returned == way.at_desk, dossier
            open_there = {it["pause"] for it in found.pauses if it["to"] is None}
            assert open_there == set(way.pauses), dossier
            assert bool(way.open) != way.at_desk, dossier
        sql = "SELECT status FROM dossier_lookup WHERE dossier_id = :dossier"
        assert province.ask("intake", sql, dossier=dossier) == [(int(found.status),)]


def check_appointments_follow_from_what_happened(province: Province) -> None:
    """A dossier's due time, computed again from its history alone."""
    application: Any = province.runtimes["intake"].application
    for dossier, history in histories(province, "intake").items():
        received = next((it for it in history if invariants._kind(it) == "Received"), None)
        if received is None:
            continue
        waited, extensions = {}, []
        for event in history:
            kind, at = invariants._kind(event), event.act["happened_at"]
            if kind == "Paused":
                waited[event.pause] = {"from": at, "to": None}
            elif kind == "Resumed":
                waited[event.pause]["to"] = max(waited[event.pause]["from"], event.until)
            elif kind == "Extended":
                extensions.append(event.by)
        case = Case(
            from_text(received.act["happened_at"]),
            received.limit,
            received.cutoff,
            received.hours,
            list(waited.values()),
            extensions,
        )
        found = _dossier(province, dossier)
        assert found.due_at == due_of(case, application.calendars), dossier


def check_hand_overs(province: Province) -> None:
    """One hand-over a leg and agency, and none that waits for an agency which no longer has the leg."""
    handed_over: Counter[tuple[str, str]] = Counter()
    for event in events(province, "processing"):
        kind = invariants._kind(event)
        if kind in {"HandedOver", "Rehomed"} and event.by == "queue":
            successor = event.agency if kind == "Rehomed" else None
            handed_over[hand_over_id(event.originator_id, successor), event.agency] += 1
    sql = "SELECT message_id, agency, leg_id, state, next_try_at FROM delivery WHERE kind = 'hand-over'"
    rows = province.ask("processing", sql)
    assert handed_over == Counter((message, agency) for message, agency, *_ in rows)
    application = province.runtimes["processing"].application
    structure = _structure(province)
    for message, agency, leg, state, next_try_at in rows:
        work: Any = application.repository.get(leg)
        if state in {"waiting", "sent"} or next_try_at is not None:
            assert work.outcome is None, (leg, work.outcome, state)
            assert (work.agency, work.hand_over_id) == (agency, message), leg
            assert not structure.ended(agency), leg
        if work.acknowledged and work.hand_over_id == message:
            assert state == "answered", leg


def check_the_read_model_agrees(province: Province) -> None:
    """The rows of dossiers, legs and pauses are what the services say."""
    with province.databases["statistics"].transaction() as tx:
        version = versions.live(tx).version

    def ask(sql: str) -> list[Any]:
        return province.ask("statistics", versions.at_version(sql, version))

    rows = {
        root: rest for root, *rest in ask("SELECT root_id, status, due_at, process_version FROM dossier_v#")
    }
    ways = itineraries(province)
    for dossier in province.dossiers:
        found = _dossier(province, dossier)
        if found is None:
            continue
        way = ways.get(dossier)
        expected = [int(found.status), found.due_at, way.process_version if way else None]
        status, due, process_version = rows[dossier]
        said = [status, _text(due), process_version]
        assert said == expected, (dossier, said, expected)
    legs = {
        leg: (root, agency, _text(due))
        for leg, root, agency, due in ask(
            "SELECT leg_id, root_id, agency, due_at FROM leg_v# WHERE closed_at IS NULL"
        )
    }
    assert legs == {
        UUID(leg): (way.id, one["agency"], one["due_at"])
        for way in ways.values()
        for leg, one in way.open.items()
    }
    pauses = {pause for (pause,) in ask("SELECT pause_id FROM pause_v# WHERE resumed_at IS NULL")}
    open_pauses = {UUID(it) for way in ways.values() for it in way.pauses}
    over = {way.id for way in ways.values() if way.ended}
    roots = dict(ask("SELECT pause_id, root_id FROM pause_v#"))
    assert {it for it in pauses if roots[it] not in over} == open_pauses


def itineraries(province: Province) -> dict[UUID, Any]:
    """Return every dossier's way as its log says it."""
    routing = province.runtimes["routing"].application
    dossiers = set(histories(province, "routing")) & set(province.dossiers)
    return {dossier: routing.repository.get(dossier) for dossier in dossiers}


def _structure(province: Province) -> Any:
    runtime = province.runtimes["routing"]
    application: Any = runtime.application
    with runtime.unit.begin():
        return application.directory.registry().at(to_text(province.clock.now()))


def _dossier(province: Province, dossier: UUID) -> Any:
    if dossier not in histories(province, "intake"):
        return None
    return province.runtimes["intake"].application.repository.get(dossier)


def _text(moment: Any) -> str | None:
    if isinstance(moment, str):
        return moment
    return to_text(moment) if isinstance(moment, datetime) else None
