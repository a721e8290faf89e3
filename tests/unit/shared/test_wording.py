"""What is wrong with a field is said in Vietnamese too, whichever check found it."""

from __future__ import annotations

from typing import Any

import pytest
from marshmallow import ValidationError, fields, validate

from shared.errors import INVALID, RefusedError
from shared.wording import in_vietnamese

FIELDS: list[tuple[str, fields.Field[Any], object]] = [
    ("text", fields.String(), 7),
    ("null", fields.String(), None),
    ("integer", fields.Integer(strict=True), 1.5),
    ("number", fields.Float(), "x"),
    ("flag", fields.Boolean(), "x"),
    ("list", fields.List(fields.String()), "x"),
    ("object", fields.Dict(), "x"),
    ("date", fields.Date(), "x"),
    ("id", fields.UUID(), "x"),
    ("choice", fields.String(validate=validate.OneOf(["a", "b"])), "c"),
    ("length", fields.String(validate=validate.Length(1, 3)), "abcd"),
    ("shortest", fields.String(validate=validate.Length(min=2)), "a"),
    ("longest", fields.String(validate=validate.Length(max=2)), "abc"),
    ("range", fields.Integer(validate=validate.Range(1, 3)), 4),
    ("least", fields.Integer(validate=validate.Range(min=1)), 0),
    ("most", fields.Integer(validate=validate.Range(max=1)), 2),
    ("pattern", fields.String(validate=validate.Regexp("^a$")), "b"),
]


@pytest.mark.parametrize(("field", "value"), [one[1:] for one in FIELDS], ids=[one[0] for one in FIELDS])
def test_a_fields_fault_is_said_in_vietnamese(field: fields.Field[Any], value: object) -> None:
    with pytest.raises(ValidationError) as found:
        field.deserialize(value)
    (message,) = found.value.messages

    said = RefusedError(INVALID, field="x", reason=message).details()

    assert message in said["title"]
    assert message not in said["title_vi"]
    assert not any(word in said["title_vi"] for word in ("Must", "Not a", "valid ", "Length", "than"))


@pytest.mark.parametrize(
    ("said", "vi"),
    [
        ("a number from 1 to 50", "phải là số từ 1 đến 50"),
        ("Must be one of: online, post.", "Phải là một trong: online, post."),
        ("Missing data for required field.", "Thiếu thông tin bắt buộc."),
        ("{'a': ['Unknown field.']}", "{'a': ['Không có trường này.']}"),
        ("Giấy tờ thiếu chữ ký", "Giấy tờ thiếu chữ ký"),
    ],
)
def test_words_around_and_unknown_words_stay(said: str, vi: str) -> None:
    assert in_vietnamese(said) == vi
