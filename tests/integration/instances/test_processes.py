from __future__ import annotations

import os
import signal
import socket
from dataclasses import replace
from pathlib import Path

import pytest

from deploy.instances.accounts import Account
from deploy.instances.errors import InstanceError
from deploy.instances.ports import LOOPBACK, free_port, is_free
from deploy.instances.processes import Process, launch, recall, remember
from deploy.instances.waiting import until


def a_process(directory: Path, *command: str) -> Process:
    return launch(
        command,
        account=Account(),
        environment={"PATH": os.environ["PATH"]},
        directory=directory,
        log=directory / "log",
    )


def test_a_launched_process_is_found_again_by_its_file_and_can_be_ended(tmp_path: Path) -> None:
    process = a_process(tmp_path, "/bin/sleep", "60")
    remember(process, tmp_path / "pid.json")

    assert recall(tmp_path / "pid.json") == process
    assert process.end((signal.SIGTERM, 10))
    assert recall(tmp_path / "pid.json") is None


def test_a_process_that_reused_the_id_is_neither_recalled_nor_signalled(tmp_path: Path) -> None:
    process = a_process(tmp_path, "/bin/sleep", "60")
    earlier = replace(process, start_time=str(int(process.start_time) - 1))
    remember(earlier, tmp_path / "pid.json")

    try:
        assert recall(tmp_path / "pid.json") is None
        assert earlier.end((signal.SIGKILL, 1))
        assert process.is_alive()
    finally:
        process.end((signal.SIGKILL, 10))


def test_a_process_that_ignores_the_first_signal_gets_the_next(tmp_path: Path) -> None:
    process = a_process(tmp_path, "/bin/sh", "-c", "trap '' TERM; echo deaf; while :; do sleep 1; done")
    assert until(lambda: (tmp_path / "log").read_text() == "deaf\n", 10)

    assert process.end((signal.SIGTERM, 0.2), (signal.SIGKILL, 10))


@pytest.mark.parametrize("content", ["", "nonsense", "{}", '{"pid": 1}'])
def test_a_damaged_pid_file_names_no_process(tmp_path: Path, content: str) -> None:
    (tmp_path / "pid.json").write_text(content)

    assert recall(tmp_path / "pid.json") is None


def test_a_program_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InstanceError, match="/no/such/program cannot be run"):
        a_process(tmp_path, "/no/such/program")


def test_a_taken_port_is_not_free(tmp_path: Path) -> None:
    with socket.create_server((LOOPBACK, free_port())) as server:
        assert not is_free(server.getsockname()[1])
