from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from deploy.bench import run as module
from deploy.bench.end_to_end import Shape
from deploy.bench.run import PEERS, run
from deploy.bench.throughput import Load
from deploy.instances.errors import InstanceError
from deploy.instances.programs import epmd, postgres_programs, rabbit_programs
from deploy.stack import Stack

pytestmark = [pytest.mark.integration, pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture
def own_stack(tmp_path: Path) -> Iterator[Stack]:
    try:
        postgres_programs()
        rabbit_programs()
        epmd()
    except InstanceError as missing:
        if "CI" in os.environ:
            raise
        pytest.skip(str(missing))
    running = Stack(tmp_path / "run")
    try:
        running.start()
        yield running
    finally:
        running.stop()
        running.rabbit.destroy()
        running.postgres.destroy()


SHORT = replace(
    module.QUICK,
    shape=Shape(Load(in_flight=40, warm_up=0.5, window=1), agencies=2),
    peer_load=Load(in_flight=20, warm_up=0.5, window=1),
    decision_seconds=0.2,
    backlog=100,
    ledger=2_000,
)
"""So short that its figures mean nothing: what is tried is that all of them are there."""


def test_a_quick_run_measures_all_contestants_and_leaves_only_its_dossiers(
    own_stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "QUICK", SHORT)
    results = run(own_stack, quick=True)
    plain = results.as_json()
    assert plain["end_to_end"]["actions_per_second"] > 0
    assert plain["end_to_end"]["p50_ms"] <= plain["end_to_end"]["p99_ms"]
    assert set(plain["ratios"]) == set(PEERS)
    assert all(ratio > 0 for ratio in plain["ratios"].values())
    assert plain["rebuild"]["events"] >= plain["end_to_end"]["actions"]
    assert plain["verification"]["events"] >= plain["rebuild"]["events"]
    assert plain["catching_up"]["messages_per_second"] > 0
    assert plain["replay_preview"]["one_procedure_seconds"] > 0
    with psycopg.connect(own_stack.postgres.admin_dsn()) as connection:
        names = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'bench%'").fetchall()
    assert names == []
    assert "bench" not in own_stack.rabbit.control("list_vhosts", "name")
