"""The whole bench, one thing after the other: `run(stack, quick=...)`.

The stack should be a fresh one of its own: the load leaves its dossiers in it. Its services are
stopped before the peers run, so that nobody pays for another's idling.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from deploy.bench import (
    catching_up,
    decisions,
    end_to_end,
    machine,
    previews,
    rebuild,
    verification,
)
from deploy.bench.end_to_end import Shape
from deploy.bench.peers import celery_chain, plain_nameko
from deploy.bench.peers.servers import Place, database, virtual_host
from deploy.bench.results import Results
from deploy.bench.throughput import Load, Running, actions_per_second
from deploy.names import SERVICES
from deploy.stack import Stack
from shared.clock import SystemClock

Peer = Callable[[Place, Path], AbstractContextManager[Running]]

PEERS: dict[str, Peer] = {
    celery_chain.NAME: celery_chain.running,
    plain_nameko.NAME: plain_nameko.running,
}


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how often."""

    shape: Shape
    peer_load: Load
    peer_rounds: int
    rebuild_rounds: int
    decision_seconds: float
    backlog: int
    """Messages that an agency catches up with."""
    ledger: int
    """Messages that a replay's preview looks at."""


FULL = Plan(
    Shape(Load(in_flight=400, warm_up=5, window=30), agencies=4),
    Load(in_flight=100, warm_up=3, window=15),
    peer_rounds=2,
    rebuild_rounds=3,
    decision_seconds=5,
    backlog=10_000,
    ledger=1_000_000,
)
QUICK = Plan(
    Shape(Load(in_flight=200, warm_up=2, window=6), agencies=2),
    Load(in_flight=100, warm_up=1, window=4),
    peer_rounds=1,
    rebuild_rounds=1,
    decision_seconds=1,
    backlog=1_000,
    ledger=50_000,
)


def run(stack: Stack, *, quick: bool) -> Results:
    """Measure on a stack that runs: a few minutes, `quick` less than one.

    Leaves the stack's services stopped and its servers running. Raises InstanceError, StalledError,
    LostError, DifferentError, NotWholeError, MiscountedError or PeerError: a bench that lost something gives no figure.
    """
    plan = QUICK if quick else FULL
    stack.report("Liên Thông ...")
    ours = end_to_end.measure(stack, plan.shape)
    stack.report("rebuild ...")
    rebuilt = rebuild.measure(stack, plan.rebuild_rounds)
    stack.report("catching up ...")
    caught_up = catching_up.measure(stack, plan.backlog)
    for name in SERVICES:
        stack.stop_service(name)
    stack.report("audit ...")
    verified = verification.measure(stack, plan.rebuild_rounds)
    stack.report("decisions ...")
    decided = decisions.measure(plan.decision_seconds)
    peers = _measure_peers(stack, plan)
    stack.report("replay preview ...")
    previewed = previews.measure(stack, plan.ledger, plan.rebuild_rounds)
    return Results(
        machine=machine.describe(stack.postgres, stack.rabbit, SystemClock().now()),
        end_to_end=ours,
        in_flight=plan.shape.load.in_flight,
        peers=peers,
        peers_in_flight=plan.peer_load.in_flight,
        rebuild=rebuilt,
        verified=verified,
        decisions=decided,
        caught_up=caught_up,
        previewed=previewed,
    )


def _measure_peers(stack: Stack, plan: Plan) -> dict[str, float]:
    """Return each peer's median rate; their rounds alternate, so that a slow minute hits all of them."""
    rates: dict[str, list[float]] = {name: [] for name in PEERS}
    with virtual_host(stack.rabbit) as broker:
        for _ in range(plan.peer_rounds):
            for name, peer in PEERS.items():
                stack.report(f"{name} ...")
                rates[name].append(_measure_peer(stack, peer, broker, plan.peer_load))
    return {name: median(measured) for name, measured in rates.items()}


def _measure_peer(stack: Stack, peer: Peer, broker: str, load: Load) -> float:
    with (
        tempfile.TemporaryDirectory(prefix="lienthong-bench-") as directory,
        database(stack.postgres) as dsn,
        peer(Place(dsn, broker), Path(directory)) as running,
    ):
        return actions_per_second(running, load)
