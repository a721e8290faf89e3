"""A steady load: a player that plays plan after plan, and goes on when it was interrupted."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

from deploy.play.acts import PlannedDossier
from deploy.play.client import DoorError
from deploy.play.doors import Doors, PlayError
from deploy.play.plan import plan
from deploy.play.player import load_reference, play
from deploy.play.scenario import Scenario
from deploy.provision import HISTORIAN_ACCOUNT
from deploy.stack import Stack
from shared.messaging.broker import BrokerUnavailableError
from shared.messaging.rabbitmq import RabbitBroker

LONG_AGO = timedelta(days=20_000)
"""The historian is believed whatever the time, so that agencies' own systems can say all themselves."""
WAVE = 25
INTERRUPTIONS = 40


class Load:
    """Plays plans of a scenario on a thread of its own, until told that it is enough."""

    def __init__(self, stack: Stack, scenario: Scenario, scales: Sequence[float]) -> None:
        self._stack, self._scenario = stack, scenario
        self.connected = scenario.connected
        """The agencies that have systems of their own."""
        self._scales = scales
        self.scales: list[float] = []
        """Those that were played."""
        self.played: list[PlannedDossier] = []
        self.interruptions: list[str] = []
        self.done = 0
        """Dossiers that came through."""
        self._enough = threading.Event()
        self.failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="load")

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    @property
    def is_over(self) -> bool:
        """Tell whether nothing more is played."""
        return not self._thread.is_alive()

    def finish(self, seconds: float) -> None:
        """Play the plan that is under way to its end."""
        self._enough.set()
        self._thread.join(seconds)
        assert not self._thread.is_alive(), f"the load does not come to its end; {self.interruptions}"
        if self.failure:
            raise self.failure

    def _run(self) -> None:
        try:
            for scale in self._scales:
                if self._enough.is_set() and self.played:
                    return
                dossiers = plan(self._scenario, scale)
                self.scales.append(scale)
                self.played += dossiers
                self._play(dossiers)
        except BaseException as failure:  # noqa: BLE001 - told by `finish`
            self.failure = failure

    def _play(self, dossiers: Sequence[PlannedDossier]) -> None:
        best = 0

        def progress(done: int, _total: int) -> None:
            nonlocal best
            self.done += max(done - best, 0)
            best = max(done, best)

        while len(self.interruptions) < INTERRUPTIONS:
            try:
                with doors_of(self._stack) as doors:
                    load_reference(doors, self._scenario)
                    play(
                        doors,
                        self._scenario,
                        dossiers,
                        progress=progress,
                        wave=WAVE,
                        patience=60,
                        tolerance=LONG_AGO,
                    )
            except (BrokerUnavailableError, DoorError, PlayError) as fault:
                self.interruptions.append(str(fault))
                self._enough.wait(0.5)
            else:
                return
        raise AssertionError(self.interruptions)


@contextmanager
def doors_of(stack: Stack) -> Iterator[Doors]:
    """Give a player's doors to the stack."""
    broker = RabbitBroker(stack.broker_url(HISTORIAN_ACCOUNT), stamp_user_id=True)
    urls = stack.urls()
    try:
        yield Doors(
            urls["intake"],
            urls["routing"],
            urls["processing"],
            urls["statistics"],
            stack.token("administrator"),
            stack.token("historian"),
            broker,
        )
    finally:
        broker.close()
