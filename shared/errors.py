"""Refusals: what people and machines get when something they sent cannot be done.

Each has a stable code and a sentence in Vietnamese and English, shown as RFC 9457 problem details.
Messages that cannot be handled have classes of failure of their own (`shared.messaging.consuming`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from shared.clock import local_text
from shared.wording import in_vietnamese

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
"""A time as we keep it: UTC text of fixed width."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A kind of refusal. `vi` and `en` are format strings over the refusal's facts."""

    code: str
    status: int
    vi: str
    en: str


class RefusedError(Exception):
    """A request that is understood and turned down; asking again in the same way changes nothing."""

    def __init__(self, problem: Problem, **facts: Any) -> None:
        self.problem = problem
        self.facts = facts
        super().__init__(f"{problem.code}: {problem.en.format(**facts)}")

    @property
    def code(self) -> str:
        """The stable code of the problem."""
        return self.problem.code

    def details(self) -> dict[str, Any]:
        """Return RFC 9457 problem details with the sentence in both languages, its times in Viet Nam time."""
        said = {name: _local(value) for name, value in self.facts.items()}
        return {
            "type": f"urn:lienthong:problem:{self.problem.code}",
            "code": self.problem.code,
            "status": self.problem.status,
            "title": self.problem.en.format(**said),
            "title_vi": self.problem.vi.format(**_in_vietnamese(said)),
            "facts": {name: str(value) for name, value in self.facts.items()},
        }


def _in_vietnamese(said: dict[str, Any]) -> dict[str, Any]:
    """Return the facts with the reason, which checks give in English."""
    return {**said, "reason": in_vietnamese(str(said["reason"]))} if "reason" in said else said


def _local(value: Any) -> Any:
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        return value
    return local_text(value)


class NotYetKnownError(Exception):
    """A message names reference data that has not arrived yet: it waits for it and is not parked for good."""

    def __init__(self, reference: str) -> None:
        self.reference = reference
        """What is missing, as `<kind>/<id>`, such as `process/1.001193`."""
        super().__init__(f"not known yet: {reference}")


MALFORMED = Problem(
    "malformed",
    400,
    "Dữ liệu gửi đến không đúng cấu trúc: {reason}",
    "What was sent is not well-formed: {reason}",
)
INVALID = Problem(
    "invalid",
    422,
    "Dữ liệu không hợp lệ ở {field}: {reason}",
    "Invalid data at {field}: {reason}",
)
TOO_LARGE = Problem(
    "too-large",
    413,
    "Dữ liệu gửi đến quá lớn: nhiều hơn {limit} byte",
    "What was sent is too large: more than {limit} bytes",
)
UNAUTHENTICATED = Problem(
    "unauthenticated",
    401,
    "Thiếu hoặc sai mã truy cập",
    "The access token is missing or wrong",
)
FORBIDDEN = Problem(
    "forbidden",
    403,
    "Vai trò {role} không được thực hiện việc này",
    "The role {role} may not do this",
)
NOT_FOUND = Problem(
    "not-found",
    404,
    "Không tìm thấy {what}",
    "{what} was not found",
)
BUSY = Problem(
    "temporarily-unavailable",
    503,
    "Hệ thống tạm thời chưa phục vụ được, xin thử lại sau",
    "Temporarily unavailable, please try again",
)
