"""All links that one broker object has opened."""

from __future__ import annotations

import threading
from collections.abc import Callable

from shared.messaging.amqp_link import Link

BEATS = 3
"""Signs of life in the time that RabbitMQ calls one heartbeat."""


class Links:
    """Opens links, keeps those at rest alive (a publisher may rest for hours) and closes them all."""

    def __init__(
        self,
        url: str,
        *,
        timeout_seconds: float,
        heartbeat_seconds: float,
        on_lost: Callable[[], None] = lambda: None,
    ) -> None:
        self._url = url
        self._on_lost = on_lost
        self._timeout_seconds = timeout_seconds
        self._heartbeat_seconds = heartbeat_seconds
        self._lock = threading.Lock()
        self._links: set[Link] = set()
        self._stop: threading.Event | None = None

    def open(self) -> Link:
        """Open one more. Raises BrokerUnavailableError."""
        link = Link(
            self._url,
            timeout_seconds=self._timeout_seconds,
            heartbeat_seconds=self._heartbeat_seconds,
            beat_seconds=self._heartbeat_seconds / BEATS,
            on_lost=self._on_lost,
        )
        with self._lock:
            self._links.add(link)
            if self._stop is None:
                self._stop = threading.Event()
                threading.Thread(
                    target=self._keep_alive, args=[self._stop], name="amqp-heartbeat", daemon=True
                ).start()
        return link

    def _keep_alive(self, stop: threading.Event) -> None:
        while not stop.wait(self._heartbeat_seconds / BEATS):
            with self._lock:
                self._links = {link for link in self._links if link.is_open}
                present = list(self._links)
            for link in present:
                link.beat()

    def close(self) -> None:
        """Close them all."""
        with self._lock:
            present, self._links = self._links, set()
            if self._stop is not None:
                self._stop.set()
                self._stop = None
        for link in present:
            link.close()
