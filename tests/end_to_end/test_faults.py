"""Nothing is lost, doubled or reordered, whatever fails under load: services, RabbitMQ, PostgreSQL."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Callable
from dataclasses import fields

import pytest

from deploy.demo import report_figures
from deploy.names import SERVICES
from deploy.play.acts import PlannedDossier
from deploy.play.client import Client
from deploy.play.scenario import Figures, Scenario, load, scaled
from deploy.stack import Stack
from tests.end_to_end.faults import kill, restart_postgresql, restart_rabbitmq, wipe_rabbitmq
from tests.end_to_end.load import Load
from tests.end_to_end.own_system import own_system
from tests.end_to_end.planned_history import assert_is_the_plan_of, state_of, waits_for
from tests.end_to_end.province import DESK, POLICE, at, put_reference, submit
from tests.end_to_end.records import (
    assert_ledger_is_whole,
    number,
    parked,
    rows,
    settled,
    statuses,
)
from tests.end_to_end.waiting import eventually

pytestmark = [pytest.mark.end_to_end, pytest.mark.slow, pytest.mark.timeout(240)]

SCALES = tuple(number / 100 for number in range(30, 5, -1))
"""Of a scenario with 300 dossiers, each another play; they are played until the faults are over."""
RECOVERED = 5
"""So many dossiers must come through after a fault before the next one."""
LOG_LINES = 600
"""Far more than a service writes about seven faults, far less than one that tries without a pause."""
UNREAD = 8
"""Hand-overs that lie unread when the broker is wiped."""


def test_no_fault_loses_doubles_or_reorders_anything(stack: Stack) -> None:
    scenario = load("lien-thong")
    put_reference(stack)
    stack.enrol(POLICE)
    parked_before = parked(stack)
    load_ = Load(stack, scenario, SCALES)
    load_.start()
    try:
        goes_on(load_)
        unread = wiped_while_one_agency_and_statistics_are_away(stack, lambda: goes_on(load_))
        goes_on(load_)
        for service in SERVICES:
            kill(stack, service)
            goes_on(load_)
        restart_rabbitmq(stack)
        goes_on(load_)
        restart_postgresql(stack)
        goes_on(load_)
    finally:
        load_.finish(100)

    assert sorted(read_again(stack)) == sorted(unread)
    settled(stack)
    assert_ledger_is_whole(stack)
    assert newly_parked(parked_before, parked(stack)) == {}
    ids = assert_dossiers_ended_as_planned(stack, load_)
    assert_histories_are_those_of_the_plan(stack, load_, ids)
    assert_works_are_those_of_the_plan(stack, scenario, load_.played)
    assert_logs_are_short_and_calm(stack)
    assert found_figures(stack, scenario) == wanted_figures(scenario, load_)


def goes_on(load_: Load) -> None:
    """Wait until dossiers come through again: that takes every service."""
    before = load_.done
    eventually(lambda: load_.done >= before + RECOVERED or load_.is_over, "dossiers come through", 60)
    assert not load_.is_over, load_.failure or "the plans are played too soon"


def wiped_while_one_agency_and_statistics_are_away(stack: Stack, go_on: Callable[[], None]) -> list[str]:
    """Wipe the broker with hand-overs and events on it that nobody has read; return those dossiers."""
    with at(stack, "intake", "receiving_officer", DESK) as desk:
        unread = submit(desk, UNREAD, "unread")
    sent = "SELECT count(*) FROM processing.delivery WHERE agency = %s AND state = 'sent'"
    eventually(lambda: number(stack, sent, POLICE) == UNREAD, "hand-overs lie on the agency's queue")
    stack.stop_service("statistics", signal.SIGKILL)
    go_on()
    wipe_rabbitmq(stack, [POLICE])
    stack.start_service("statistics")
    return list(unread)


def read_again(stack: Stack) -> list[str]:
    """Return the dossiers that the agency's queue then hands over; what comes twice has the same id."""
    with own_system(POLICE, stack.broker_url(f"agency.{POLICE}")) as system:
        found: dict[str, str] = {}
        while len(found) < UNREAD:
            message = system.next_message(seconds=75)  # a hand-over without an answer is sent again
            found[message.id] = message.data["dossier"]
            system.say("acknowledge-message", message.data["leg"], cause=message.id)
    unanswered = "SELECT count(*) FROM processing.delivery WHERE agency = %s AND state <> 'answered'"
    eventually(lambda: number(stack, unanswered, POLICE) == 0, "every hand-over is answered")
    return list(found.values())


