"""What the documentation says about the code is what the code says."""

from __future__ import annotations

import re

import pytest

from deploy.docs import ARCHITECTURE, BEGIN, END, topology_table, with_topology
from shared.topology import services_topology


def test_the_architecture_page_shows_the_topology_of_the_code() -> None:
    page = ARCHITECTURE.read_text(encoding="utf-8")

    assert with_topology(page) == page, "run: .venv/bin/python -m deploy.docs"


def test_the_table_names_every_exchange_and_every_first_partition() -> None:
    table = topology_table()

    topology = services_topology()
    shown = [queue.name for queue in topology.queues if not re.search(r"\.in\.[1-9]|\.dead$", queue.name)]
    assert len(shown) == 8
    for name in [*shown, *(exchange.name for exchange in topology.exchanges)]:
        assert f"| `{name}` |" in table


def test_only_what_stands_between_the_marks_is_replaced() -> None:
    page = with_topology(f"before\n{BEGIN}\nold\n{END}\nafter")

    assert page.startswith(f"before\n{BEGIN}\n|")
    assert page.endswith(f".\n{END}\nafter")
    assert "old" not in page


def test_a_page_without_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="lacks"):
        with_topology("no marks")
