"""Fields of process definitions that take one of several forms."""

from __future__ import annotations

import re
from typing import Any

from marshmallow import ValidationError, fields

from shared.contracts.routing import LEVELS

WORDS = ("receiver", "applicant", "competent")
_WORD = re.compile(r"[^\x00-\x1f\x7f]{1,60}")


def is_word(value: Any) -> bool:
    """Return whether a value is a short text of one line."""
    return isinstance(value, str) and _WORD.fullmatch(value) is not None


def _is_agency(value: Any) -> bool:
    """Whether the value names an agency by id, or by kind and level."""
    if not isinstance(value, dict) or not all(is_word(part) for part in value.values()):
        return False
    return set(value) == {"id"} or (set(value) == {"kind", "level"} and value["level"] in LEVELS)


class EntryChoice(fields.Field[Any]):
    """Which desks may receive: `{id: ...}`, or `{kind: ..., level: ...}`."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:  # noqa: ARG002
        if _is_agency(value):
            return value
        raise ValidationError("neither {id} nor {kind, level}")


class Choice(fields.Field[Any]):
    """How a leg names its agency: a word, `{id: ...}`, `{kind: ..., level: ...}`, or `{leg: ...}`."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:  # noqa: ARG002
        if value in WORDS or _is_agency(value):
            return value
        if isinstance(value, dict) and set(value) == {"leg"} and is_word(value["leg"]):
            return value
        raise ValidationError(f"neither one of {', '.join(WORDS)}, nor {{id}}, {{kind, level}} or {{leg}}")


class Condition(fields.Dict):
    """A condition on a dossier's facts; whether it can be read, `shared.conditions` says."""


class Join(fields.Field[Any]):
    """How many of the legs before must be done: `all`, `any`, or a number from 1 on."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:  # noqa: ARG002
        if isinstance(value, str) and value in {"all", "any"}:
            return value
        if isinstance(value, int) and not isinstance(value, bool) and value >= 1:
            return value
        raise ValidationError("neither all, nor any, nor a number from 1 on")
