"""One dossier's history, from the ledger."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.statistics.api import history_of
from shared.errors import RefusedError
from tests.builders.statistics import (
    LAND,
    Province,
    a_province,
    an_eventful_province,
    code_of,
    leg_of,
    root_of,
    vietnam,
)
from tests.integration.statistics.conftest import Office

pytestmark = pytest.mark.integration


def test_a_history_tells_everything_about_one_dossier_in_order(office: Office) -> None:
    messages = a_province(2)
    office.take(messages)
    history = history_of(office.database, code_of(1), {})
    own = [message for message in messages if message.rootid == str(root_of(1))]
    assert {entry["id"] + entry["source"] for entry in history["entries"]} == {m.id + m.source for m in own}
    times = [entry["happened_at"] for entry in history["entries"]]
    assert times == sorted(times)
    assert (history["dossier"], history["code"]) == (str(root_of(1)), code_of(1))


def test_an_entry_says_who_when_where_and_what(office: Office) -> None:
    office.take(a_province(1))
    entries = history_of(office.database, str(root_of(0)), {})["entries"]
    [opened] = [e for e in entries if e["type"].endswith("leg-opened") and e["leg"] == str(leg_of(0, 1, 1))]
    assert opened["actor"] == {"role": "officer", "subject": "nguyen-van-a", "agency": "tthc-qn"}
    assert opened["happened_at"] == "2019-07-01T03:00:00.000000Z"
    assert opened["received_at"] == "2019-07-01T03:00:01.000000Z"
    assert opened["recorded_at"] == "2019-07-01T03:00:02.000000Z"
    assert opened["entered_at"] == "2019-12-31T05:00:00.000000Z"
    assert opened["agency"] == LAND
    assert opened["description"] == {
        "vi": "Chuyển ngang cấp đến Cơ quan so-tnmt: công đoạn 1/2 Thẩm định, lần 1, hạn 04/07/2019",
        "en": "Across to Agency so-tnmt: leg 1/2 Appraisal, attempt 1, due 04/07/2019",
    }


def test_a_history_as_of_a_moment_ends_there(office: Office) -> None:
    office.take(a_province(1))
    history = history_of(office.database, code_of(0), {"as_of": "2019-07-01T09:00:00+07:00"})
    assert [entry["type"].split(".")[2] for entry in history["entries"]] == [
        "dossier-submitted",
        "dossier-received",
        "itinerary-planned",
    ]


def test_a_late_record_stands_where_it_happened(office: Office) -> None:
    province = Province()
    province.receive(0, vietnam(2019, 7, 1))
    province.resolve(0, vietnam(2019, 7, 9), "early")
    province.open_leg(0, 1, 1, vietnam(2019, 7, 3))
    office.take(province.sent)
    entries = history_of(office.database, code_of(0), {})["entries"]
    assert [entry["sequence"] for entry in entries] == [1, 3, 2]


def test_what_happened_at_once_is_told_from_cause_to_effect_however_it_came(office: Office) -> None:
    province, at = Province(), vietnam(2019, 7, 1)
    province.submit(0, at)
    province.receive(0, at)
    province.plan(0, at)
    province.open_leg(0, 1, 1, at)
    submitted, received, planned, opened = [message for message in province.sent if message.rootid]
    planned = replace(planned, causationid=f"{received.source}/{received.id}")
    office.take([planned, opened, submitted, received])
    told = [
        entry["type"].rpartition(".")[2] for entry in history_of(office.database, code_of(0), {})["entries"]
    ]
    assert told == ["dossier-submitted", "dossier-received", "itinerary-planned", "leg-opened"]


def test_a_plan_names_every_agency_with_the_reason_and_what_is_skipped(office: Office) -> None:
    office.take(an_eventful_province())
    entries = history_of(office.database, code_of(1), {})["entries"]
    [planned] = [entry for entry in entries if entry["type"].endswith("itinerary-planned")]
    assert [words["en"] for words in planned["details"]] == [
        "1. Appraisal: Agency so-tnmt (named by the process)",
        "2. Appraisal: Agency cuc-thue (named by the process)",
        "3. Appraisal: skipped (the dossier's fee is not at least 1)",
    ]
    [rehomed] = [entry for entry in entries if entry["type"].endswith("leg-rehomed")]
    assert "từ Cơ quan so-tnmt sang Cơ quan so-nnmt" in rehomed["description"]["vi"]
    assert "Nghị quyết 202/2025/QH15" in rehomed["description"]["vi"]
    assert rehomed["details"] == []


@pytest.mark.parametrize("wanted", ["000.00.14.H47-190724-9999", str(root_of(77)), "'; --"])
def test_an_unknown_dossier_has_no_history(office: Office, wanted: str) -> None:
    office.take(a_province(1))
    with pytest.raises(RefusedError, match="not-found"):
        history_of(office.database, wanted, {})
