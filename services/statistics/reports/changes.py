"""Why a report says something else today than when it went out: figure by figure, and by which late events.

What an entry of the ledger adds after a report went out, though it happened before the moment as of which
the report counts, can change it. Each dossier with such entries is counted twice by the report's own
statement, on tables that hold nothing but it: as known then, and as known now.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

from services.statistics.projection.columns import TABLES
from services.statistics.projection.rows import Document
from services.statistics.projection.rules import RULES
from services.statistics.read_model import versions
from services.statistics.read_model.working_set import WorkingSet, document_of
from services.statistics.reports.answers import Answer, Question
from services.statistics.reports.asking import REPORTS, Report, periods_of
from services.statistics.reports.descriptions import agencies_of, describe
from services.statistics.reports.history import names_of
from services.statistics.reports.periods import Period
from shared.clock import from_text, to_text
from shared.persistence.database import Database, Row, Transaction

Changes = dict[str, Any]
Cells = dict[tuple[tuple[str, ...], str], Any]
"""What a report says: the row's key and the figure's, to the value."""

MOST_DOSSIERS = 100
"""So many are looked into; how many there are is always said."""

_SCRATCH = 0
_LATE_ROOTS = """
    SELECT root_id, min(sequence) FROM ledger
    WHERE sequence > :published AND sequence <= :known AND happened_at < :cut AND root_id IN
        (SELECT root_id FROM dossier_v#)
    GROUP BY root_id ORDER BY min(sequence)
"""
_LATE_OTHERS = """
    SELECT sequence, happened_at, recorded_at, entered_at, body FROM ledger
    WHERE sequence > :published AND sequence <= :known AND happened_at < :cut AND type IN :types
    ORDER BY sequence LIMIT 100
"""
_OF_ROOT = """
    SELECT sequence, happened_at, recorded_at, entered_at, body FROM ledger
    WHERE root_id = :root AND sequence <= :known ORDER BY sequence
"""
_REFERENCE_TYPES = [
    name for name, rule in RULES.items() if not any("root_id" in table.columns for table in rule.tables)
]
"""Messages that change what no dossier says: agencies, procedures, targets."""


def changes(database: Database, question: Question, then: Answer, now: Answer) -> Changes:
    """Return how two answers to one question differ, and the late events behind it.

    `then` and `now` say up to which entry of the ledger each knows.
    """
    cut, published, known = from_text(then["as_of"]), then["ledger_sequence"], now["ledger_sequence"]
    with database.transaction() as tx:
        live = versions.readable(tx).version
        span = {"published": published, "known": known, "cut": cut}
        roots = [UUID(str(root)) for root, _ in tx.execute(versions.at_version(_LATE_ROOTS, live), span)]
        others = [
            _entry(tx, live, row) for row in tx.execute(_LATE_OTHERS, {**span, "types": _REFERENCE_TYPES})
        ]
    dossiers = _dossiers(database, question, then, roots[:MOST_DOSSIERS], published, known, cut)
    return {
        "report": then["report"],
        "as_of": then["as_of"],
        "published_sequence": published,
        "known_sequence": known,
        "figures": _differing(cells(then), cells(now), now),
        "candidates": len(roots),
        "examined": min(len(roots), MOST_DOSSIERS),
        "dossiers": dossiers,
        "reference": others,
    }


def cells(answer: Answer) -> Cells:
    """Return what a report says, by row and figure; the sum of the rows under the key of no row."""
    by = answer["by"]
    figures = [column["key"] for column in answer["columns"] if column["key"] not in by]
    found: Cells = {}
    for row in answer["rows"]:
        key = tuple(str(row[name]) for name in by) or (str(row["code"]),) if by or "code" in row else ()
        found |= {(key, figure): row.get(figure) for figure in figures}
    if answer["total"] and by:
        found |= {((), figure): answer["total"].get(figure) for figure in figures}
    return found


def _differing(then: Cells, now: Cells, answer: Answer) -> list[dict[str, Any]]:
    names = {column["key"]: column for column in answer["columns"]}
    return [
        {
            "row": list(key),
            "figure": figure,
            "vi": names[figure]["vi"],
            "en": names[figure]["en"],
            "then": then.get((key, figure)),
            "now": now.get((key, figure)),
        }
        for key, figure in dict.fromkeys((*then, *now))
        if then.get((key, figure)) != now.get((key, figure)) and figure in names
    ]


class _RollbackError(Exception):
    """Ends a transaction that is to leave nothing behind."""


def _dossiers(
    database: Database,
    question: Question,
    then: Answer,
    roots: Sequence[UUID],
    published: int,
    known: int,
    cut: datetime,
) -> list[dict[str, Any]]:
    """Return the dossiers that count otherwise now, each with what changed and its late entries."""
    report, periods = REPORTS[then["report"]], periods_of(question, cut)
    found: list[dict[str, Any]] = []
    if not roots:
        return found
    with suppress(_RollbackError), database.transaction() as tx:
        live = versions.readable(tx).version
        _copy_all_but_dossiers(tx, live)
        for root in roots:
            entries = tx.execute(_OF_ROOT, {"root": root, "known": known})
            before, after = _counted(tx, report, question, periods, entries, published)
            differing = _differing(cells(before), cells(after), after)
            if differing:
                late = [row for row in entries if row[0] > published and row[1] < cut]
                told = [_entry(tx, live, row) for row in late]
                found.append(
                    {"dossier": str(root), "code": _code(entries), "figures": differing, "entries": told}
                )
            _forget(tx, root)
        raise _RollbackError
    return found


def _copy_all_but_dossiers(tx: Transaction, live: int) -> None:
    versions.create(tx, _SCRATCH)
    for table in TABLES:
        if "root_id" not in table.columns:
            names = ", ".join(table.columns)
            tx.execute(
                f"INSERT INTO {table.name}_v{_SCRATCH} ({names}) SELECT {names} FROM {table.name}_v{live}"  # noqa: S608 - our own names
            )


def _counted(
    tx: Transaction,
    report: Report,
    question: Question,
    periods: Sequence[Period],
    entries: Sequence[Row],
    published: int,
) -> tuple[Answer, Answer]:
    """Return the report on one dossier alone, as known when it went out and as known now."""
    building, answers = WorkingSet(_SCRATCH), []
    early = [bytes(row[4]) for row in entries if row[0] <= published]
    late = [bytes(row[4]) for row in entries if row[0] > published]
    for bodies in (early, late):
        building.take(tx, bodies)
        building.write(tx)
        answers.append(report.make(tx, _SCRATCH, question, periods)[1])
    return answers[0], answers[1]


def _forget(tx: Transaction, root: UUID) -> None:
    for table in TABLES:
        if "root_id" in table.columns:
            tx.execute(f"DELETE FROM {table.name}_v{_SCRATCH} WHERE root_id = :root", {"root": root})  # noqa: S608


def _documents(entries: Sequence[Row]) -> Iterator[Document]:
    return (document_of(bytes(row[4])) for row in entries)


def _code(entries: Sequence[Row]) -> str | None:
    codes: Iterator[str | None] = (document["data"].get("code") for document in _documents(entries))
    return next(filter(None, codes), None)


def _entry(tx: Transaction, live: int, row: Row) -> dict[str, Any]:
    sequence, happened_at, recorded_at, entered_at, body = row
    document: Mapping[str, Any] = document_of(bytes(body))
    return {
        "sequence": sequence,
        "type": document["type"],
        "happened_at": to_text(happened_at),
        "recorded_at": to_text(recorded_at) if recorded_at else None,
        "entered_at": to_text(entered_at),
        "actor": {"role": document.get("actorrole"), "subject": document.get("actorsubject")},
        "description": describe(document, names_of(tx, live, agencies_of(document))),
    }
