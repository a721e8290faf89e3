"""Following a log by asking for more now and then: needs no thread, so it also works under eventlet."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence

from eventsourcing.persistence import ApplicationRecorder, Notification, Subscription

PAGE = 500
PAUSE_SECONDS = 0.05


class PollingSubscription(Subscription[ApplicationRecorder]):
    """Yields the events past `gt` in order, and waits at the end of the log until it is stopped."""

    def __init__(
        self,
        recorder: ApplicationRecorder,
        gt: int | None = None,
        topics: Sequence[str] = (),
    ) -> None:
        super().__init__(recorder, gt=gt, topics=topics)
        self._page: deque[Notification] = deque()
        self._stopped = threading.Event()

    def stop(self) -> None:
        """End the iteration, from whichever thread."""
        super().stop()
        self._stopped.set()

    def __next__(self) -> Notification:
        """Return the next event, waiting for it if need be."""
        while not self._stopped.is_set():
            if self._page:
                return self._page.popleft()
            self._pull()
        raise StopIteration

    def _pull(self) -> None:
        found = self._recorder.select_notifications(
            start=self._last_notification_id,
            limit=PAGE,
            topics=self._topics,
            inclusive_of_start=False,
        )
        if found:
            self._last_notification_id = found[-1].id
            self._page.extend(found)
        else:
            self._stopped.wait(PAUSE_SECONDS)
