"""Why processing turns a command down. Codes are stable: agencies' systems decide by them."""

from __future__ import annotations

from shared.errors import Problem

UNKNOWN_LEG = Problem(
    "unknown-leg",
    404,
    "Không có công đoạn {leg}",
    "There is no leg {leg}",
)
NOT_YOUR_LEG = Problem(
    "not-your-leg",
    403,
    "Công đoạn {leg} không giao cho cơ quan {agency}",
    "The leg {leg} was not handed over to the agency {agency}",
)
LEG_ALREADY_CLOSED = Problem(
    "leg-already-closed",
    409,
    "Công đoạn {leg} đã kết thúc ({outcome})",
    "The leg {leg} has already ended ({outcome})",
)
LEG_ALREADY_ACCEPTED = Problem(
    "leg-already-accepted",
    409,
    "Công đoạn {leg} đã được tiếp nhận",
    "The leg {leg} was already accepted",
)
OUT_OF_TURN = Problem(
    "out-of-turn",
    409,
    "Chưa đến lượt lệnh {command}: phải có {missing} trước",
    "{command} is out of turn: {missing} must come first",
)
TIME_OUT_OF_ORDER = Problem(
    "time-out-of-order",
    422,
    "Thời điểm {asserted} trước việc gần nhất của công đoạn ({last})",
    "The time {asserted} lies before the latest act on the leg ({last})",
)
UNKNOWN_COMMAND = Problem(
    "unknown-command",
    404,
    "Không có lệnh {command}",
    "There is no command {command}",
)
INVALID_DATA = Problem(
    "invalid-data",
    422,
    "Nội dung lệnh không hợp lệ: {reason}",
    "The command's content is invalid: {reason}",
)
SENDER_MISMATCH = Problem(
    "sender-mismatch",
    403,
    "Tài khoản {account} không được gửi lệnh thay cho {source}",
    "The account {account} may not send commands for {source}",
)
