"""Reports that went out: frozen with a signature, found again, and held against what is known today."""

from __future__ import annotations

from base64 import b64encode
from datetime import date
from hashlib import sha256
from typing import Any
from uuid import UUID

import orjson

from services.statistics.application import Statistics
from services.statistics.domain.publication import DOMAIN, Publication, Seal, publication_key
from services.statistics.problems import (
    PUBLICATION_EXISTS,
    PUBLICATION_TOO_LONG,
    PUBLICATION_UNSUITABLE,
    UNKNOWN_PUBLICATION,
)
from services.statistics.reports.answers import Answer, Question
from services.statistics.reports.asking import Reports, shows_single_ones
from services.statistics.reports.changes import Changes, changes
from shared.acts import Act
from shared.clock import from_text, to_text
from shared.errors import RefusedError
from shared.persistence.database import Database, Row
from shared.persistence.unit_of_work import UnitOfWork
from shared.signing import Signer, as_text

LARGEST_DOCUMENT = 2 << 20
"""Bytes: a report that people sign is read by people."""

_COLUMNS = "number, report, first_day, last_day, published_at, published_by, digest, corrects"
_ENTER = f"""
    INSERT INTO publication ({_COLUMNS})
    VALUES (:number, :report, :first_day, :last_day, :published_at, :published_by, :digest, :corrects)
"""  # noqa: S608 - our own names
_LIST = """
    SELECT one.number, one.report, one.first_day, one.last_day, one.published_at, one.published_by, one.digest,
        one.corrects, later.number
    FROM publication AS one LEFT JOIN publication AS later ON later.corrects = one.number
    ORDER BY one.published_at DESC, one.number
"""
_CORRECTING = "SELECT number FROM publication WHERE corrects = :number"


class Publications:
    """Sends reports out."""

    def __init__(
        self, database: Database, unit: UnitOfWork, application: Statistics, reports: Reports, signer: Signer
    ) -> None:
        self._database = database
        self._unit = unit
        self._application = application
        self._reports = reports
        self._signer = signer

    @property
    def key(self) -> str:
        """The public key of what goes out from now on, in base64."""
        return as_text(self._signer.public)

    def draft(self, name: str, question: Question) -> Answer:
        """Return the answer that is to be published, outside any unit of work: it may take a while.

        Raises RefusedError: `publication-unsuitable` for what asks past tables, or shows single dossiers or
        persons, since whatever went out is for everybody; or the codes of `Reports.report`.
        """
        past = question.published_at is not None or question.scratch is not None
        if past or shows_single_ones(name, question):
            raise RefusedError(PUBLICATION_UNSUITABLE)
        return self._reports.report(name, question)

    def publish(self, number: str, corrects: str | None, answer: Answer, act: Act) -> dict[str, Any]:
        """Freeze an answer under a number, inside a unit of work, and return how it stands in the list.

        Raises RefusedError: `publication-exists` for a number in use, or when `corrects` was corrected
        already; `unknown-publication` for a `corrects` that is none; `publication-too-long`.
        """
        said = {
            "number": number,
            "corrects": corrects,
            "published_at": to_text(act.recorded_at),
            "published_by": act.actor.subject,
            "answer": answer,
        }
        document = orjson.dumps(said, option=orjson.OPT_SORT_KEYS)
        if len(document) > LARGEST_DOCUMENT:
            raise RefusedError(PUBLICATION_TOO_LONG, rows=len(answer["rows"]), most=LARGEST_DOCUMENT >> 10)
        self._check(number, corrects)
        seal = Seal(
            sha256(document).hexdigest(),
            b64encode(self._signer.sign(DOMAIN + document)).decode(),
            self.key,
        )
        self._application.add(Publication.publish(number, corrects, document.decode(), seal, act))
        row = {
            "number": number,
            "report": answer["report"],
            "first_day": answer["from"],
            "last_day": answer["to"],
            "published_at": act.recorded_at,
            "published_by": act.actor.subject,
            "digest": seal.digest,
            "corrects": corrects,
        }
        with self._database.transaction() as tx:
            tx.execute(_ENTER, row)
        return _said((*row.values(), None))

    def all(self, number: str | None = None) -> list[dict[str, Any]]:
        """Return the reports that went out, the newest first, without their content; only one, given its number."""
        with self._database.transaction() as tx:
            found = [_said(row) for row in tx.execute(_LIST)]
        return [one for one in found if number in {None, one["number"]}]

    def show(self, publication: str) -> dict[str, Any]:
        """Return a report as it went out: the very document, and its seal. Raises RefusedError `unknown-publication`."""
        found = self._found(publication)
        return {
            "number": found.number,
            "corrected_by": self._corrected_by(found.number),
            "document": found.document,
            **found.seal._asdict(),
        }

    def answer(self, publication: str) -> Answer:
        """Return the answer that went out, with what stands on its paper. Raises RefusedError `unknown-publication`."""
        found = self._found(publication)
        said = orjson.loads(found.document)
        return {
            **said["answer"],
            "publication": {
                "number": found.number,
                "published_at": said["published_at"],
                "corrects": found.corrects,
                "corrected_by": self._corrected_by(found.number),
                "digest": found.seal.digest,
            },
        }

    def changes(self, publication: str) -> dict[str, Any]:
        """Return what the same question would be answered today, and the events that made the difference.

        Raises RefusedError `unknown-publication`, or the codes of `Reports.report`.
        """
        published = self._found(publication)
        answer = orjson.loads(published.document)["answer"]
        question = question_of(answer)
        today = self._reports.report(answer["report"], question)
        found: Changes = changes(self._database, question, answer, today)
        return {"number": published.number, **found}

    def _check(self, number: str, corrects: str | None) -> None:
        if self._application.find_afresh(publication_key(number)) is not None:
            raise RefusedError(PUBLICATION_EXISTS, number=number)
        if corrects is None:
            return
        if self._application.find_afresh(publication_key(corrects)) is None:
            raise RefusedError(UNKNOWN_PUBLICATION, number=corrects)
        corrected_by = self._corrected_by(corrects)
        if corrected_by is not None:
            raise RefusedError(PUBLICATION_EXISTS, number=corrected_by)

    def _found(self, publication: str) -> Publication:
        try:
            key = UUID(publication)
        except ValueError:
            raise RefusedError(UNKNOWN_PUBLICATION, number=publication) from None
        with self._unit.begin():
            found = self._application.find_afresh(key)
        if not isinstance(found, Publication):
            raise RefusedError(UNKNOWN_PUBLICATION, number=publication)
        return found

    def _corrected_by(self, number: str) -> str | None:
        with self._database.transaction() as tx:
            rows = tx.execute(_CORRECTING, {"number": number})
        return rows[0][0] if rows else None


def question_of(answer: Answer) -> Question:
    """Return the question that an answer says it answers, as of the same moment."""
    return Question(
        date.fromisoformat(answer["from"]),
        date.fromisoformat(answer["to"]),
        from_text(answer["as_of"]),
        tuple(answer["by"]),
        trial=answer["trial"],
        structure=answer["structure"],
    )


def _said(row: Row) -> dict[str, Any]:
    number, report, first, last, published_at, published_by, digest, corrects, corrected_by = row
    return {
        "id": str(publication_key(number)),
        "number": number,
        "report": report,
        "from": first,
        "to": last,
        "published_at": to_text(published_at),
        "published_by": published_by,
        "digest": digest,
        "corrects": corrects,
        "corrected_by": corrected_by,
    }
