"""A province at small scale on the full stack, and its read model built again under its readers' eyes."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from deploy.play.client import Client
from deploy.play.scenario import load, scaled
from deploy.stack import Stack
from tests.end_to_end.command_line import Said, lienthong, started
from tests.end_to_end.records import assert_ledger_is_whole, settled

pytestmark = pytest.mark.end_to_end

NAME, SCALE = "quang-nam-2019", 0.008
PERIOD = {"from": "2019-01-01", "to": "2019-07-20", "by": "agency"}
REBUILDS = 3


class Reader:
    """Reads a report again and again, and keeps every answer that differs from the first."""

    def __init__(self, stack: Stack) -> None:
        self._client = Client(stack.urls()["statistics"], stack.token("administrator"))
        self.first = self._read()
        self.reads = 0
        self.others: list[Any] = []
        self._enough = threading.Event()
        self._thread = threading.Thread(target=self._run, name="reader")

    def __enter__(self) -> Reader:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._enough.set()
        self._thread.join()
        self._client.close()

    def _run(self) -> None:
        while not self._enough.is_set():
            answer = self._read()
            self.reads += 1
            if answer != self.first:
                self.others.append(answer)

    def _read(self) -> Any:
        answer = self._client.get("/v1/reports/resolution", **PERIOD)
        # A rebuild is itself entered in the ledger; the figures stay.
        return {name: value for name, value in answer.items() if name != "ledger_sequence"}


def rebuilt(stack: Stack) -> Said:
    return lienthong("replay", "--to", "statistics", "--rebuild", "--json", "--run", stack.directory)


def test_a_province_comes_out_exactly_while_its_read_model_is_built_again(stack: Stack) -> None:
    wanted = scaled(load(NAME).figures, SCALE)
    rebuilds = []
    words = ("demo", "--stack", "--scenario", NAME, "--scale", str(SCALE), "--json")

    with started(*words, "--run", stack.directory) as demo:
        while demo.poll() is None:
            rebuilds.append(rebuilt(stack))
        out, _ = demo.communicate(timeout=60)

    assert demo.returncode == 0, out
    found = Said(0, out, "").json
    assert {key: found[key] for key in ("received", "resolved", "early_or_on_time", "late", "pending")} == {
        "received": wanted.received,
        "resolved": wanted.resolved,
        "early_or_on_time": wanted.early_or_on_time,
        "late": wanted.late,
        "pending": wanted.pending,
    }
    assert found["districts_on_system"] == [7, 18]
    assert [one["difference"] for one in found["inconsistencies"]] == [
        *("-1", "-0.32", "0.32", "-2.26", "-0.39", "2926", "-11"),
    ]
    assert len(rebuilds) > 1
    assert [said.words for said in rebuilds if said.status or not is_same(said)] == []
    settled(stack)
    assert_ledger_is_whole(stack)


def test_readers_see_whole_figures_while_the_read_model_is_swapped(stack: Stack) -> None:
    versions = [rebuilt(stack).json]
    with Reader(stack) as reader:
        for _ in range(REBUILDS):
            before = reader.reads
            said = rebuilt(stack)
            assert is_same(said)
            assert reader.reads > before
            versions.append(said.json)

    assert reader.first["rows"]
    assert reader.others == []
    assert len({version["sha256"] for version in versions}) == 1
    numbers = [version["version"] for version in versions]
    assert numbers == list(range(numbers[0], numbers[0] + REBUILDS + 1))


def is_same(said: Said) -> bool:
    """Tell whether a rebuild gave what was there before, to the byte."""
    return bool(said.json["sha256"] == said.json["previous_sha256"] and said.json["swapped"])
