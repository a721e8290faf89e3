"""Entrypoints that run again and again: loops that wake when there is work, and batches of messages."""

from __future__ import annotations

import logging
import random
from time import monotonic
from typing import Any

import eventlet
from eventlet.event import Event
from nameko.extensions import Entrypoint

from shared.log import said
from shared.messaging.broker import Broker, Outgoing, Publisher, Subscription
from shared.messaging.electing import require_confirmed
from shared.messaging.failures import CONFLICT, TRANSIENT
from shared.messaging.position_age import ASK_EVERY_SECONDS

log = logging.getLogger(__name__)

FIRST_PAUSE_SECONDS = 0.05
LINGER_SECONDS = 0.05
"""How long a busy thread lets work gather: a fifth more actions a second than without, and sooner done."""
BUSY_SECONDS = 0.25
"""A thread that worked this recently is busy; one that is not begins at once."""
LONGEST_PAUSE_SECONDS = 5.0


class Backoff:
    """Pauses after transient faults: doubling, with a ceiling, and spread so that not all come at once."""

    def __init__(self) -> None:
        self._pause = FIRST_PAUSE_SECONDS

    def reset(self) -> None:
        """Start from the shortest pause again."""
        self._pause = FIRST_PAUSE_SECONDS

    def sleep(self) -> None:
        """Pause."""
        eventlet.sleep(self._pause * random.uniform(0.5, 1.0))  # noqa: S311
        self._pause = min(self._pause * 2, LONGEST_PAUSE_SECONDS)


