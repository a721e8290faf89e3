"""Auditors are told who read a dossier, when and through which door."""

from __future__ import annotations

from contextlib import closing

import pytest

from deploy.audit.access import PAGE, readings
from shared.clock import to_text
from shared.readings import EVERYTHING
from tests.builders.audited import NOW, READER
from tests.contract.messages import story
from tests.integration.audit.conftest import Audited

pytestmark = pytest.mark.integration


def test_readings_are_told_in_order_with_who_when_and_what(audited: Audited) -> None:
    found = readings(audited.stores, story.DOSSIER)

    assert [(one["service"], one["door"]) for one in found] == [
        ("statistics", "history"),
        ("intake", "applicant"),
    ]
    assert {(one["at"], one["role"], one["subject"]) for one in found} == {
        (to_text(NOW), READER.role, READER.subject)
    }
    assert found[1]["vi"] == "dữ liệu người nộp"


def test_another_dossiers_readings_are_not_told_and_those_of_the_whole_ledger_are(audited: Audited) -> None:
    with closing(audited.history()) as history:
        history.read(EVERYTHING, door="ledger")
        history.read(story.REFUSED_DOSSIER)
        history.settle()
    doors = [one["door"] for one in readings(audited.stores, story.DOSSIER)]

    assert doors == ["history", "applicant", "ledger"]


def test_more_readings_than_a_page_are_all_told(audited: Audited) -> None:
    with closing(audited.history()) as history:
        for _number in range(PAGE // 50):
            history.read_often(story.DOSSIER, 55)
        history.settle()

    assert len(readings(audited.stores, story.DOSSIER)) == 2 + PAGE // 50 * 55
