"""The province of the ten routes, once for all of them: nothing in it changes but the dossiers."""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite("tests.routes.province", "tests.routes.ways")

from tests.routes.province import Province, read_province  # noqa: E402 - after asking for telling failures


@pytest.fixture(scope="session")
def province() -> Province:
    return read_province()
