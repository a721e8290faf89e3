"""Upgrade without stopping: the release before and this one run side by side, under load, and nothing is lost."""

from __future__ import annotations

import io
import signal
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy.instances.accounts import Account
from deploy.instances.ports import LOOPBACK, free_port
from deploy.instances.processes import Process, launch
from deploy.names import SERVICES
from deploy.play.client import Client
from deploy.play.scenario import load
from deploy.stack import PROJECT, Stack, health
from tests.end_to_end.load import Load
from tests.end_to_end.province import put_reference
from tests.end_to_end.records import assert_ledger_is_whole, parked, settled
from tests.end_to_end.test_faults import (
    assert_dossiers_ended_as_planned,
    assert_histories_are_those_of_the_plan,
    assert_works_are_those_of_the_plan,
    found_figures,
    goes_on,
    wanted_figures,
)
from tests.end_to_end.waiting import eventually

pytestmark = [pytest.mark.end_to_end, pytest.mark.slow, pytest.mark.timeout(240)]

RELEASE_BEFORE = "77f75bbce768"
"""The last commit of the release that processes of this one must bear beside them."""
SCALES = tuple(number / 100 for number in range(20, 5, -1))


@pytest.fixture
def release_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The tree of the release before; without the project's history there is nothing to try.

    The load says what that release knew: whoever sends is upgraded last.
    """
    asked = ["git", "-C", str(PROJECT), "archive", "--format=tar", RELEASE_BEFORE]
    try:
        archive = subprocess.run(asked, check=True, capture_output=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip(f"the history of the project does not reach back to {RELEASE_BEFORE}")
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        tar.extractall(tmp_path / "before", filter="data")
    monkeypatch.setattr("deploy.play.scenario.FOLDER", tmp_path / "before" / "deploy" / "scenarios")
    return tmp_path / "before"


@pytest.fixture
def stack(release_before: Path, tmp_path: Path) -> Iterator[Stack]:
    """A stack that the release before has started."""
    stack = Stack(tmp_path / "stack")
    try:
        start(release_before, stack)
        yield stack
    finally:
        stack.stop()
        stack.rabbit.destroy()
        stack.postgres.destroy()


def start(release: Path, stack: Stack) -> None:
    """Let a release start what does not run."""
    program = [sys.executable, "-W", "ignore", "-m", "deploy.cli", "up", "--run", str(stack.directory)]
    done = subprocess.run(program, check=False, capture_output=True, text=True, cwd=release)
    assert done.returncode == 0, done.stderr


def test_an_upgrade_under_load_loses_doubles_and_reorders_nothing(stack: Stack, release_before: Path) -> None:
    scenario = load("lien-thong")
    put_reference(stack)
    load_ = Load(stack, scenario, SCALES)
    load_.start()
    try:
        goes_on(load_)
        stack.migrate("pre")
        goes_on(load_)
        with beside(stack):
            for name in SERVICES:
                stack.stop_service(name)
            start(release_before, stack)  # now the doors are the old ones', and the queues the new ones'
            goes_on(load_)
            for name in SERVICES:
                stack.stop_service(name)
                stack.start_service(name)
                goes_on(load_)
        stack.migrate("post")
        rebuild(stack)
        goes_on(load_)
    finally:
        load_.finish(100)

    settled(stack)
    assert_ledger_is_whole(stack)
    assert set(parked(stack).values()) == {0}
    ids = assert_dossiers_ended_as_planned(stack, load_)
    assert_histories_are_those_of_the_plan(stack, load_, ids)
    assert_works_are_those_of_the_plan(stack, scenario, load_.played)
    assert found_figures(stack, scenario) == wanted_figures(scenario, load_)


def rebuild(stack: Stack) -> None:
    """Build the read model in this release's layout, as docs/operations.md says."""
    client = Client(stack.urls()["statistics"], stack.token("administrator"))
    try:
        client.post("/v1/rebuilds?accept_differences=yes", {}, "upgrade")
    finally:
        client.close()


@contextmanager
def beside(stack: Stack) -> Iterator[None]:
    """Run this release's processes beside those that run, on addresses of their own."""
    started: dict[str, Process] = {}
    taken: list[int] = []
    try:
        for name in SERVICES:
            port = free_port(taken)
            taken.append(port)
            address = f"{LOOPBACK}:{port}"
            started[address] = launch(
                [sys.executable, "-m", "deploy.cli", "serve", name],
                account=Account(),
                environment={**stack._environment(name), "LIENTHONG_HTTP": address},
                directory=PROJECT,
                log=stack.directory / f"{name}-beside.log",
            )
        eventually(
            lambda: all(health(f"http://{address}")["status"] == "ok" for address in started),
            "all of them are well",
            60,
        )
        yield
    finally:
        for process in started.values():
            process.end((signal.SIGTERM, 20), (signal.SIGKILL, 5))
