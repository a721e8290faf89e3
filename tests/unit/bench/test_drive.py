from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import pytest

from deploy.bench.journey import ACTIONS, STEPS
from deploy.bench.load import drive as drive_module
from deploy.bench.load.agency import AgencySystem
from deploy.bench.load.drive import Drive
from deploy.bench.load.journal import Journal
from deploy.bench.load.ledger import ACTION_OF, RESOLVED, LedgerWatch, Row
from deploy.bench.load.province import Province
from deploy.bench.throughput import Load, StalledError

TYPE_OF = {action: type_ for type_, action in ACTION_OF.items()}


class Stack:
    """A whole stack in a few lines: whatever is asked for stands in the ledger at the next look."""

    def __init__(self, silent: Sequence[str] = ()) -> None:
        self.rows: list[Row] = []
        self.journal = Journal()
        self.silent = silent
        self.drive = Drive(
            Province.of(1, 1),
            Load(in_flight=5, warm_up=0.01, window=0.05),
            self.journal,
            cast("LedgerWatch", self),
            cast("dict[str, AgencySystem]", self),
        )
        self.most_in_flight = 0

    def __getitem__(self, leg: str) -> Stack:
        return self

    def want(self, command: str, dossier: str, leg: str) -> None:
        self.do(command, dossier)

    def new_rows(self) -> list[Row]:
        self.most_in_flight = max(self.most_in_flight, self.drive.filed - self.drive.finished)
        while not self.drive.jobs.empty():
            job = self.drive.jobs.get()
            assert job is not None
            self.do(job.action, job.dossier or job.key)
            if job.action == "submit":
                self.do("acknowledge-message", job.key)
        rows, self.rows = self.rows, []
        return rows

    def do(self, action: str, dossier: str) -> None:
        self.journal.sent[dossier, action] = 0.0
        if action not in self.silent:
            self.rows.append(Row(TYPE_OF[action], dossier, "leg"))
        if action == "complete-leg":
            self.rows.append(Row(RESOLVED, dossier, "leg"))


def test_every_dossier_makes_its_five_actions_and_no_other() -> None:
    stack = Stack()
    stack.drive.run(lambda: None)
    stack.journal.check(stack.drive.filed)
    assert len(stack.journal.committed) == stack.drive.filed * STEPS
    assert {action for _, action in stack.journal.committed} == set(ACTIONS)


def test_no_more_dossiers_are_on_their_way_than_were_asked_for() -> None:
    stack = Stack()
    stack.drive.run(lambda: None)
    assert stack.most_in_flight == 5
    assert stack.drive.finished == stack.drive.filed > 5


def test_a_stack_that_swallows_an_action_gives_no_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drive_module, "STALLED_SECONDS", 0.1)
    stack = Stack(silent=["accept-leg"])
    with pytest.raises(StalledError, match="0 of 5"):
        stack.drive.run(lambda: None)


def test_a_client_that_fell_ends_the_load() -> None:
    def fallen() -> None:
        raise RuntimeError("refused")

    with pytest.raises(RuntimeError, match="refused"):
        Stack().drive.run(fallen)
