"""The figures of the resolution report: what each counts, and its names.

After report II.06a (Circular 01/2020/TT-VPCP): received = in the period + carried over; resolved =
early + on time + late; in progress = within limit + overdue. The form's balance, received = resolved +
in progress, is not assumed: what does not balance stands in columns of its own. A dossier that the
desk stopped (status 8) is neither resolved nor in progress in that form, so it explains a part.
On time includes what its applicant withdrew (7), and within limit whatever waits while the clock stands
still: for papers (5), for money (6) or for a public notice. Those of 5 and 6 stand in columns of their own.
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


_ENDS = ("resolved_at", "stopped_at", "withdrawn_at")


def _open_at(moment: str) -> str:
    return " AND ".join(f"(d.{end} IS NULL OR d.{end} >= {moment})" for end in _ENDS)


def _in(column: str) -> str:
    return f"(d.{column} >= p.start_at AND d.{column} < p.cut_at)"


def _stands_still(kinds: str) -> str:
    """The dossier's clock stands still at the cut, for one of these reasons."""
    return (
        "(CASE WHEN d.pauses = 0 THEN false ELSE EXISTS (SELECT 1 FROM pause_v# s"  # noqa: S608 - our own words
        f" WHERE s.root_id = d.root_id AND s.kind IN ({kinds}) AND s.paused_at < p.cut_at"
        " AND (s.resumed_at IS NULL OR s.resumed_at >= p.cut_at)) END)"
    )


def due(column: str) -> str:
    """The due time, or date, as it stood at the cut."""
    return (
        f"CASE WHEN d.due_moves = 0 THEN d.{column} ELSE coalesce((SELECT m.{column} FROM appointment_v# m"  # noqa: S608 - our own words
        " WHERE m.root_id = d.root_id AND m.moved_at < p.cut_at"
        f" ORDER BY m.moved_at DESC, m.position DESC LIMIT 1), d.first_{column}) END"
    )


_BEFORE_CUT = "d.received_at < p.cut_at"
_IN_PERIOD = _in("received_at")
_CARRIED = f"(d.received_at < p.start_at AND {_open_at('p.start_at')})"
_FINISHED = _in("resolved_at")
_WITHDRAWN = f"(d.resolved_at IS NULL AND {_in('withdrawn_at')})"
RESOLVED = f"({_FINISHED} OR {_WITHDRAWN})"
_STOPPED = _in("stopped_at")
_IN_PROGRESS = f"({_BEFORE_CUT} AND {_open_at('p.cut_at')})"
_AWAITS_PAPERS = _stands_still("'supplement'")
_AWAITS_MONEY = _stands_still("'payment'")
_CLOCK_STANDS = _stands_still("'supplement', 'payment', 'posting'")
# As verdicts are given: by the date in Viet Nam, for limits in hours by the minute.
_PAST_DUE = (
    f"(NOT {_CLOCK_STANDS} AND coalesce(CASE WHEN d.limit_unit = 'working_hour'"
    f" THEN {due('due_at')} < p.as_of_minute ELSE {due('due_on')} < p.as_of_date END, false))"
)

RESOLVED_LATE = f"({_FINISHED} AND d.verdict = 'late')"
OVERDUE = f"({_IN_PROGRESS} AND {_PAST_DUE})"
RECEIVED_IN_PERIOD = _IN_PERIOD
IN_PROGRESS = _IN_PROGRESS
WITHOUT_DUE = (
    f"coalesce(({_FINISHED} AND d.verdict = 'none')"
    f" OR ({_IN_PROGRESS} AND d.first_due_on IS NULL AND {due('due_on')} IS NULL), false)"
)
"""Resolved or in progress, and nobody can say whether in time: the procedure states no limit."""

STATUS_GROUP = (
    "CASE WHEN d.resolved_at < p.cut_at THEN 'done' WHEN d.withdrawn_at < p.cut_at THEN 'returned'"
    f" WHEN d.stopped_at < p.cut_at THEN 'stopped' WHEN {_AWAITS_PAPERS} THEN 'supplement'"
    f" WHEN {_AWAITS_MONEY} THEN 'stopped' ELSE 'in_progress' END"
)
"""The status group in which a dossier stands at the cut, as software of one-stop desks groups the codes
for this report: in progress 2 and 4, done 9 and 10, returned 7, supplement 5, stopped 6 and 8."""

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
    Figure("resolved_total", "Đã giải quyết: tổng số", "Resolved: total", RESOLVED),
    Figure(
        "resolved_early",
        "Đã giải quyết trước hạn",
        "Resolved early",
        f"({_FINISHED} AND d.verdict = 'early')",
    ),
    Figure(
        "resolved_on_time",
        "Đã giải quyết đúng hạn",
        "Resolved on time",
        f"(({_FINISHED} AND d.verdict = 'on_time') OR {_WITHDRAWN})",
    ),
    Figure(
        "resolved_late",
        "Đã giải quyết quá hạn",
        "Resolved late",
        RESOLVED_LATE,
    ),
    Figure(
        "resolved_no_verdict",
        "Đã giải quyết, không có hạn",
        "Resolved, without a due time",
        f"({_FINISHED} AND d.verdict = 'none')",
    ),
    Figure("withdrawn", "Trong đúng hạn: rút hồ sơ", "Of those on time: withdrawn", _WITHDRAWN),
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
        OVERDUE,
    ),
    Figure(
        "awaiting_supplement",
        "Trong hạn: chờ bổ sung giấy tờ",
        "Of those within limit: awaiting papers",
        f"({_IN_PROGRESS} AND {_AWAITS_PAPERS})",
    ),
    Figure(
        "awaiting_payment",
        "Trong hạn: chờ nộp nghĩa vụ tài chính",
        "Of those within limit: awaiting a payment",
        f"({_IN_PROGRESS} AND {_AWAITS_MONEY})",
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

CONCERNS = f"({_IN_PERIOD} OR {_CARRIED} OR {RESOLVED} OR {_STOPPED} OR {_IN_PROGRESS})"
"""Whether a dossier counts in a period at all."""