class _Running(Entrypoint):  # type: ignore[misc]
    """Calls its method on a thread of its own until the container stops."""

    def __init__(self, **kwargs: Any) -> None:
        self._stopping = False
        self._begun = False
        self._worked_at = 0.0
        self._stopped = Event()
        super().__init__(**kwargs)

    def start(self) -> None:
        """Begin."""
        self.made_progress()
        self.container.spawn_managed_thread(self._run, identifier=self.method_name)

    def stop(self) -> None:
        """End after the call that is under way."""
        self._stopping = True
        if self._begun:  # a container that fails while it starts kills threads that never ran
            self._stopped.wait()

    def _run(self) -> None:
        self._begun = True
        try:
            self.run()
        finally:
            self._stopped.send(None)

    def run(self) -> None:
        """Work until `_stopping`."""
        raise NotImplementedError

    def lingered(self) -> bool:
        """Let work gather for a moment when this thread is busy; return whether it did."""
        busy = monotonic() - self._worked_at < BUSY_SECONDS
        if busy:
            eventlet.sleep(LINGER_SECONDS)
        self._worked_at = monotonic()
        return busy

    def failed(self) -> None:
        """Count that this thread has to begin again."""
        self.container.config["counting"].fault(self.method_name)

    def made_progress(self) -> None:
        """Note that this thread does its work, for `health`."""
        self.container.config["progress"][self.method_name] = monotonic()

    def call(self, *args: Any) -> Any:
        """Call the service's method in a nameko worker and return its result or raise its exception."""
        done = Event()

        def finish(_context: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
            if exc_info:
                done.send_exception(*exc_info)
            else:
                done.send(result)
            return result, None

        self.container.spawn_worker(self, args, {}, handle_result=finish)
        return done.wait()


class Loop(_Running):
    """Calls the method whenever its wake-up (a `Wake`) rings, and at least every `interval` seconds.

    The method returns whether there is more to do at once.
    """

    def __init__(self, wake: str, interval: float, **kwargs: Any) -> None:
        self._wake_name = wake
        self._interval = interval
        super().__init__(expected_exceptions=TRANSIENT, **kwargs)

    def run(self) -> None:
        """Work until the container stops."""
        wake: Wake = self.container.config[self._wake_name]
        backoff = Backoff()
        while not self._stopping:
            try:
                more = self.call()
            except (*TRANSIENT, *CONFLICT) as error:
                log.warning(
                    "%s.%s: %s",
                    self.container.service_name,
                    self.method_name,
                    error,
                    extra=said("loop-failed", problem="unavailable"),
                )
                self.failed()
                backoff.sleep()
                continue
            except Exception:
                # An exception that left this thread would end the container and every other loop in it.
                log.exception(
                    "%s.%s: unexpected",
                    self.container.service_name,
                    self.method_name,
                    extra=said("loop-failed", problem="unexpected"),
                )
                self.failed()
                backoff.sleep()
                continue
            backoff.reset()
            self.made_progress()
            if not more:
                woken = wake.wait(self._interval)
                if woken:
                    self.lingered()

    def stop(self) -> None:
        """End after the call that is under way."""
        self._stopping = True
        self.container.config[self._wake_name].ring()
        super().stop()


class Wake:
    """A bell: `ring` lets the one waiter go on at once; rings while nobody waits are not lost."""

    def __init__(self) -> None:
        self._rung = False
        self._waiter: Event | None = None

    def ring(self) -> None:
        """Let the waiter go on."""
        self._rung = True
        waiter, self._waiter = self._waiter, None
        if waiter is not None:
            waiter.send(None)

    def wait(self, seconds: float) -> bool:
        """Wait for a ring, at most this long; return whether it rang."""
        if not self._rung:
            self._waiter = waiter = Event()
            with eventlet.Timeout(seconds, exception=False):
                waiter.wait()
            self._waiter = None
        rung, self._rung = self._rung, False
        return rung


class Batches(_Running):
    """Takes batches from queues, calls the method with each, and acknowledges when it has returned.

    The method returns None, or a list of messages to publish before the acknowledgement.
    A transient fault, or any other exception, keeps nothing: the connection is dropped, and the
    batch comes again.
    """

    def __init__(
        self,
        queues: list[str],
        size: int = 200,
        on_connect: str | None = None,
        now_and_then: str | None = None,
        **kwargs: Any,
    ) -> None:
        self._queues = queues
        self._size = size
        self._on_connect = on_connect
        self._now_and_then = now_and_then
        self._asked_at = 0.0
        super().__init__(expected_exceptions=TRANSIENT, **kwargs)

    def run(self) -> None:
        """Work until the container stops."""
        broker: Broker = self.container.config["broker"]
        backoff = Backoff()
        while not self._stopping:
            try:
                self._consume(broker, backoff)
            except (*TRANSIENT, *CONFLICT) as error:
                log.warning(
                    "%s.%s: %s",
                    self.container.service_name,
                    self.method_name,
                    error,
                    extra=said("loop-failed", problem="unavailable"),
                )
                self.failed()
                backoff.sleep()
            except Exception:
                log.exception(
                    "%s.%s: unexpected",
                    self.container.service_name,
                    self.method_name,
                    extra=said("loop-failed", problem="unexpected"),
                )
                self.failed()
                backoff.sleep()

    def _consume(self, broker: Broker, backoff: Backoff) -> None:
        # What is taken while the database is away comes back at once, again and again, until the
        # broker counts it as undeliverable.
        with self.container.config["database"].transaction() as tx:
            tx.execute("SELECT 1")
        subscription = broker.subscribe(self._queues, prefetch=self._size * 2)
        try:
            publisher = broker.publisher()
            try:
                if self._on_connect:
                    _publish(publisher, self.container.config[self._on_connect]())
                    self._asked_at = monotonic()
                while not self._stopping:
                    self._ask(publisher)
                    self._take(subscription, publisher)
                    backoff.reset()
                    self.made_progress()
            finally:
                publisher.close()
        finally:
            subscription.close()

    def _ask(self, publisher: Publisher) -> None:
        """Ask now and then how far the sources are."""
        if self._now_and_then and monotonic() - self._asked_at > ASK_EVERY_SECONDS:
            self._asked_at = monotonic()
            _publish(publisher, self.container.config[self._now_and_then]())

    def _take(self, subscription: Subscription, publisher: Publisher) -> None:
        deliveries = subscription.take(self._size, 0.5)
        if not deliveries:
            return
        if len(deliveries) < self._size and self.lingered():
            deliveries += subscription.take(self._size - len(deliveries), 0)
        replies = self.call(deliveries)
        if replies:
            _publish(publisher, replies)
        subscription.ack(deliveries)
        self.container.config["counting"].batch(self.method_name, len(deliveries))


def _publish(publisher: Publisher, batch: list[Outgoing]) -> None:
    require_confirmed(batch, publisher.publish(batch))


loop = Loop.decorator
batches = Batches.decorator
