from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.intake.application import Filing
from services.intake.domain.dossier import Dossier
from services.intake.domain.procedure import procedure_id
from services.intake.domain.status import Status
from services.intake.domain.submission import Component
from shared.errors import RefusedError
from tests.unit.intake.one_stop_desk import PROCEDURE, OneStopDesk, desk_message, submission

SUBMITTED = "intake.dossier.submitted"
RECEIVED = "intake.dossier.received"


def refusal_of(desk: OneStopDesk, /, **filing: Any) -> str:
    before = desk.recorder.max_notification_id()
    with pytest.raises(RefusedError) as refused:
        desk.submit(**filing)
    assert desk.recorder.max_notification_id() == before
    return refused.value.code


def test_a_dossier_filed_with_an_officer_is_received_at_once(desk: OneStopDesk) -> None:
    dossier = desk.submit()

    assert desk.events(dossier.id) == [SUBMITTED, RECEIVED]
    assert dossier.status is Status.RECEIVED
    assert dossier.code == "H21.65-250707-0001"
    assert dossier.procedure_version == 1
    assert dossier.due_at == "2025-07-10T02:00:00.000000Z"


def test_a_dossier_filed_online_waits_for_an_officer(desk: OneStopDesk) -> None:
    dossier = desk.submit(channel="online", act=desk.act("applicant"))

    assert desk.events(dossier.id) == [SUBMITTED]
    assert dossier.status is Status.NEW
    assert dossier.code is None


def test_an_officer_may_leave_a_dossier_unreceived(desk: OneStopDesk) -> None:
    assert desk.events(desk.submit(accept=False).id) == [SUBMITTED]


def test_an_officer_receives_what_was_filed_online_under_the_online_limit(desk: OneStopDesk) -> None:
    dossier_id = desk.filed()
    desk.clock.advance(timedelta(hours=1))

    dossier = desk.do(lambda: desk.intake.receive(dossier_id, desk.act()))

    assert desk.events(dossier_id) == [SUBMITTED, RECEIVED]
    assert dossier.limit == {"amount": "2", "unit": "working_day"}
    assert dossier.due_at == "2025-07-09T03:00:00.000000Z"


def test_an_applicant_cannot_receive_the_own_dossier(desk: OneStopDesk) -> None:
    assert refusal_of(desk, channel="online", act=desk.act("applicant"), accept=True) == "forbidden"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"procedure": "9.999999"}, "unknown-procedure"),
        ({"desk": "nowhere"}, "unknown-desk"),
        ({"area": "nowhere"}, "unknown-area"),
        ({"channel": "post"}, "channel-not-offered"),
        ({"components": (Component("form"),)}, "missing-component"),
        ({"components": (Component("form"), Component("birth-certificate"))}, "too-few-copies"),
        (
            {"components": (Component("form"), Component("birth-certificate", 2), Component("x"))},
            "unknown-component",
        ),
    ],
)
def test_what_does_not_fit_the_catalogue_is_refused(
    desk: OneStopDesk, changes: dict[str, Any], code: str
) -> None:
    assert refusal_of(desk, **changes) == code


def test_papers_of_one_code_count_together(desk: OneStopDesk) -> None:
    papers = (
        Component("form"),
        Component("birth-certificate", form="original"),
        Component("birth-certificate", form="copy"),
    )
    assert desk.submit(components=papers).status is Status.RECEIVED


def test_an_area_is_known_from_the_agencies(desk: OneStopDesk) -> None:
    assert desk.submit(area="pleiku").area == "pleiku"


@pytest.mark.parametrize(
    ("role", "agency", "channel", "code"),
    [
        ("result_officer", None, "direct", "forbidden"),
        ("applicant", None, "direct", "channel-not-for-role"),
        ("postal_employee", None, "online", "channel-not-for-role"),
        ("receiving_officer", "another", "direct", "not-your-desk"),
    ],
)
def test_who_may_file_where_is_kept(
    desk: OneStopDesk, role: str, agency: str | None, channel: str, code: str
) -> None:
    assert refusal_of(desk, act=desk.act(role, agency), channel=channel) == code


def test_a_desk_without_a_wellformed_identifier_gives_no_codes(desk: OneStopDesk) -> None:
    desk.do(lambda: desk.tables.agencies.put(desk_message("odd", code="pleiku")))
    assert refusal_of(desk, desk="odd") == "desk-code-invalid"
    assert desk.submit(desk="odd", accept=False).status is Status.NEW


def test_a_refused_filing_leaves_the_rest_of_its_batch_alone_and_spends_no_number(desk: OneStopDesk) -> None:
    filings = [
        Filing(submission(), desk.act()),
        Filing(submission(desk="nowhere"), desk.act()),
        Filing(submission(), desk.act()),
    ]

    first, refused, last = desk.submit_many(*filings)

    assert isinstance(refused, RefusedError)
    assert refused.code == "unknown-desk"
    assert isinstance(first, Dossier)
    assert isinstance(last, Dossier)
    assert (first.code, last.code) == ("H21.65-250707-0001", "H21.65-250707-0002")
    assert desk.submit().code == "H21.65-250707-0003"


