"""What happens to a connector under test, step by step."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from deploy.conformance.desk import Desk
from deploy.conformance.judging import BACK, answers, by_leg, doubled, judge, unrepeated
from deploy.conformance.letters import (
    forgotten,
    hand_over,
    in_next_epoch,
    notice,
    refusal,
    request_notice,
    restored,
    written_request,
)
from deploy.conformance.program import Program
from deploy.conformance.proxy import Proxy
from deploy.conformance.report import Report

SETTLE = 1.5
"""Seconds for answers that should not come."""
IMPATIENT = 1.0
MOST_REPEATS = 3
DOSSIERS = 6

Said = Callable[[str, str], None]


class EndedError(Exception):
    """The connector ended by itself, or cannot be reached: the rest cannot be tried."""


class Story:
    """Plays Liên Thông towards one connector and writes the report."""

    def __init__(
        self, agency: str, desk: Desk, proxy: Proxy, program: Program | None, *, patience: float, said: Said
    ) -> None:
        self._agency = agency
        self._desk = desk
        self._proxy = proxy
        self._program = program
        self._patience = self._reconnecting = patience
        self._said = said
        self._about: dict[str, str] = {}
        """The leg or request of each message that asks for an answer."""
        self._unanswerable: dict[str, str] = {}
        self._may_mend: set[str] = set()
        """Hand-overs with a refused command: it may be mended under a new id."""
        self._first = self._new()
        self.report = Report()

    def play(self, connect_seconds: float) -> Report:
        """Play all of it and return the report."""
        try:
            self._connects(connect_seconds)
            for step in self._steps():
                step()
        except EndedError:
            pass
        self._judge()
        return self.report

    def _steps(self) -> Iterator[Callable[[], None]]:
        yield self._hand_over
        if any(self._is_answered(id_) for id_ in self._about):
            yield from self._hard_steps()
        yield self._look_at_the_queue

    def _hard_steps(self) -> Iterator[Callable[[], None]]:
        """Steps that mean nothing with a connector that never answers."""
        yield from (self._repeat, self._newer_attributes, self._interleave, self._restore)
        yield from (
            self._next_epoch,
            self._newer_version,
            self._notice,
            self._request,
            self._refuse,
            self._cut,
        )
        if self._program:
            yield self._die

    def _connects(self, seconds: float) -> None:
        self.report.tried("connects")
        self._said("chờ kết nối", "waiting for the connector")
        self._desk.wait(seconds, lambda: self._desk.is_read() or self._has_ended())
        if not self._desk.is_read():
            self.report.broken("connects", f"nobody read the queue within {seconds:.0f} s")
            self._check_running()
            raise EndedError

    def _hand_over(self) -> None:
        self._said("bàn giao", "hands over")
        self._ask("answers", self._first)
        self._ask("answers", self._new(kind="opinion", at_term="consent"))

    def _repeat(self) -> None:
        self._said("gửi lặp", "repeats itself")
        fresh = self._new()
        before = self._documents()
        for message in (self._first, fresh, self._first, fresh, fresh):
            self._desk.send(message)
        self._await("answers", fresh)
        self._desk.wait(SETTLE)
        self.report.tried("takes-once")
        self._await_again("answers-again", self._first, before)

    def _newer_attributes(self) -> None:
        self._said("thuộc tính mới", "says what is not known yet")
        message = self._new(urgency={"level": 3}, appendices=["a", "b"])
        self._ask("unknown-attributes", message | {"sequencetype": "Integer", "tracestate": "x=1"})

    def _interleave(self) -> None:
        self._said("nhiều hồ sơ xen kẽ", "hands over many dossiers, out of order")
        dossiers = [str(uuid4()) for _ in range(DOSSIERS)]
        for number in (1, 2):  # of one dossier, the next only when the one before is answered
            random.shuffle(dossiers)
            batch = [self._new(dossier=dossier, number=number) for dossier in dossiers]
            for message in batch:
                self._desk.send(message)
            self._await("interleaved", *batch)

    def _restore(self) -> None:
        """Liên Thông forgot what it was told since the test began."""
        self._said("phục hồi từ bản sao lưu", "was restored from a backup")
        self._desk.wait(SETTLE)
        before = self._documents()
        wanted = set(by_leg(before).items())
        self._tell("restored", restored(self._agency, datetime.now(UTC) - BACK))

        def again() -> set[tuple[str, tuple[str, ...]]]:
            return set(by_leg(self._documents()[len(before) :]).items())

        self._desk.wait(self._patience, lambda: wanted <= again() or self._has_ended())
        self._check_running()
        missing = wanted - again()
        self.report.check(
            "restored", [f"the commands of the leg {leg} did not come again as before" for leg, _ in missing]
        )
        self._ask("restored", self._new())

    def _next_epoch(self) -> None:
        """After the restore an id may stand for another message; a hand-over that comes anew is the same one."""
        self._said("kỷ nguyên mới", "goes on in a new epoch")
        lost = self._new()
        self._ask("answers", lost)
        told = notice(lost, "paused")
        self._desk.send(told)
        self._ask("source-and-id", in_next_epoch(self._new(id_=told["id"])))
        before = self._documents()
        for command in self._answers_to(lost):
            self._tell("refusals", forgotten(command))
        self._may_mend.add(lost["id"])
        self._desk.send(in_next_epoch(lost))
        self._await_again("source-and-id", lost, before)

    def _newer_version(self) -> None:
        self._said("phiên bản mới hơn", "speaks a newer version")
        newer = self._new()
        strange = self._new()
        self._desk.send(newer | {"dataschema": "urn:lienthong:agency:leg-hand-over:2", "data": {"parts": []}})
        self._desk.send(
            strange
            | {
                "type": "lienthong.agency.weather-report",
                "dataschema": "urn:lienthong:agency:weather-report:1",
            }
        )
        self._ask("unknown-version", self._new())

    def _notice(self) -> None:
        self._said("thông báo", "sends notices")
        told = self._new()
        self._ask("answers", told)
        for state in ("paused", "resumed", "withdrawn"):
            self._tell("notices", notice(told, state))
        self._ask("notices", self._new())

    def _request(self) -> None:
        self._said("yêu cầu báo cáo", "asks for a report")
        asked = written_request(self._agency)
        self._about[asked["id"]] = asked["data"]["request"]
        self._ask("requests", asked)
        self._tell("requests", request_notice(asked))
        self._ask("requests", self._new())

    def _refuse(self) -> None:
        message = self._new()
        self._ask("answers", message)
        refused = next(iter(self._answers_to(message)), None)
        if refused is None:
            return
        self._said("từ chối", "refuses a command")
        self._may_mend.add(message["id"])
        before = self._times_sent(refused)
        self._tell("refusals", refusal(refused))
        self._ask("refusals", self._new())
        self._desk.wait(SETTLE)
        times = self._times_sent(refused) - before
        self.report.check("refusals", [f"sent {times} times more"] if times > MOST_REPEATS else [])

    def _cut(self) -> None:
        """The connector has the message, and nobody hears its answer."""
        self._said("cắt kết nối giữa chừng", "cuts the connection in the middle")
        message = self._half_heard()
        self._proxy.cut()
        self._await("reconnects", message, more=self._reconnecting)
        self._ask("reconnects", self._new())

    def _die(self) -> None:
        self._said("giết tiến trình giữa chừng", "kills the program in the middle")
        program = self._program
        if program is None:
            return
        message = self._half_heard()
        program.kill()
        self._proxy.cut()
        self._desk.send(self._first)
        program.start()
        self._await("restarts", message, more=self._reconnecting)
        self._ask("restarts", self._new())
        self._desk.wait(SETTLE)
        self.report.check("restarts", self._doubled(self._first, message))

    def _half_heard(self) -> dict[str, Any]:
        message = self._new()
        self._proxy.hold()
        self._desk.send(message)
        self._desk.wait(self._patience, lambda: not self._desk.waiting())
        self._desk.wait(SETTLE)
        return message

    def _look_at_the_queue(self) -> None:
        """Whatever was given to the connector and not acknowledged comes back when it is gone."""
        self._desk.wait(SETTLE)
        self._check_running()
        self.report.tried("keeps-running")
        if self._program:
            self._program.kill()
        self._proxy.close()
        self._desk.wait(self._patience, lambda: not self._desk.is_read())
        self._desk.wait(SETTLE, lambda: bool(self._desk.waiting()))
        left = self._desk.waiting()
        self.report.check("broker-ack", [f"{left} messages were not acknowledged"] if left else [])

    def _judge(self) -> None:
        documents = self._documents()
        judge(self.report, self._agency, self._desk.commands, self._about)
        for id_ in self._about.keys() - self._may_mend:
            for detail in doubled(documents, id_):
                self.report.broken("takes-once", detail)
        for id_, rule in self._unanswerable.items():
            if answers(documents, id_):
                self.report.broken(rule, f"{id_} was answered")

    def _new(self, *, id_: str | None = None, **facts: Any) -> dict[str, Any]:
        message = hand_over(self._agency, **facts)
        message["id"] = id_ or message["id"]
        self._about[message["id"]] = message["data"]["leg"]
        return message

    def _documents(self) -> list[dict[str, Any]]:
        return [seen.document for seen in self._desk.commands]

    def _tell(self, rule: str, message: dict[str, Any]) -> None:
        """Send what needs no answer."""
        self._unanswerable[message["id"]] = rule
        self._desk.send(message)

    def _ask(self, rule: str, message: dict[str, Any]) -> None:
        """Hand over and wait for the answer, as the rule demands."""
        self._desk.send(message)
        self._await(rule, message)

    def _await(self, rule: str, *messages: dict[str, Any], more: float = 0.0) -> None:
        ids = [message["id"] for message in messages]
        seconds = self._patience + more
        self.report.tried(rule)
        self._desk.wait(seconds, lambda: all(map(self._is_answered, ids)) or self._has_ended())
        self._check_running()
        for id_ in ids:
            if not self._is_answered(id_):
                self._patience = min(self._patience, IMPATIENT)
                self.report.broken(rule, f"no command named {id_} in causationid within {seconds:.0f} s")

    def _await_again(self, rule: str, to: dict[str, Any], before: Sequence[dict[str, Any]]) -> None:
        """Wait until all that answered a hand-over came again, behind what came before."""

        def missing() -> list[str]:
            return unrepeated(before, self._documents()[len(before) :], to["id"])

        self._desk.wait(self._patience, lambda: not missing() or self._has_ended())
        self._check_running()
        self.report.check(rule, missing())

    def _is_answered(self, id_: str) -> bool:
        return any(seen.document.get("causationid") == id_ for seen in self._desk.commands)

    def _answers_to(self, message: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the commands that answered a message, each once."""
        said = (one for one in self._documents() if one.get("causationid") == message["id"] and one.get("id"))
        return list({str(one["id"]): one for one in said}.values())

    def _times_sent(self, command: dict[str, Any]) -> int:
        """Return how often a command came, under whatever id."""
        names = ("type", "causationid")
        said = [[seen.document.get(name) for name in names] for seen in self._desk.commands]
        return said.count([command.get(name) for name in names])

    def _doubled(self, *messages: dict[str, Any]) -> list[str]:
        documents = self._documents()
        return [detail for message in messages for detail in doubled(documents, message["id"])]

    def _has_ended(self) -> bool:
        return self._program is not None and self._program.has_ended()

    def _check_running(self) -> None:
        if self._program and self._has_ended():
            self.report.broken("keeps-running", f"the program ended: {self._program.last_words()}")
            raise EndedError
