from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize("kind", ["memory", pytest.param("rabbitmq", marks=pytest.mark.integration)])
def test_a_waiting_take_lets_other_green_threads_run(kind: str, request: pytest.FixtureRequest) -> None:
    address = "memory" if kind == "memory" else request.getfixturevalue("amqp_url")

    done = subprocess.run(
        [sys.executable, "-m", "tests.contract.broker.green_threads", address],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
        cwd=request.config.rootpath,
    )

    assert done.returncode == 0, done.stderr
