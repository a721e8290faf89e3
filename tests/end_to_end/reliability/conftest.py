"""A stack of its own for what goes wrong: alerts must be silent before, and nothing of it may meet other tests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from deploy.bench import machine
from deploy.stack import Stack
from tests.end_to_end.reliability.site import Site
from tests.end_to_end.reliability.table import Table
from tests.fixtures.prometheus import Pace, prometheus

QUICK = Pace(patience=300, window=60, age=4)
FULL = Pace(patience=30, window=30, age=1)


@pytest.fixture(scope="session")
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The province where things go wrong; its table is kept at the end, if somebody asked for it."""
    length, kept = request.config.getoption("--faults"), request.config.getoption("--faults-to")
    load_average = os.getloadavg()[0]
    pace = FULL if length == "full" else QUICK
    stack = Stack(tmp_path_factory.mktemp("faulty"))
    try:
        stack.start()
        about = machine.describe(stack.postgres, stack.rabbit, datetime.now(UTC))
        rules = {"patience": pace.patience, "window": pace.window, "age": pace.age}
        table = Table(length, about, round(load_average, 1), rules)
        with prometheus(stack.directory / "prometheus", stack.urls(), pace) as watching:
            made = Site(stack, watching, table, full=length == "full")
            made.put_reference()
            yield made
        if kept:
            table.keep(kept)
    finally:
        stack.stop()
        stack.rabbit.destroy()
        stack.postgres.destroy()
