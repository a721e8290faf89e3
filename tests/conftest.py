"""What all tests share: their fixtures."""

from __future__ import annotations

pytest_plugins = [
    "tests.fixtures.postgres",
    "tests.fixtures.databases",
    "tests.fixtures.rabbitmq",
    "tests.fixtures.stack",
    "tests.fixtures.prometheus",
]
