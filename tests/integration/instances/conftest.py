from __future__ import annotations

import os

import pytest

from deploy.instances.errors import InstanceError
from deploy.instances.programs import epmd, postgres_programs, rabbit_programs


@pytest.fixture(scope="session", autouse=True)
def the_distribution_packages_are_installed() -> None:
    try:
        postgres_programs()
        rabbit_programs()
        epmd()
    except InstanceError as missing:
        if "CI" in os.environ:
            raise
        pytest.skip(str(missing))
