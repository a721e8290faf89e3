"""statistics' doors on figures as they change, for an institutional map, a dashboard or a screen on a wall."""

from __future__ import annotations

from werkzeug.wrappers import Request, Response

from services.statistics.api.reports import question_of
from services.statistics.api.wired import WiredDoors
from services.statistics.reports.feed import ReportFeed
from services.statistics.schemas import ReportQuery
from shared.contracts.parsing import check
from shared.entrypoints.http import caller, door
from shared.entrypoints.wiring import Wired

_REPORT = ReportQuery()
_LONGEST_ID = 18
EVENT_STREAM = "text/event-stream"


class FeedDoors(WiredDoors):
    """The doors that go on telling."""

    ranking_feed: ReportFeed = Wired("ranking_feed")
    resolution_feed: ReportFeed = Wired("resolution_feed")

    @door("GET", "/v1/feeds/ranking")
    def feed_ranking(self, request: Request) -> Response:
        """Tell the ranking now, and again whenever it changes, as server-sent events."""
        return self._tell(self.ranking_feed, request)

    @door("GET", "/v1/feeds/resolution")
    def feed_resolution(self, request: Request) -> Response:
        """Tell the report on resolution now, and again whenever it changes, as server-sent events."""
        return self._tell(self.resolution_feed, request)

    def _tell(self, feed: ReportFeed, request: Request) -> Response:
        caller(request, self.tokens)
        question = question_of(check(dict(request.args), _REPORT))
        known = request.headers.get("Last-Event-ID", "")
        told = feed.listen(question, int(known) if known.isdecimal() and len(known) <= _LONGEST_ID else None)
        # The server would gather 4 kB before it sends anything.
        request.environ["eventlet.minimum_write_chunk_size"] = 0
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return Response(told, content_type=EVENT_STREAM, headers=headers)
