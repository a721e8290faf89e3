"""What all tests share: fixtures, and how a run is divided among processes."""

from __future__ import annotations

import pytest

pytest_plugins = [
    "tests.fixtures.postgres",
    "tests.fixtures.databases",
    "tests.fixtures.rabbitmq",
    "tests.fixtures.stack",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let one process have a file, and one all that needs the full stack, first: its tests take longest."""
    items.sort(key=lambda item: not _needs_the_stack(item))
    for item in items:
        item.add_marker(pytest.mark.xdist_group("stack" if _needs_the_stack(item) else item.path.name))


def _needs_the_stack(item: pytest.Item) -> bool:
    return "end_to_end" in item.keywords
