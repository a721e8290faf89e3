"""The examples in other languages keep every rule of the contract."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from deploy.conformance.report import PASSED
from tests.integration.connectors.building import java_connector, node_connector
from tests.integration.connectors.conftest import Tried

pytestmark = [pytest.mark.integration, pytest.mark.slow]


@pytest.mark.timeout(400)  # building takes as long as it takes, the first time
@pytest.mark.parametrize("connector", [java_connector, node_connector], ids=["java", "node"])
def test_the_example_passes_every_rule(tried: Tried, connector: Callable[[], list[str]]) -> None:
    report = tried(*connector())

    assert {o.rule.code: o.details for o in report.outcomes if o.word != PASSED} == {}