def assert_logs_are_short_and_calm(stack: Stack) -> None:
    """See that a fault is told in a few lines, and that nothing failed that nobody had thought of."""
    for service in SERVICES:
        lines = stack.log(service).read_text().splitlines()
        assert len(lines) < LOG_LINES, service
        assert [line for line in lines if line.startswith("Traceback")] == [], service


def newly_parked(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    """Return where messages lie that could not be handled; the broker's copies went when it was wiped."""
    return {place: count for place, count in after.items() if count > before.get(place, 0)}


def assert_dossiers_ended_as_planned(stack: Stack, load_: Load) -> dict[str, str]:
    """Return the dossiers' ids, by the names of the plan."""
    client = Client(stack.urls()["intake"], stack.token("historian"))
    try:
        ids = {
            dossier.key(""): answer["answer"]["dossier"]
            for dossier, answer in zip(load_.played, submitted_again(client, load_.played), strict=True)
        }
        found = statuses(client, ids)
    finally:
        client.close()
    assert {name: status for name, (status, _) in found.items()} == {
        dossier.key(""): status_of(dossier) for dossier in load_.played
    }
    assert len(set(ids.values())) == len(load_.played)
    return ids


def assert_histories_are_those_of_the_plan(stack: Stack, load_: Load, ids: dict[str, str]) -> None:
    client = Client(stack.urls()["statistics"], stack.token("administrator"))
    try:
        for dossier in load_.played:
            entries = client.get(f"/v1/dossiers/{ids[dossier.key('')]}/history")["entries"]
            assert_is_the_plan_of(dossier, entries, load_.connected)
    finally:
        client.close()


def submitted_again(client: Client, dossiers: list[PlannedDossier]) -> list[dict[str, dict[str, str]]]:
    """Send every submission once more: the answers are those of the first time."""
    lines = [{"key": it.key("submit"), "action": "submit", "data": it.submission} for it in dossiers]
    return [
        answer
        for start in range(0, len(lines), 500)
        for answer in client.lines("/v1/batches", lines[start : start + 500])
    ]


def status_of(dossier: PlannedDossier) -> int:
    """Return the national portal's code for where the plan leaves a dossier."""
    if dossier.handed_back_at:
        return 10
    if dossier.resolved_at:
        return 7 if dossier.withdrawn else 9
    return waits_for(dossier) or 4


def assert_works_are_those_of_the_plan(
    stack: Stack, scenario: Scenario, played: list[PlannedDossier]
) -> None:
    """See that every leg that the plan comes to was handed over, accepted and completed as planned, once."""
    desks = sorted({dossier.filing.desk for dossier in played})
    wanted: Counter[tuple[str, str]] = Counter()
    for dossier in played:
        for turn in dossier.turns:
            if not turn.applicants:
                by = "queue" if turn.agency in scenario.connected else "worklist"
                wanted[by, turn.outcome or state_of(turn, by)] += 1
    found = rows(
        stack,
        "SELECT handed_by, state, count(*) FROM processing.work WHERE dossier_id IN"
        " (SELECT dossier_id FROM intake.dossier_lookup WHERE desk = ANY(%s)) GROUP BY handed_by, state",
        desks,
    )
    assert {(by, state): count for by, state, count in found} == wanted
    answered = (
        "SELECT count(*) FROM processing.delivery WHERE state <> 'answered' AND notice IS NULL"
        " AND leg_id IS NOT NULL AND agency = ANY(%s)"
    )
    assert number(stack, answered, scenario.connected) == 0


def found_figures(stack: Stack, scenario: Scenario) -> Figures:
    client = Client(stack.urls()["statistics"], stack.token("administrator"))
    try:
        return report_figures(client, scenario)
    finally:
        client.close()


def wanted_figures(scenario: Scenario, load_: Load) -> Figures:
    """Return the sum of the figures of all plans that were played."""
    parts = [scaled(scenario.figures, scale) for scale in load_.scales]
    return Figures(
        **{field.name: sum(getattr(part, field.name) for part in parts) for field in fields(Figures)}
    )
