"""The ledger page by page."""

from __future__ import annotations

from dataclasses import replace

import orjson
import pytest

from services.statistics.ledger.recorded import page
from tests.builders.statistics import an_eventful_province
from tests.integration.statistics.conftest import Office

pytestmark = pytest.mark.integration

MESSAGES = an_eventful_province()


def test_pages_give_every_document_once_in_order_and_then_nothing(office: Office) -> None:
    office.take(MESSAGES)
    read, after = [], 0
    while lines := list(page(office.database, after, 17)):
        assert len(lines) <= 17
        read += [orjson.loads(line) for line in lines]
        after = read[-1]["sequence"]
    assert [entry["sequence"] for entry in read] == list(range(1, len(MESSAGES) + 1))
    assert [entry["document"] for entry in read] == [orjson.loads(m.to_bytes()) for m in MESSAGES]
    assert read[0]["entered_at"] == "2019-12-31T05:00:00.000000Z"
    office.take([replace(MESSAGES[0], id="again")])
    [line] = page(office.database, after, 17)
    assert orjson.loads(line)["document"]["id"] == "again"


def test_a_document_that_was_written_over_lines_stays_one_line(office: Office) -> None:
    pretty = orjson.dumps(orjson.loads(MESSAGES[0].to_bytes()), option=orjson.OPT_INDENT_2)
    with office.unit.begin():
        office.writer.append([(MESSAGES[0], pretty)])
    [line] = page(office.database, 0, 10)
    assert line.count(b"\n") == 1
    assert orjson.loads(line)["document"] == orjson.loads(pretty)


def test_past_the_end_there_is_nothing(office: Office) -> None:
    assert list(page(office.database, 2**62, 5000)) == []
