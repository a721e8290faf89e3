"""The client: takes every message in once, gives it to a handler, sends what the handler answers."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from threading import Event
from typing import Any

from deploy.connector.link import Link, LinkError, linked
from deploy.connector.memory import Memory
from deploy.connector.messages import RESTORED, Incoming, read
from deploy.connector.settings import Settings

Handler = Callable[[Incoming], Sequence[Mapping[str, Any]]]
"""Deals with a message and returns the commands to send. It may be called again for the same message
when the program dies in the middle, so what it does elsewhere must bear that."""

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 60.0
LISTEN_SECONDS = 1.0

log = logging.getLogger(__name__)


class Connector:
    """Stays connected and loses nothing: stores, then acknowledges to the broker, then works.

    Unknown types and newer versions are set aside and acknowledged. A hand-over that comes again is
    answered again, with the very commands that answered it before; so is all that was sent since a backup
    which the other side was restored from.
    """

    def __init__(self, settings: Settings, memory: Memory, handler: Handler) -> None:
        self._settings = settings
        self._memory = memory
        self._handler = handler
        self._came: deque[Incoming] = deque()

    def run(self, stop: Event) -> None:
        """Work until `stop` is set; connect again, after growing pauses, whatever happens to the connection."""
        pause = FIRST_PAUSE
        while not stop.is_set():
            try:
                with linked(self._settings) as link:
                    self._begin(link)
                    pause = FIRST_PAUSE
                    while not stop.is_set():
                        self._work(link, stop)
            except LinkError as error:
                log.warning("connection: %s; again in %.1f s", error, pause)
                stop.wait(pause)
                pause = min(2 * pause, LONGEST_PAUSE)

    def send(self, *commands: Mapping[str, Any]) -> None:
        """Keep commands and send them at once.

        Raises LinkError when that failed: `run` will send them again. Raises ValueError for an id that
        stands for another command already.
        """
        for command in commands:
            self._memory.put(command)
        with linked(self._settings) as link:
            for command in commands:
                self._publish(link, command)

    def _begin(self, link: Link) -> None:
        """Finish what the last connection or the last process left undone, then listen."""
        for command in self._memory.unconfirmed():
            self._publish(link, command)
        self._came = deque(self._memory.unhandled())
        link.consume(self._take)
        log.info("connected as %s", self._settings.account)

    def _work(self, link: Link, stop: Event) -> None:
        if not self._came:
            link.drain(LISTEN_SECONDS)
        while self._came and not stop.is_set():
            self._deal_with(self._came.popleft(), link)

    def _take(self, message: Any) -> None:
        """Store a message and only then acknowledge it; dealing with it comes later, outside the library."""
        body = message.body if isinstance(message.body, bytes) else str(message.body).encode()
        incoming = read(body)
        if incoming is None:
            log.warning("set aside: a message that this program does not understand")
            self._memory.set_aside(body)
        else:
            self._memory.take(incoming)
            self._came.append(incoming)
        message.ack()

    def _deal_with(self, incoming: Incoming, link: Link) -> None:
        if incoming.type == RESTORED:
            self._send_again(incoming, link)
        if self._memory.is_handled(incoming):
            self._publish_all(link, self._memory.answers_to(incoming.id))
        else:
            self._publish_all(link, self._handled(incoming))

    def _send_again(self, restored: Incoming, link: Link) -> None:
        """Say again what the other side may have forgotten; what it remembers it passes over."""
        commands = self._memory.given_since(restored.data["resend_since"])
        log.warning("restored as of %s: %d commands again", restored.data["known_until"], len(commands))
        self._publish_all(link, commands)

    def _publish_all(self, link: Link, commands: Sequence[Mapping[str, Any]]) -> None:
        for command in commands:
            self._publish(link, command)

    def _handled(self, incoming: Incoming) -> list[dict[str, Any]]:
        try:
            commands = self._handler(incoming)
        except Exception:
            # One message that our own side cannot deal with must not stop the others; it stays unhandled.
            log.exception(
                "message %s: the handler failed; it is tried again when it comes again", incoming.id
            )
            return []
        self._memory.handle(incoming, commands)
        return [dict(command) for command in commands]

    def _publish(self, link: Link, command: Mapping[str, Any]) -> None:
        link.publish(command)
        self._memory.confirm(command["id"])
