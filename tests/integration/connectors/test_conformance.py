"""The kit passes our own client, and finds what is wrong with connectors that break the contract."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from deploy.conformance.report import FAILED, PASSED
from tests.integration.connectors.conftest import Tried

pytestmark = [pytest.mark.integration, pytest.mark.slow]

WRONG = Path(__file__).with_name("wrong_connector.py")
LISTEN = ("-m", "deploy.cli", "agency", "listen", "{agency}", "--config", "{config}", "--store", "{store}")


def test_our_own_client_passes_every_rule(tried: Tried) -> None:
    report = tried(sys.executable, *LISTEN, "--ack")

    assert {o.rule.code: o.details for o in report.outcomes if o.word != PASSED} == {}


@pytest.mark.parametrize(
    ("faults", "rules"),
    [
        (["says-nothing"], {"answers", "broker-ack"}),
        (["dies-of-the-unknown"], {"keeps-running"}),
        (["names-no-cause"], {"answers", "causation"}),
        (["never-reconnects", "forgets-what-it-said"], {"reconnects", "restored"}),
        (
            ["answers-under-new-ids", "never-acknowledges"],
            {"takes-once", "answers-again", "source-and-id", "restarts", "broker-ack"},
        ),
        (["knows-by-id-alone", "leaves-requests"], {"answers-again", "source-and-id", "requests"}),
        (
            ["answers-notices", "argues", "completes-at-once"],
            {"notices", "causation", "refusals", "accepts-first", "takes-once"},
        ),
    ],
)
def test_a_connector_that_breaks_the_contract_fails(tried: Tried, faults: list[str], rules: set[str]) -> None:
    report = tried(sys.executable, str(WRONG), *faults, patience=3.0)

    assert set(report.failures()) == rules
    assert not report.passed
    named = {o.rule.code: o.rule.section for o in report.outcomes if o.word == FAILED}
    assert all(section.startswith("docs/contracts/agencies.md#") for section in named.values())


def test_a_program_that_never_connects_fails(tried: Tried) -> None:
    report = tried(sys.executable, "-c", "print('good morning')")

    assert set(report.failures()) == {"connects", "keeps-running"}
    assert "good morning" in str([o.details for o in report.outcomes])
