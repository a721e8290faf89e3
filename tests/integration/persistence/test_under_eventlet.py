from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fixtures.postgres import PostgresServer

pytestmark = pytest.mark.integration

SCRIPT = Path(__file__).with_name("green_threads.py")
ROOT = Path(__file__).parents[3]


def run(server: PostgresServer, folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "PSYCOPG_WAIT_FUNC"}
    return subprocess.run(
        [sys.executable, "-W", "ignore", str(SCRIPT), server.fresh_with_schema(), str(folder), *more],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
        cwd=ROOT,
        env={**environment, "PYTHONPATH": str(ROOT)},
    )


def test_green_threads_share_a_database_without_stopping_each_other(
    postgres_server: PostgresServer,
    tmp_path: Path,
) -> None:
    ended = run(postgres_server, tmp_path, "wait_select")
    assert (ended.stdout, ended.returncode) == ("done\n", 0), ended.stderr


def test_a_process_in_which_waiting_would_stop_all_green_threads_is_refused(
    postgres_server: PostgresServer,
    tmp_path: Path,
) -> None:
    ended = run(postgres_server, tmp_path)
    assert ended.returncode != 0
    assert "PSYCOPG_WAIT_FUNC=wait_select" in ended.stderr
