"""The five steps as nameko event handlers, each saving one event of an eventsourcing aggregate.

Settings chosen in favour of the pair among those that lose nothing:

* reliable delivery and requeue on error; persistent messages, publishes confirmed (nameko's default);
* eventsourcing's default recorder for PostgreSQL, `save()` once a step, a pool as large as the number
  of workers; no snapshots, since no aggregate has more than five events;
* every process serves all five steps, so that none of the four idles.
"""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate
from nameko.events import EventDispatcher, event_handler
from nameko.extensions import DependencyProvider

from deploy.bench.journey import ACTIONS

SERVICE = "bench"
FILED = "filed"
"""What the load says to begin a dossier."""
SUBMIT, ACKNOWLEDGE, ACCEPT, COMPLETE, HAND_BACK = ACTIONS
RELIABLE = {"reliable_delivery": True, "requeue_on_error": True}


def queue_name(event: str, method: str) -> str:
    """Return the name that nameko gives a handler's queue."""
    return f"evt-{SERVICE}-{event}--{SERVICE}.{method}"


QUEUES = tuple(
    queue_name(event, method)
    for event, method in (
        (FILED, "submit"),
        (SUBMIT, "acknowledge"),
        (ACKNOWLEDGE, "accept"),
        (ACCEPT, "complete"),
        (COMPLETE, "hand_back"),
    )
)


class Dossier(Aggregate):
    """What the steps change."""

    class Submitted(Aggregate.Created):
        """The first step."""

        TOPIC: ClassVar[str] = "bench.dossier.submitted"
        body: str

    class Stepped(Aggregate.Event):
        """Every later step."""

        TOPIC: ClassVar[str] = "bench.dossier.stepped"
        action: str
        body: str

        def apply(self, aggregate: Dossier) -> None:
            """Assign."""
            aggregate.done.append(self.action)

    def __init__(self, body: str) -> None:
        self.body = body
        self.done = [SUBMIT]

    @classmethod
    def submit(cls, dossier: UUID, body: str) -> Dossier:
        """Begin."""
        return cls._create(cls.Submitted, id=dossier, body=body)

    def step(self, action: str, body: str) -> None:
        """Make a later step, once."""
        if action not in self.done:
            self.trigger_event(self.Stepped, action=action, body=body)


class Journeys(Application[UUID]):
    """The application of the peer."""

    name = "journeys"


def body_of(dossier: str, action: str) -> str:
    """Return what an event says besides: as much as the other peer's history rows."""
    return f'{{"dossier": "{dossier}", "action": "{action}", "actor": "H47.01"}}'


class JourneysProvider(DependencyProvider):  # type: ignore[misc]
    """One application for all workers of a process."""

    def setup(self) -> None:
        """Open it; its settings stand in the environment."""
        self.application = Journeys()

    def get_dependency(self, worker_ctx: Any) -> Journeys:  # noqa: ARG002
        """Return it."""
        return self.application


class BenchService:
    """One method a step: load, record, save, tell the next."""

    name = SERVICE
    journeys: Journeys = JourneysProvider()
    dispatch: Any = EventDispatcher()

    @event_handler(SERVICE, FILED, **RELIABLE)  # type: ignore[untyped-decorator]
    def submit(self, dossier: str) -> None:
        """First step."""
        if UUID(dossier) not in self.journeys.repository:
            self.journeys.save(Dossier.submit(UUID(dossier), body_of(dossier, SUBMIT)))
        self.dispatch(SUBMIT, dossier)

    @event_handler(SERVICE, SUBMIT, **RELIABLE)  # type: ignore[untyped-decorator]
    def acknowledge(self, dossier: str) -> None:
        """Second step."""
        self._step(dossier, ACKNOWLEDGE)

    @event_handler(SERVICE, ACKNOWLEDGE, **RELIABLE)  # type: ignore[untyped-decorator]
    def accept(self, dossier: str) -> None:
        """Third step."""
        self._step(dossier, ACCEPT)

    @event_handler(SERVICE, ACCEPT, **RELIABLE)  # type: ignore[untyped-decorator]
    def complete(self, dossier: str) -> None:
        """Fourth step."""
        self._step(dossier, COMPLETE)

    @event_handler(SERVICE, COMPLETE, **RELIABLE)  # type: ignore[untyped-decorator]
    def hand_back(self, dossier: str) -> None:
        """Last step."""
        self._step(dossier, HAND_BACK)

    def _step(self, dossier: str, action: str) -> None:
        aggregate: Dossier = self.journeys.repository.get(UUID(dossier))
        aggregate.step(action, body_of(dossier, action))
        self.journeys.save(aggregate)
        if action != HAND_BACK:
            self.dispatch(action, dossier)
