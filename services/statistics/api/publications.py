"""statistics' doors on reports that went out: publishing, reading, and what is known otherwise today."""

from __future__ import annotations

from werkzeug.wrappers import Request, Response

from services.statistics.api.reports import as_file, question_of
from services.statistics.api.wired import READERS, WiredDoors
from services.statistics.reports.publications import Publications
from services.statistics.schemas import PublicationSchema, PublicationsQuery
from shared.access import OPERATORS, require
from shared.acts import HISTORIAN
from shared.contracts.parsing import check
from shared.entrypoints.http import caller, door, json_response
from shared.entrypoints.orders import order_of
from shared.entrypoints.wiring import Wired

PUBLISHERS = (*OPERATORS, HISTORIAN)
"""Who sends reports out."""

_PUBLICATION = PublicationSchema()
_WHICH = PublicationsQuery()


class PublicationDoors(WiredDoors):
    """The doors on publications. In addresses they go by their ids: a number holds slashes."""

    publications: Publications = Wired("publications")

    @door("POST", "/v1/publications")
    def publish_report(self, request: Request) -> Response:
        """Freeze a report under a number, signed."""
        order = order_of(request, self.tokens, self.clock, _PUBLICATION, PUBLISHERS)
        asked = order.asked
        answer = self.publications.draft(asked["report"], question_of(asked["question"]))
        work = order.once(
            lambda: self.publications.publish(asked["number"], asked.get("corrects"), answer, order.act)
        )
        return json_response(self.group.run_one(work))

    @door("GET", "/v1/publications")
    def list_publications(self, request: Request) -> Response:
        """List the reports that went out, and the key that signs them now."""
        caller(request, self.tokens)
        number = check(dict(request.args), _WHICH).get("number")
        return json_response({"key": self.publications.key, "publications": self.publications.all(number)})

    @door("GET", "/v1/publications/<publication>")
    def show_publication(self, request: Request, publication: str) -> Response:
        """Give the very document that went out, with its seal."""
        caller(request, self.tokens)
        return json_response(self.publications.show(publication))

    @door("GET", "/v1/publications/<publication>/paper")
    def print_publication(self, request: Request, publication: str) -> Response:
        """Give the report that went out, as JSON or as a file."""
        caller(request, self.tokens)
        return as_file(request.args, self.clock, lambda: self.publications.answer(publication))

    @door("GET", "/v1/publications/<publication>/changes")
    def show_changes(self, request: Request, publication: str) -> Response:
        """Say what the same question is answered today, and which events made the difference."""
        actor = caller(request, self.tokens)
        require(actor, *READERS)
        return json_response(self.publications.changes(publication))
