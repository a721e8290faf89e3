"""Starting, stopping and watching a stack from the command line."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from deploy.instances.ports import LOOPBACK
from deploy.names import SERVICES
from deploy.stack import Stack
from tests.end_to_end.command_line import lienthong, started
from tests.end_to_end.province import DESK, at, put_reference, submit
from tests.end_to_end.records import number, rows, settled

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(180)]


def up(stack: Stack) -> dict[str, str]:
    said = lienthong("up", "--run", stack.directory, "--json")
    assert said.status == 0, said.words
    addresses: dict[str, str] = said.json
    return addresses


def status(stack: Stack) -> tuple[int, dict[str, str]]:
    said = lienthong("status", "--run", stack.directory, "--json")
    return said.status, {name: part["status"] for name, part in said.json.items()}


def processes(stack: Stack) -> dict[str, set[int]]:
    """Return the processes of the stack's services, told by their environment."""
    found: dict[str, set[int]] = {name: set() for name in SERVICES}
    home = f"LIENTHONG_HOME={stack.home}".encode()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if home in (folder / "environ").read_bytes().split(b"\0"):
                found[(folder / "cmdline").read_bytes().split(b"\0")[-2].decode()].add(int(folder.name))
        except (OSError, IndexError, KeyError):
            continue
    return found


def servers(stack: Stack) -> list[Any]:
    """Return which server processes the stack remembers."""
    files = sorted(
        [*stack.directory.glob("*/server.pid.json"), *stack.directory.glob("*/elsewhere/server.pid.json")]
    )
    assert len(files) == 2
    return [json.loads(file.read_text()) for file in files]


def ledger_up_to(stack: Stack, sequence: int) -> list[Any]:
    """Return the hashes of the ledger's entries, up to one."""
    sql = "SELECT entry_hash FROM statistics.ledger WHERE sequence <= %s ORDER BY sequence"
    return rows(stack, sql, sequence)


@contextmanager
def somebody_else_on(port: int) -> Iterator[None]:
    with socket.create_server((LOOPBACK, port)):
        yield


@contextmanager
def a_stranger() -> Iterator[subprocess.Popen[bytes]]:
    """Give a process that no stack started."""
    with subprocess.Popen(["sleep", "300"]) as process:
        try:
            yield process
        finally:
            process.kill()


def test_status_names_a_service_that_is_dead_and_up_starts_that_one_alone(stack: Stack) -> None:
    assert status(stack) == (0, dict.fromkeys(("postgresql", "rabbitmq", *SERVICES), "ok"))
    before, servers_before = processes(stack), servers(stack)

    stack.stop_service("routing", signal.SIGKILL)
    found = status(stack)
    words = lienthong("status", "--run", stack.directory)
    up(stack)
    up(stack)

    assert found == (1, {**dict.fromkeys(("postgresql", "rabbitmq", *SERVICES), "ok"), "routing": "down"})
    assert words.status == 1
    assert "routing down" in words.words
    after = processes(stack)
    assert all(len(found) == 1 for found in after.values())
    assert after["routing"] != before["routing"]
    assert {**after, "routing": before["routing"]} == before
    assert servers(stack) == servers_before
    assert status(stack)[0] == 0


def test_data_survive_a_stop_and_a_stolen_port_is_replaced(stack: Stack) -> None:
    put_reference(stack)
    with at(stack, "intake", "receiving_officer", DESK) as desk:
        (dossier,) = submit(desk, 1, "before the stop")
    settled(stack)
    ledger = ledger_up_to(stack, number(stack, "SELECT sequence FROM statistics.ledger_head"))
    ports = {name: int(url.rpartition(":")[2]) for name, url in stack.urls().items()}

    with a_stranger() as stranger:
        # A process id from before a restart of the machine, which belongs to somebody else now.
        written = stack.directory / "intake.pid.json"
        old = json.loads(written.read_text())
        stack.stop_service("intake")
        written.write_text(json.dumps({**old, "pid": stranger.pid}))
        said = lienthong("down", "--run", stack.directory)
        assert said.status == 0, said.words
        assert stranger.poll() is None
    assert processes(stack) == {name: set() for name in SERVICES}
    assert status(stack) == (1, dict.fromkeys(("postgresql", "rabbitmq", *SERVICES), "down"))
    assert lienthong("down", "--run", stack.directory).status == 0

    with somebody_else_on(ports["intake"]):
        words = ("up", "--run", stack.directory, "--json")
        with started(*words) as one, started(*words) as other:
            outs = [process.communicate(timeout=100)[0] for process in (one, other)]
        assert (one.returncode, other.returncode) == (0, 0), outs
        assert status(stack) == (0, dict.fromkeys(("postgresql", "rabbitmq", *SERVICES), "ok"))
    assert all(len(found) == 1 for found in processes(stack).values())
    now = {name: int(url.rpartition(":")[2]) for name, url in stack.urls().items()}
    assert now["intake"] != ports["intake"]
    assert {**now, "intake": ports["intake"]} == ports
    assert ledger_up_to(stack, len(ledger)) == ledger
    with at(stack, "intake", "receiving_officer", DESK) as desk:
        assert desk.get(f"/v1/dossiers/{dossier}")["desk"] == DESK
        assert submit(desk, 1, "before the stop") == [dossier]


def test_up_says_why_when_it_cannot(tmp_path: Path) -> None:
    (tmp_path / "postgres").write_text("a file in the place of a folder")

    said = lienthong("up", "--run", tmp_path)

    assert said.status == 1
    assert "Lỗi: hệ thống không khởi động được" in said.words
    assert f"Error: [Errno 17] File exists: '{tmp_path / 'postgres'}'" in said.words
    assert "Traceback" not in said.words
