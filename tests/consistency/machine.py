"""A machine that lets anything happen to a province, in any order, with duplicates, crashes and losses."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

import orjson
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from deploy.names import SERVICES
from deploy.play.scenario import Scenario
from shared.errors import RefusedError
from tests.consistency.invariants import check_all
from tests.consistency.people import People
from tests.consistency.province import Province

HISTORIES = os.environ.get("LIENTHONG_HISTORIES")


def profile(few: int) -> settings:
    """Return how many histories are tried: a few, always the same, or as many others as one asks for."""
    return settings(
        max_examples=int(HISTORIES or few),
        stateful_step_count=60,
        derandomize=not HISTORIES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


LINES = st.sampled_from([*SERVICES, "commands"])
NAMES = st.sampled_from(SERVICES)
SIZES = st.sampled_from([1, 2, 5, 20, 200])
COMMANDS = st.sampled_from(["acknowledge-message", "accept-leg", "record-work", "complete-leg", "return-leg"])
NUMBERS = st.sampled_from(range(30))
BITS = st.sampled_from(range(2**6))
"""Yes or no for each of six."""


class Histories(RuleBasedStateMachine):
    """One province, in which anything may happen next."""

    scenario: ClassVar[Scenario]
    beginning: ClassVar[Callable[[Path], None]]

    def __init__(self) -> None:
        super().__init__()
        self.home = Path(tempfile.mkdtemp())
        type(self).beginning(self.home)
        self.province = Province(self.home)
        self.province.clock.advance(timedelta(minutes=10))
        self.people = self.people_of(self.province)
        self.secret_processes = [it["procedure"] for it in self.scenario.procedures[1:]]

    def people_of(self, province: Province) -> People:
        """Return who acts on the province."""
        return People(province, self.scenario)

    def teardown(self) -> None:
        try:
            self.come_to_rest()
            self.check()
        finally:
            self.province.close()
            shutil.rmtree(self.home)

    def check(self) -> None:
        """Assert what must hold at rest."""
        check_all(self.province)

    def come_to_rest(self) -> None:
        for procedure in self.secret_processes:
            self.people.publish_process(procedure)
        self.province.rest()
        for command_id in self.people.unanswered():
            self.people.send_again(command_id)
        self.province.rest()
        self.people.ask_again()
        self.check_commands()

    def check_commands(self) -> None:
        """Every command of an own system had its effect or was refused, once and not both."""
        sql = "SELECT body FROM delivery WHERE kind = 'refusal' AND notice IS NULL"
        answers = [orjson.loads(bytes(body)) for (body,) in self.province.ask("processing", sql)]
        answered = Counter(answer["data"]["command"] for answer in answers)
        # That an act was refused is an event too, beside the answer.
        effects = "SELECT state FROM event WHERE topic <> 'processing.refused-act.recorded'"
        states = self.province.ask("processing", effects)
        acts = [orjson.loads(bytes(state))["act"] for (state,) in states]
        carried_out = Counter(act.get("causation") for act in acts)
        for message in self.people.sent.values():
            outcomes = carried_out[f"{message.source}/{message.id}"] + answered[message.id]
            # To acknowledge again what was acknowledged is harmless and says nothing new.
            assert outcomes == 1 or (outcomes == 0 and message.type.endswith("acknowledge-message"))

    @initialize(kinds=st.lists(NUMBERS, min_size=3, max_size=6), days=st.sampled_from(range(8)))
    def begin(self, kinds: list[int], days: int) -> None:
        for kind in kinds:
            self.submit(kind, "direct")
        for _ in range(days):
            self.an_ordinary_day(0b111111, 0b111000)

    @rule(finishes=BITS, by_broker=BITS)
    def an_ordinary_day(self, finishes: int, by_broker: int) -> None:
        self.let_everything_go_on()
        for number, leg in enumerate(self.legs("closed = false")):
            bit = number % 6
            self.say("accept-leg", *leg, by_broker=bool(by_broker >> bit & 1))
            if finishes >> bit & 1:
                self.finish(*leg, by_broker=bool(by_broker >> bit & 1))
        self.let_everything_go_on()
        self.answer_what_was_asked()
        self.time_passes(300)

    @rule(returns=BITS)
    def a_day_of_returns(self, returns: int) -> None:
        self.let_everything_go_on()
        for number, leg in enumerate(self.legs("closed = false")):
            if returns >> (number % 6) & 1:
                self.say("return-leg", *leg, by_broker=bool(number % 2))
        self.let_everything_go_on()
        for dossier in self.province.dossiers:
            with suppress(RefusedError):
                self.people.at_desk("send-on", dossier)

    @rule(days=st.sampled_from(range(1, 12)))
    def days_without_trouble(self, days: int) -> None:
        for _ in range(days):
            self.an_ordinary_day(0b111111, 0b101010)

    @rule(kind=NUMBERS, channel=st.sampled_from(["direct", "direct", "online"]))
    def submit(self, kind: int, channel: str) -> None:
        filings = self.scenario.mix.filings
        with suppress(RefusedError):
            self.people.submit(filings[kind % len(filings)], channel)

    @precondition(lambda self: self.province.dossiers)
    @rule(
        number=NUMBERS,
        action=st.sampled_from(["receive", "refuse", "send-on", "send-on", "stop", "hand-back"]),
    )
    def act_at_the_desk(self, number: int, action: str) -> None:
        dossiers = self.province.dossiers
        with suppress(RefusedError):
            self.people.at_desk(action, dossiers[number % len(dossiers)])

    @rule(number=NUMBERS, command=COMMANDS, by_broker=st.booleans())
    def command(self, number: int, command: str, *, by_broker: bool) -> None:
        if leg := self.leg(number, "TRUE"):
            self.say(command, *leg, by_broker=by_broker)

    @rule(
        number=NUMBERS,
        command=st.sampled_from(["complete-leg"] * 3 + ["return-leg"]),
        by_broker=st.booleans(),
    )
    def work_on_a_leg(self, number: int, command: str, *, by_broker: bool) -> None:
        if leg := self.leg(number, "closed = false"):
            self.say("accept-leg", *leg, by_broker=by_broker)
            self.say(command, *leg, by_broker=by_broker)

    @precondition(lambda self: self.people.sent)
    @rule(number=NUMBERS)
    def send_a_command_again(self, number: int) -> None:
        self.people.send_again(list(self.people.sent)[number % len(self.people.sent)])

    @rule()
    def ask_the_last_requests_again(self) -> None:
        self.people.ask_again()

    @precondition(lambda self: self.secret_processes)
    @rule()
    def publish_a_process_that_dossiers_wait_for(self) -> None:
        self.people.publish_process(self.secret_processes.pop())

    @rule(name=NAMES)
    def publish(self, name: str) -> None:
        self.province.publish(name)

    @rule(name=LINES, size=SIZES)
    def take(self, name: str, size: int) -> None:
        self.province.take(name, size)

    @rule()
    def let_everything_go_on(self) -> None:
        for _ in range(3):
            for name in SERVICES:
                self.province.publish(name)
            self.province.deliver()
            for name in (*SERVICES, "commands"):
                self.province.take(name, 200)

    @rule(name=LINES, size=SIZES)
    def take_twice(self, name: str, size: int) -> None:
        self.province.take_twice(name, size)

    @rule(name=LINES, size=SIZES)
    def put_back(self, name: str, size: int) -> None:
        self.province.put_back(name, size)

    @rule(name=LINES, size=SIZES)
    def crash_between_commit_and_acknowledgement(self, name: str, size: int) -> None:
        self.province.take_and_crash(name, size)

    @rule(name=LINES, size=SIZES)
    def fail_at_the_commit(self, name: str, size: int) -> None:
        self.province.take_while_the_commit_fails(name, size)

    @rule(name=NAMES)
    def crash_between_publishing_and_noting_it(self, name: str) -> None:
        self.province.publish_and_crash(name)

    @rule(name=NAMES)
    def restart(self, name: str) -> None:
        self.province.restart(name)

    @rule(name=LINES)
    def cut_a_connection(self, name: str) -> None:
        self.province.cut(name)

    @rule()
    def lose_everything_on_the_broker(self) -> None:
        self.province.wipe()

    @rule()
    def deliver(self) -> None:
        self.province.deliver()

    @rule()
    def read_the_agencies_queues(self) -> None:
        self.people.handed_over()

    @rule(minutes=st.sampled_from([0, 1, 30, 600, 5000]))
    def time_passes(self, minutes: int) -> None:
        self.province.clock.advance(timedelta(minutes=minutes))

    def finish(self, leg: UUID, agency: str, *, by_broker: bool) -> None:
        """Let an agency do its part."""
        self.say("complete-leg", leg, agency, by_broker=by_broker)

    def answer_what_was_asked(self) -> None:
        """Let applicants do what they were asked: nothing, on routes that ask for nothing."""

    def legs(self, condition: str) -> list[tuple[UUID, str]]:
        sql = f"SELECT leg_id, agency FROM work WHERE {condition} ORDER BY opened_at, leg_id"
        return [(leg, agency) for leg, agency in self.province.ask("processing", sql)]

    def leg(self, number: int, condition: str) -> tuple[UUID, str] | None:
        legs = self.legs(condition)
        return legs[number % len(legs)] if legs else None

    def say(self, command: str, leg: UUID, agency: str, *, by_broker: bool, **fields: Any) -> None:
        if by_broker and agency in self.scenario.connected:
            self.people.send(command, leg, agency, **fields)
        else:
            with suppress(RefusedError):
                self.people.command(command, leg, agency, **fields)