def test_numbers_begin_anew_on_each_local_day_and_for_each_desk(desk: OneStopDesk) -> None:
    desk.do(lambda: desk.tables.agencies.put(desk_message("khanh", code="000.00.53.H48")))
    before_midnight = datetime(2025, 7, 7, 16, 59, tzinfo=UTC)
    after_midnight = datetime(2025, 7, 7, 17, 0, tzinfo=UTC)
    filings = [
        Filing(submission(desk=agency), desk.act("historian", happened_at=at))
        for agency in ("pleiku", "khanh")
        for at in (before_midnight, after_midnight, after_midnight)
    ]

    codes = [filed.code for filed in desk.submit_many(*filings)]

    assert codes == [
        "H21.65-250707-0001",
        "H21.65-250708-0001",
        "H21.65-250708-0002",
        "000.00.53.H48-250707-0001",
        "000.00.53.H48-250708-0001",
        "000.00.53.H48-250708-0002",
    ]


def test_numbers_of_a_desk_may_begin_where_another_system_does_not_reach(desk: OneStopDesk) -> None:
    desk.tables.counters.start_at("H21.65", 5000)
    assert [desk.submit().code, desk.submit().code] == ["H21.65-250707-5000", "H21.65-250707-5001"]


def test_a_unit_that_fails_gives_its_numbers_back(desk: OneStopDesk) -> None:
    def fail() -> None:
        desk.intake.submit(submission(), desk.act())
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        desk.do(fail)

    assert desk.submit().code == "H21.65-250707-0001"


def test_a_dossier_keeps_the_version_in_force_when_it_was_received(desk: OneStopDesk) -> None:
    longer = {
        **PROCEDURE,
        "valid_from": "2025-07-08T00:00:00.000000Z",
        "limit": {"amount": "9", "unit": "month"},
    }
    early = desk.submit().id
    desk.do(lambda: desk.intake.publish_procedure("1.001193", longer, desk.act("procedure_control")))
    still_first = desk.submit()
    desk.clock.advance(timedelta(days=1))
    late = desk.submit()

    assert desk.replayed(early).procedure_version == 1
    assert (still_first.procedure_version, late.procedure_version) == (1, 2)
    assert late.limit == {"amount": "9", "unit": "month"}


def test_another_process_sees_a_new_version_at_once(desk: OneStopDesk) -> None:
    other = OneStopDesk(desk.database, desk.keys, desk.clock)
    assert other.submit().procedure_version == 1
    assert published(desk, sector="Tư pháp") == 2
    assert other.submit().procedure_version == 2


def test_nothing_can_be_filed_before_a_procedure_holds(desk: OneStopDesk) -> None:
    june = desk.act("historian", happened_at=datetime(2025, 6, 2, tzinfo=UTC))
    assert refusal_of(desk, act=june) == "procedure-not-in-force"


def test_a_procedure_without_a_limit_sets_no_due_time(desk: OneStopDesk) -> None:
    content = {**PROCEDURE, "limit": None, "limit_online": None}
    desk.do(lambda: desk.intake.publish_procedure("1.000001", content, desk.act("procedure_control")))

    dossier = desk.submit(procedure="1.000001")

    assert (dossier.limit, dossier.due_at) == (None, None)


def published(desk: OneStopDesk, **changes: Any) -> int:
    content = {**PROCEDURE, **changes}
    act = desk.act("procedure_control")
    return desk.do(lambda: desk.intake.publish_procedure("1.001193", content, act)).version


def test_a_change_adds_a_version(desk: OneStopDesk) -> None:
    assert published(desk, sector="Tư pháp") == 2
    assert desk.events(procedure_id("1.001193")) == ["intake.procedure.published", "intake.procedure.revised"]


def test_publishing_the_same_catalogue_again_changes_nothing(desk: OneStopDesk) -> None:
    later = "2025-08-01T00:00:00.000000Z"
    catalogue: list[dict[str, Any]] = [{}, {"valid_from": later, "sector": "Tư pháp"}]
    assert [published(desk, **version) for version in catalogue * 3] == [1, 2] * 3
    assert len(desk.events(procedure_id("1.001193"))) == 2


def test_going_back_to_what_held_before_a_correction_is_a_change(desk: OneStopDesk) -> None:
    assert [published(desk, sector="Tư pháp"), published(desk), published(desk)] == [2, 3, 3]


@pytest.mark.parametrize(
    ("role", "changes", "code"),
    [
        ("receiving_officer", {}, "forbidden"),
        (
            "procedure_control",
            {"limit": {"amount": "Không nêu rõ", "unit": "working_day"}},
            "term-not-numeric",
        ),
        ("procedure_control", {"components": PROCEDURE["components"] * 2}, "duplicate-component"),
    ],
)
def test_a_catalogue_entry_that_makes_no_sense_is_refused(
    desk: OneStopDesk, role: str, changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        desk.do(lambda: desk.intake.publish_procedure("1.2", {**PROCEDURE, **changes}, desk.act(role)))
    assert refused.value.code == code
    assert desk.events(procedure_id("1.2")) == []
