"""The figures of the resolution report: what each counts, and its names.

After report II.06a (Circular 01/2020/TT-VPCP): received = in the period + carried over; resolved =
early + on time + late; in progress = within limit + overdue. The form's balance, received = resolved +
in progress, is not assumed: what does not balance stands in columns of its own. A dossier that the
desk stopped (status 8) is neither resolved nor in progress in that form, so it explains a part.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """A column that counts dossiers; `condition` is SQL over a dossier `d` and a period `p`."""

    key: str
    vi: str
    en: str
    condition: str


@dataclass(frozen=True, slots=True)
class Residual:
    """A column that is a difference of others."""

    key: str
    vi: str
    en: str
    whole: str
    parts: tuple[str, ...]


_BEFORE_CUT = "d.received_at < p.cut_at"
_IN_PERIOD = f"(d.received_at >= p.start_at AND {_BEFORE_CUT})"
_CARRIED = (
    "(d.received_at < p.start_at"
    " AND (d.resolved_at IS NULL OR d.resolved_at >= p.start_at)"
    " AND (d.stopped_at IS NULL OR d.stopped_at >= p.start_at))"
)
_RESOLVED = "(d.resolved_at >= p.start_at AND d.resolved_at < p.cut_at)"
_STOPPED = "(d.stopped_at >= p.start_at AND d.stopped_at < p.cut_at)"
_IN_PROGRESS = (
    f"({_BEFORE_CUT}"
    " AND (d.resolved_at IS NULL OR d.resolved_at >= p.cut_at)"
    " AND (d.stopped_at IS NULL OR d.stopped_at >= p.cut_at))"
)
# As verdicts are given: by the date in Viet Nam, for limits in hours by the minute.
_PAST_DUE = (
    "(d.due_at IS NOT NULL AND CASE WHEN d.limit_unit = 'working_hour'"
    " THEN d.due_at < p.as_of_minute ELSE d.due_on < p.as_of_date END)"
)

FIGURES = (
    Figure("received_total", "Tiếp nhận: tổng số", "Received: total", f"({_IN_PERIOD} OR {_CARRIED})"),
    Figure("received_in_period", "Tiếp nhận trong kỳ", "Received in the period", _IN_PERIOD),
    Figure(
        "received_online",
        "Trong kỳ: trực tuyến",
        "In the period: online",
        f"({_IN_PERIOD} AND d.channel = 'online')",
    ),
    Figure(
        "received_direct_or_post",
        "Trong kỳ: trực tiếp, bưu chính công ích",
        "In the period: direct or by public post",
        f"({_IN_PERIOD} AND d.channel <> 'online')",
    ),
    Figure("carried", "Từ kỳ trước chuyển sang", "Carried from the previous period", _CARRIED),
    Figure("resolved_total", "Đã giải quyết: tổng số", "Resolved: total", _RESOLVED),
    Figure(
        "resolved_early",
        "Đã giải quyết trước hạn",
        "Resolved early",
        f"({_RESOLVED} AND d.verdict = 'early')",
    ),
    Figure(
        "resolved_on_time",
        "Đã giải quyết đúng hạn",
        "Resolved on time",
        f"({_RESOLVED} AND d.verdict = 'on_time')",
    ),
    Figure(
        "resolved_late",
        "Đã giải quyết quá hạn",
        "Resolved late",
        f"({_RESOLVED} AND d.verdict = 'late')",
    ),
    Figure(
        "resolved_no_verdict",
        "Đã giải quyết, không có hạn",
        "Resolved, without a due time",
        f"({_RESOLVED} AND d.verdict = 'none')",
    ),
    Figure("stopped", "Dừng xử lý trong kỳ", "Stopped in the period", _STOPPED),
    Figure("in_progress_total", "Đang giải quyết: tổng số", "In progress: total", _IN_PROGRESS),
    Figure(
        "in_progress_within_limit",
        "Đang giải quyết trong hạn",
        "In progress within limit",
        f"({_IN_PROGRESS} AND NOT {_PAST_DUE})",
    ),
    Figure(
        "in_progress_overdue",
        "Đang giải quyết quá hạn",
        "In progress and overdue",
        f"({_IN_PROGRESS} AND {_PAST_DUE})",
    ),
)

RESIDUALS = (
    Residual(
        "residual_balance",
        "Chênh lệch: tiếp nhận − đã giải quyết − đang giải quyết",
        "Residual: received − resolved − in progress",
        "received_total",
        ("resolved_total", "in_progress_total"),
    ),
    Residual(
        "residual_unexplained",
        "Chênh lệch sau khi trừ hồ sơ dừng xử lý",
        "Residual less the stopped dossiers",
        "residual_balance",
        ("stopped",),
    ),
    Residual(
        "residual_verdict",
        "Chênh lệch: đã giải quyết − trước hạn − đúng hạn − quá hạn − không có hạn",
        "Residual: resolved − early − on time − late − without a due time",
        "resolved_total",
        ("resolved_early", "resolved_on_time", "resolved_late", "resolved_no_verdict"),
    ),
)

CONCERNS = f"({_IN_PERIOD} OR {_CARRIED} OR {_RESOLVED} OR {_STOPPED} OR {_IN_PROGRESS})"
"""Whether a dossier counts in a period at all."""
