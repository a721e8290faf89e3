"""Answering questions: from the live tables, or from what stood in the ledger at a moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from services.statistics.ledger import entries
from services.statistics.problems import NOT_A_LIST, UNKNOWN_DIMENSION, UNKNOWN_REPORT
from services.statistics.read_model import earlier, scratches, versions
from services.statistics.reports import (
    acceptance,
    adoption,
    carried,
    discipline,
    districts,
    dossiers,
    entered_report,
    flows,
    late,
    lateness_report,
    legs,
    models,
    online,
    requests,
    resolution,
    scores,
)
from services.statistics.reports.answers import Answer, Question
from services.statistics.reports.lateness import lateness
from services.statistics.reports.periods import Period, parts, unit_in, whole
from services.statistics.reports.units import NOW
from shared.clock import Clock
from shared.errors import RefusedError
from shared.persistence.database import Database, Transaction

OF_DOSSIERS = ("figure", "unit", "level", "agency", "procedure", "skip")
OF_LEGS = ("figure", "giver", "taker", "direction", "procedure", "skip")
OF_SOME = tuple(dict.fromkeys((*OF_DOSSIERS, *OF_LEGS, "rules")))
"""Words that only some reports take."""


@dataclass(frozen=True, slots=True)
class Report:
    """One report: what it can be divided by, and how one version's tables answer it.

    The answer comes with its position in the ledger; None when another version went live meanwhile.
    """

    dimensions: tuple[str, ...]
    make: Callable[[Transaction, int, Question, Sequence[Period]], tuple[int | None, Answer]]
    is_list: bool = False
    """Whether its rows are dossiers, or legs of theirs."""
    words: tuple[str, ...] = ()
    """Which of the words that are not for every report it takes."""
    counts_dossiers: bool = True
    """Whether `trial` can choose among what it counts."""
    by_units: Callable[[Question], bool] = lambda _question: True
    """Whether what is asked of it depends on units, so that `structure` can mean anything."""


def _not_by_desk(question: Question) -> bool:
    """Tell whether a question does without the desks: they stay who received a dossier, whoever succeeds them."""
    return not {"agency", "level"} & set(question.by)


def _never(_question: Question) -> bool:
    return False


REPORTS: Mapping[str, Report] = {
    "resolution": Report(
        resolution.BY, resolution.resolution, words=("procedure", "level"), by_units=_not_by_desk
    ),
    "lateness": Report(("agency",), lateness_report.lateness_report, by_units=_never),
    "models": Report(("model",), models.models, by_units=_never),
    "online": Report(online.DIMENSIONS, online.online, words=("procedure", "level")),
    "late": Report((), late.late, is_list=True, words=OF_DOSSIERS[1:]),
    "carried": Report(carried.DIMENSIONS, carried.carried),
    "acceptance": Report(acceptance.DIMENSIONS, acceptance.acceptance),
    "districts": Report((), districts.districts),
    "discipline": Report(discipline.DIMENSIONS, discipline.discipline),
    "adoption": Report((), adoption.adoption),
    "flows": Report(flows.DIMENSIONS, flows.flows, words=("procedure",)),
    "legs": Report(flows.DIMENSIONS, legs.legs, is_list=True, words=OF_LEGS),
    "requests": Report(requests.DIMENSIONS, requests.requests, counts_dossiers=False),
    "dossiers": Report((), dossiers.dossiers, is_list=True, words=OF_DOSSIERS),
    "index": Report((), scores.index, words=("unit", "rules")),
    "entered": Report((), entered_report.entered_report, words=("unit", "rules")),
    "ranking": Report((), scores.ranking, words=("rules",)),
}


def shows_single_ones(name: str, question: Question) -> bool:
    """Tell whether a report's rows are single dossiers or persons."""
    report = REPORTS.get(name)
    return report is not None and (report.is_list or "officer" in question.by)


class Reports:
    """Answers questions."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def report(self, name: str, question: Question) -> Answer:
        """Return a report as plain values: its terms, columns with names in both languages, and rows.

        Raises RefusedError with `unknown-report`, `unknown-dimension`, `period-invalid`,
        `period-not-begun`, `not-a-list`, `read-model-undefined`, `read-model-outdated`, `unknown-scratch`,
        and what lists refuse: `unknown-figure`, `too-many-late`.
        """
        report = REPORTS.get(name)
        if report is None:
            raise RefusedError(UNKNOWN_REPORT, name=name, known=", ".join(REPORTS))
        for dimension in question.by:
            if dimension not in report.dimensions:
                known = ", ".join(report.dimensions)
                raise RefusedError(UNKNOWN_DIMENSION, dimension=dimension, known=known)
        _check_words(name, report, question)
        if question.scratch is not None:
            return self._of_scratch(report, question, question.scratch)
        now = self._clock.now()
        as_of = min(question.as_of or now, question.published_at or now, now)
        periods = periods_of(question, as_of)
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
            periods = periods_of(question, min(question.as_of or scratch.as_of, scratch.as_of))
            found = report.make(tx, scratch.version, question, periods)[1]
        return found | {"ledger_sequence": scratch.ledger_sequence}

    def _as_published(
        self, report: Report, question: Question, periods: Sequence[Period], at: datetime
    ) -> Answer:
        found: Answer = {}
        with suppress(_RollbackError), self._database.transaction() as tx:
            sequence = entries.last_entered(tx, at)
            earlier.build(tx, sequence)
            found = report.make(tx, earlier.VERSION, question, periods)[1] | {"ledger_sequence": sequence}
            raise _RollbackError
        return found


def _check_words(name: str, report: Report, question: Question) -> None:
    given = {word: getattr(question, word) for word in OF_SOME}
    words = [word for word, value in given.items() if value not in (None, 0) and word not in report.words]
    if question.trial is not None and not report.counts_dossiers:
        words.append("trial")
    if question.structure == NOW and not report.by_units(question):
        words.append("structure")
    if words:
        raise RefusedError(NOT_A_LIST, name=name, words=", ".join(words))


class _RollbackError(Exception):
    """Ends a transaction that is to leave nothing behind."""


def periods_of(question: Question, as_of: datetime) -> list[Period]:
    """Return the parts into which a question cuts its period, as of a moment. Raises as `periods.months`."""
    unit = unit_in(question.by)
    if unit is None:
        return [whole(question.first, question.last, as_of)]
    return parts(question.first, question.last, as_of, unit)
