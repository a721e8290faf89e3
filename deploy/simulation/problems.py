"""Why a simulation cannot be done. Codes are stable."""

from __future__ import annotations

from shared.errors import NotYetKnownError, Problem

NOTHING_RECORDED = Problem(
    "nothing-recorded",
    404,
    "Không có hồ sơ nào được ghi nhận trong phạm vi đã chọn",
    "No dossier is recorded in the range that was asked for",
)
PLAN_WITHOUT_CHANGES = Problem(
    "plan-without-changes",
    422,
    "Phương án {plan} không nêu thay đổi nào",
    "The plan {plan} changes nothing",
)
NOT_PLANNED = "not-planned"
"""The record has no way for the dossier."""
_MISSING = {
    "agency": "agency-unknown",
    "agency-of": "no-agency-of-kind",
    "competent-for": "no-competent-agency",
    "successor-of": "no-successor",
}
REASONS = {
    NOT_PLANNED: ("chưa được lập tuyến", "no way was planned"),
    "agency-unknown": ("cơ quan không có trong danh mục", "an agency is not in the register"),
    "no-agency-of-kind": ("không có cơ quan phụ trách địa bàn", "no agency of that kind for the area"),
    "no-competent-agency": ("không có cơ quan có thẩm quyền", "no agency is competent"),
    "no-successor": ("không có cơ quan kế thừa", "nobody succeeds an agency that ended"),
}
"""Why a dossier is left out, in both languages."""


def reason_of(error: NotYetKnownError) -> str:
    """Return the code of what a plan lacks."""
    return _MISSING[error.reference.partition("/")[0]]
