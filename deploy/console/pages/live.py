"""Live figures: statistics' feed passed on to a page, without the figures: the page looks for itself."""

from __future__ import annotations

import http.client
from collections.abc import Callable, Iterator
from typing import Protocol
from urllib.parse import urlencode, urlsplit

from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from deploy.console.asking import Asking
from deploy.console.periods import Period

FEEDS = ("resolution", "ranking")
SILENCE_SECONDS = 40.0
"""A feed that is silent for so long is gone: it says every 15 seconds that it is there."""
_LONGEST_ID = 18


class Lines(Protocol):
    """What is read line by line."""

    def readline(self) -> bytes:
        """Return the next line; nothing at the end."""


def feed(asking: Asking, name: str) -> Response:
    """Say whenever a report's figures changed; it ends with the person's session, and when statistics goes away."""
    if name not in FEEDS:
        raise NotFound
    words = asking.request.args
    known = asking.request.headers.get("Last-Event-ID") or words.get("known", "")
    period = Period.of(words)
    query = period.query | ({"rules": words["rules"]} if words.get("rules") else {})
    if name == "resolution":
        query = period.narrowed | {"by": "unit"}
    told = _listen(asking, name, query, known if known.isdecimal() and len(known) <= _LONGEST_ID else "")
    # The server would gather 4 kB before it sends anything.
    asking.request.environ["eventlet.minimum_write_chunk_size"] = 0
    return Response(told, content_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


def _listen(asking: Asking, name: str, query: dict[str, str], known: str) -> Iterator[bytes]:
    service = urlsplit(asking.urls["statistics"])
    connection = http.client.HTTPConnection(service.hostname or "", service.port, timeout=SILENCE_SECONDS)
    headers = {"Authorization": f"Bearer {asking.session.token}"}
    headers |= {"Last-Event-ID": known} if known else {}
    try:
        path = f"{service.path.rstrip('/')}/v1/feeds/{name}?{urlencode(query)}"
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        if answer.status == http.HTTPStatus.OK:
            yield b": listening\n\n"
            yield from passed_on(asking.lasts, answer)
    except (OSError, http.client.HTTPException):
        return  # the browser comes back by itself
    finally:
        connection.close()


def passed_on(lasts: Callable[[], bool], answer: Lines) -> Iterator[bytes]:
    """Pass on that something is new, or that the feed is alive, for as long as the session lasts."""
    position = b""
    while lasts() and (line := answer.readline()):
        if line.startswith(b"id: "):
            position = line.strip()
        elif line.startswith(b"data: "):
            yield position + b"\nevent: figures\ndata: changed\n\n"
        elif line.startswith(b":"):
            yield b": still here\n\n"
