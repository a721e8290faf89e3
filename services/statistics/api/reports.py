"""statistics' doors on reports: as of any moment, as JSON or as a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import eventlet
from werkzeug.wrappers import Request, Response

from services.statistics.api.wired import READERS, WiredDoors
from services.statistics.papers.formats import file_name, format_named
from services.statistics.papers.paper import Imprint
from services.statistics.reports.answers import Answer, Question
from services.statistics.reports.asking import Reports, shows_single_ones
from services.statistics.reports.periods import spelled
from services.statistics.schemas import PaperQuery, ReportQuery
from shared.acts import Actor
from shared.clock import VIETNAM, Clock, from_text
from shared.contracts.parsing import check
from shared.entrypoints.http import caller, door
from shared.errors import FORBIDDEN, RefusedError

OVER_OFFICERS = ("agency", "desk_head")
"""Who sees figures of officers one by one, of its own unit and those under it: colleagues and machines do not."""
_REPORT = ReportQuery()
_PAPER = PaperQuery()


class ReportDoors(WiredDoors):
    """The doors on reports."""

    @door("GET", "/v1/reports/<name>")
    def report(self, request: Request, name: str) -> Response:
        """Answer a report, as of any moment, as JSON or as a file."""
        actor = caller(request, self.tokens)
        return report_file(self.reports, self.clock, name, request.args, actor)


def report_of(
    reports: Reports, name: str, query: Mapping[str, str], actor: Actor | None = None
) -> dict[str, Any]:
    """Return a report for the words of a query: from, to, as_of, published_at, by.

    Dossiers one by one, and officers, an actor sees of its own unit and those under it (dossiers that
    these answer for or received), unless its role is of the whole province; officers only who leads them. Raises RefusedError with
    `invalid`, `forbidden`, or the codes of `Reports.report`.
    """
    question = question_of(check(dict(query), _REPORT))
    if actor is not None and actor.role not in READERS and shows_single_ones(name, question):
        if actor.agency is None or ("officer" in question.by and actor.role not in OVER_OFFICERS):
            raise RefusedError(FORBIDDEN, role=actor.role)
        question = replace(question, within=actor.agency)
    return reports.report(name, question)


def question_of(asked: Mapping[str, Any]) -> Question:
    """Return the question that checked words ask."""
    words = dict(asked)
    if (period := words.pop("period", None)) is not None:
        words["first"], words["last"] = spelled(period)
    moments = {word: from_text(asked[word]) for word in ("as_of", "published_at") if word in asked}
    return Question(**{**words, **moments})


def report_file(
    reports: Reports, clock: Clock, name: str, query: Mapping[str, str], actor: Actor | None = None
) -> Response:
    """Return a report in the format that the words of a query ask for, under the name of its file.

    Raises RefusedError with `unknown-format`, `report-too-long`, or the codes of `report_of`.
    """
    words = dict(query)
    paper = {word: words.pop(word) for word in _PAPER.fields if word in words}
    return as_file(paper, clock, lambda: report_of(reports, name, words, actor))


def as_file(paper: Mapping[str, str], clock: Clock, answer_of: Callable[[], Answer]) -> Response:
    """Return an answer in the format that the words ask for, under the name of its file.

    Raises RefusedError with `invalid`, `unknown-format`, `report-too-long`, or what `answer_of` raises.
    """
    asked = check(dict(paper), _PAPER)
    wanted = format_named(asked.pop("format"))
    answer = answer_of()
    imprint = Imprint(clock.now().astimezone(VIETNAM).date(), **asked)
    # Other doors and the consumer go on while a long paper is written.
    response = Response(wanted.make(answer, imprint, eventlet.sleep), content_type=wanted.media_type)
    if wanted.is_file:
        named = f'attachment; filename="{file_name(answer, wanted.suffix)}"'
        response.headers["Content-Disposition"] = named
    return response
