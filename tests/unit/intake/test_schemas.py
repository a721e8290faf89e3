from __future__ import annotations

from typing import Any

import pytest

from services.intake.schemas import (
    HandBackSchema,
    RefusalSchema,
    SendOnSchema,
    StopSchema,
    read,
    read_procedure,
    read_submission,
)
from shared.errors import RefusedError

BODY: dict[str, Any] = {
    "procedure": "1.001193",
    "desk": "pleiku",
    "channel": "direct",
    "applicant_kind": "citizen",
    "area": "pleiku",
    "person": {"name": "Nguyễn Thị Hương Giang", "identity_number": "064190001234"},
    "components": [{"code": "form"}, {"code": "birth-certificate", "copies": 2, "form": "certified"}],
    "foreign_code": "G15-1",
    "happened_at": "2025-07-07T09:00:00+07:00",
    "accept": True,
}
PROCEDURE: dict[str, Any] = {
    "procedure": "1.001193",
    "name": {"vi": "Đăng ký khai sinh", "en": "Birth registration"},
    "sector": "Hộ tịch",
    "service_level": 4,
    "valid_from": "2025-07-01T00:00:00+07:00",
    "limit": {"amount": "3", "unit": "working_day"},
    "channels": ["direct"],
    "components": [{"code": "form"}],
}


def code_of(body: Any) -> str:
    with pytest.raises(RefusedError) as refused:
        read_submission(body)
    return refused.value.code


def test_a_submission_is_read_with_its_time_in_utc() -> None:
    filed = read_submission(BODY)
    assert (filed.happened_at, filed.accept) == ("2025-07-07T02:00:00.000000Z", True)
    assert filed.submission.person.name == "Nguyễn Thị Hương Giang"
    assert [(it.code, it.copies, it.form) for it in filed.submission.components] == [
        ("form", 1, None),
        ("birth-certificate", 2, "certified"),
    ]


def test_only_what_must_be_there_must_be_there() -> None:
    optional = {"area", "foreign_code", "happened_at", "accept"}
    filed = read_submission({key: value for key, value in BODY.items() if key not in optional})
    assert (filed.submission.area, filed.happened_at, filed.accept) == (None, None, None)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"surprise": 1}, "unknown-field"),
        ({"person": {"name": "A", "surprise": 1}}, "unknown-field"),
        ({"person": {}}, "missing-field"),
        ({"components": [{"copies": 1}]}, "missing-field"),
        ({"happened_at": "2025-07-07"}, "bad-time"),
        ({"happened_at": "2025-07-07T09:00:00"}, "bad-time"),
        ({"happened_at": "2025-02-30T09:00:00Z"}, "bad-time"),
        ({"happened_at": 5}, "bad-time"),
        ({"channel": "fax"}, "invalid"),
        ({"desk": "a\x00b"}, "invalid"),
        ({"desk": ""}, "invalid"),
        ({"components": [{"code": "form", "copies": 0}]}, "invalid"),
        ({"components": [{"code": "form", "copies": "2"}]}, "invalid"),
        ({"components": {}}, "invalid"),
        ({"accept": "yes"}, "invalid"),
        ({"person": {"name": "A", "email": "nobody"}}, "invalid"),
        ({"person": {"name": "A", "identity_number": "a\nb"}}, "invalid"),
    ],
)
def test_each_kind_of_mistake_has_its_own_code(changes: dict[str, Any], code: str) -> None:
    assert code_of({**BODY, **changes}) == code


@pytest.mark.parametrize("body", [None, [], "text", 3])
def test_what_is_no_object_is_malformed(body: Any) -> None:
    assert code_of(body) == "malformed"


def test_a_refusal_names_the_field_and_keeps_its_value_to_itself() -> None:
    secret = "064190001234567890123456789012345"
    with pytest.raises(RefusedError) as refused:
        read_submission({**BODY, "person": {"name": "Bí mật", "identity_number": secret}})
    said = str(refused.value.details())
    assert "person.identity_number" in said
    assert secret not in said
    assert "Bí mật" not in said


def test_a_person_shows_nothing_of_itself() -> None:
    assert "Hương" not in repr(read_submission(BODY))


@pytest.mark.parametrize(
    ("schema", "body"),
    [
        (RefusalSchema(), {"reason": "Không đủ điều kiện"}),
        (StopSchema(), {"reason": "Công dân đề nghị"}),
        (SendOnSchema(), {"note": "Đã bổ sung"}),
        (HandBackSchema(), {"manner": "post"}),
    ],
)
def test_commands_take_their_word_and_nothing_else(schema: Any, body: dict[str, Any]) -> None:
    assert read(schema, body) == body
    with pytest.raises(RefusedError) as unknown:
        read(schema, {**body, "surprise": 1})
    assert unknown.value.code == "unknown-field"
    with pytest.raises(RefusedError) as missing:
        read(schema, {})
    assert missing.value.code == "missing-field"


def test_a_procedure_is_read_with_its_defaults() -> None:
    code, content, happened_at = read_procedure(PROCEDURE)
    assert (code, happened_at) == ("1.001193", None)
    assert content["components"] == [{"code": "form", "copies": 1, "required": True}]
    assert content["limit_online"] is None
    assert content["valid_from"] == "2025-06-30T17:00:00.000000Z"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"service_level": 1}, "invalid"),
        ({"channels": []}, "invalid"),
        ({"valid_from": "soon"}, "bad-time"),
        ({"procedure": "1.001193\n"}, "invalid"),
    ],
)
def test_a_procedure_that_makes_no_sense_is_refused(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(RefusedError) as refused:
        read_procedure({**PROCEDURE, **changes})
    assert refused.value.code == code
