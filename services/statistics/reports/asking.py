"""Answering questions: from the live tables, or from what stood in the ledger at a moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime

from services.statistics.ledger import entries
from services.statistics.problems import UNKNOWN_DIMENSION, UNKNOWN_REPORT
from services.statistics.read_model import scratches, versions
from services.statistics.read_model.builds import take_batch
from services.statistics.read_model.working_set import WorkingSet
from services.statistics.reports import lateness_report, models, online, resolution
from services.statistics.reports.answers import Answer, Question
from services.statistics.reports.lateness import lateness
from services.statistics.reports.periods import Period, months, whole
from shared.clock import Clock
from shared.errors import RefusedError
from shared.persistence.database import Database, Transaction

_SCRATCH = 0
"""The version that only ever exists inside a transaction that is rolled back."""


@dataclass(frozen=True, slots=True)
class Report:
    """One report: what it can be divided by, and how one version's tables answer it.

    The answer comes with its position in the ledger; None when another version went live meanwhile.
    """

    dimensions: tuple[str, ...]
    make: Callable[[Transaction, int, Question, Sequence[Period]], tuple[int | None, Answer]]


REPORTS: Mapping[str, Report] = {
    "resolution": Report(tuple(resolution.DIMENSIONS), resolution.resolution),
    "lateness": Report(("agency",), lateness_report.lateness_report),
    "models": Report(("model",), models.models),
    "online": Report(online.DIMENSIONS, online.online),
}


class Reports:
    """Answers questions."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def report(self, name: str, question: Question) -> Answer:
        """Return a report as plain values: its terms, columns with names in both languages, and rows.

        Raises RefusedError with `unknown-report`, `unknown-dimension`, `period-invalid`,
        `period-not-begun`, `read-model-undefined`, `read-model-outdated` or `unknown-scratch`.
        """
        report = REPORTS.get(name)
        if report is None:
            raise RefusedError(UNKNOWN_REPORT, name=name, known=", ".join(REPORTS))
        for dimension in question.by:
            if dimension not in report.dimensions:
                known = ", ".join(report.dimensions)
                raise RefusedError(UNKNOWN_DIMENSION, dimension=dimension, known=known)
        if question.scratch is not None:
            return self._of_scratch(report, question, question.scratch)
        now = self._clock.now()
        as_of = min(question.as_of or now, question.published_at or now, now)
        periods = _periods(question, as_of)
        if question.published_at is None:
            return self._live(report, question, periods)
        return self._as_published(report, question, periods, question.published_at)

    def lateness(self, code_or_id: str, as_of: datetime | None = None) -> Answer:
        """Return one dossier's shares and lateness; see `lateness.lateness`."""
        now = self._clock.now()
        return lateness(self._database, code_or_id, min(as_of or now, now))

    def _live(self, report: Report, question: Question, periods: Sequence[Period]) -> Answer:
        while True:
            with self._database.transaction() as tx:
                live = versions.readable(tx)
                sequence, answer = report.make(tx, live.version, question, periods)
            if not answer["rows"]:
                return answer | {"ledger_sequence": live.ledger_sequence}
            if sequence is not None:  # else another version went live between the statements
                return answer | {"ledger_sequence": sequence}

    def _of_scratch(self, report: Report, question: Question, name: str) -> Answer:
        with self._database.transaction() as tx:
            scratch = scratches.readable(tx, name)
            question = replace(question, published_at=scratch.as_of)
            periods = _periods(question, min(question.as_of or scratch.as_of, scratch.as_of))
            found = report.make(tx, scratch.version, question, periods)[1]
        return found | {"ledger_sequence": scratch.ledger_sequence}

    def _as_published(
        self, report: Report, question: Question, periods: Sequence[Period], at: datetime
    ) -> Answer:
        found: Answer = {}
        with suppress(_RollbackError), self._database.transaction() as tx:
            versions.create(tx, _SCRATCH)
            sequence = _replay(tx, at)
            found = report.make(tx, _SCRATCH, question, periods)[1] | {"ledger_sequence": sequence}
            raise _RollbackError
        return found


class _RollbackError(Exception):
    """Ends a transaction that is to leave nothing behind."""


def _periods(question: Question, as_of: datetime) -> list[Period]:
    cut = months if "month" in question.by else _one
    return cut(question.first, question.last, as_of)


def _one(first: date, last: date, as_of: datetime) -> list[Period]:
    return [whole(first, last, as_of)]


def _replay(tx: Transaction, until: datetime) -> int:
    building, position = WorkingSet(_SCRATCH, new=True), 0
    last = entries.last_entered(tx, until)
    while position < last:
        position = take_batch(tx, building, position, last)
    building.write(tx)
    versions.index(tx, _SCRATCH)
    return position
