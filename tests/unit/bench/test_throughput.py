from __future__ import annotations

from uuid import UUID

import pytest

from deploy.bench import throughput
from deploy.bench.journey import STEPS
from deploy.bench.throughput import Load, Progress, Running, StalledError, actions_per_second

SHORT = Load(in_flight=4, warm_up=0.05, window=0.2)


class Line:
    """Finishes, at each look, all that was sent before it; loses what `loses` says."""

    def __init__(self, loses: int = 0) -> None:
        self.sent: list[UUID] = []
        self.most_in_flight = 0
        self._loses = loses
        self._finished = 0

    def send(self, dossier: UUID) -> None:
        self.sent.append(dossier)
        self.most_in_flight = max(self.most_in_flight, len(self.sent) - self._finished)

    def progress(self) -> Progress:
        self._finished = max(self._finished, len(self.sent) - self._loses)
        return Progress(self._finished * STEPS, self._finished)


def test_a_rate_is_what_was_committed_while_it_was_measured() -> None:
    line = Line()
    rate = actions_per_second(Running(line.send, line.progress), SHORT)
    assert 0 < rate <= len(line.sent) * STEPS / SHORT.window


def test_never_more_is_in_flight_than_was_asked() -> None:
    line = Line()
    actions_per_second(Running(line.send, line.progress), SHORT)
    assert line.most_in_flight == SHORT.in_flight


def test_a_lost_dossier_gives_no_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throughput, "STALLED_SECONDS", 0.2)
    line = Line(loses=1)
    with pytest.raises(StalledError, match="no more"):
        actions_per_second(Running(line.send, line.progress), SHORT)


def test_a_fallen_worker_ends_the_measuring() -> None:
    def fall() -> None:
        raise RuntimeError("a worker has ended")

    line = Line()
    with pytest.raises(RuntimeError, match="has ended"):
        actions_per_second(Running(line.send, line.progress, fall), SHORT)
