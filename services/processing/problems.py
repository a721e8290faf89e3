"""Why processing turns a command down. Codes are stable: agencies' systems decide by them."""

from __future__ import annotations

from shared.acts import TIME_OUT_OF_TOLERANCE
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
NOT_AN_OPINION_LEG = Problem(
    "not-an-opinion-leg",
    409,
    "Công đoạn {leg} không phải là công đoạn lấy ý kiến",
    "The leg {leg} does not ask for an opinion",
)
OPINION_NEEDED = Problem(
    "opinion-needed",
    409,
    "Công đoạn {leg} lấy ý kiến: chỉ kết thúc bằng give-opinion, không dùng {command}",
    "The leg {leg} asks for an opinion: give-opinion ends it, {command} does not apply",
)
OPINION_ALREADY_GIVEN = Problem(
    "opinion-already-given",
    409,
    "Đã cho ý kiến ở công đoạn {leg}",
    "The opinion on the leg {leg} was already given",
)
OPINION_AFTER_TERM = Problem(
    "opinion-after-term",
    409,
    "Đã quá thời hạn cho ý kiến ({due_at}): im lặng được coi là đồng ý ở công đoạn {leg}",
    "The time for an opinion has passed ({due_at}): silence was consent on the leg {leg}",
)
LEG_SUSPENDED = Problem(
    "leg-suspended",
    409,
    "Công đoạn {leg} đang tạm dừng ({waits_for})",
    "The leg {leg} waits for the applicant ({waits_for})",
)
UNKNOWN_AGENCY = Problem(
    "unknown-agency",
    422,
    "Không có cơ quan {agency} đang hoạt động",
    "There is no agency {agency} that is still in being",
)
TRANSFER_TO_ITSELF = Problem(
    "transfer-to-itself",
    422,
    "Công đoạn {leg} đang ở chính cơ quan {agency}",
    "The leg {leg} already lies before the agency {agency}",
)
NOT_YOURS_TO_RECALL = Problem(
    "not-yours-to-recall",
    403,
    "Cơ quan {agency} không phải là nơi bàn giao công đoạn {leg}",
    "The agency {agency} did not hand the leg {leg} over",
)
RETURN_TO_SKIPPED_LEG = Problem(
    "return-to-skipped-leg",
    422,
    "Hồ sơ không qua công đoạn số {to}",
    "The dossier did not pass the leg number {to}",
)
RETURN_NOT_EARLIER = Problem(
    "return-not-earlier",
    422,
    "Công đoạn số {to} không phải là công đoạn đã qua trước công đoạn này",
    "The leg number {to} is none that was done before this one",
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
AGENCY_HAS_NO_SYSTEM = Problem(
    "agency-has-no-system",
    409,
    "Cơ quan {agency} được đăng ký là làm việc trên danh sách việc, không có hệ thống riêng",
    "The agency {agency} is registered as one that uses the worklist and has no system of its own",
)
ALREADY_ENROLLED = Problem(
    "already-enrolled",
    409,
    "Cơ quan {agency} đã có tài khoản từ {since}; `rotate` cấp mật khẩu mới",
    "The agency {agency} has had an account since {since}; `rotate` makes new secrets",
)
NOT_ENROLLED = Problem(
    "not-enrolled",
    404,
    "Cơ quan {agency} không có tài khoản đang dùng",
    "The agency {agency} has no account in use",
)
ACCOUNT_HAS_UNANSWERED = Problem(
    "account-has-unanswered",
    409,
    "Cơ quan {agency} còn {unanswered} bàn giao chưa trả lời",
    "The agency {agency} has {unanswered} unanswered hand-overs",
)
NO_TARGET = Problem(
    "no-target",
    404,
    "Chưa có chỉ tiêu {indicator} cho năm {year}",
    "There is no target for {indicator} in {year}",
)
UNKNOWN_REPLAY = Problem(
    "unknown-replay",
    404,
    "Không có lần gửi lại {replay}",
    "There is no replay {replay}",
)
REPLAY_UNDER_WAY = Problem(
    "replay-under-way",
    409,
    "Đang có lần gửi lại {replay} tới {agency}, do {by} bắt đầu lúc {since} ({reason})",
    "The replay {replay} to {agency} is under way, begun by {by} at {since} ({reason})",
)
REPLAY_IS_OVER = Problem(
    "replay-is-over",
    409,
    "Lần gửi lại {replay} đã kết thúc ({state})",
    "The replay {replay} is over ({state})",
)
NOTHING_TO_REPLAY = Problem(
    "nothing-to-replay",
    422,
    "Không có thông điệp nào đã gửi tới {agency} khớp với điều kiện chọn",
    "Nothing that was sent to {agency} matches the selection",
)
UNKNOWN_REPLAY_ACT = Problem(
    "unknown-replay-act",
    404,
    "Không có việc {act} đối với một lần gửi lại",
    "There is nothing named {act} to be done with a replay",
)
UNKNOWN_DOSSIER = Problem(
    "unknown-dossier",
    404,
    "Không có hồ sơ {dossier} nào đã giao cho một cơ quan",
    "No dossier {dossier} was ever handed to an agency",
)
AGENCY_IS_PUSHED_TO = Problem(
    "agency-is-pushed-to",
    409,
    "Cơ quan {agency} nhận thông điệp trên hàng đợi, không lấy qua HTTP; quản trị viên có thể đổi cách nhận",
    "The agency {agency} gets its messages on its queue, not over HTTP; an administrator can change the way",
)
CURSOR_UNKNOWN = Problem(
    "cursor-unknown",
    409,
    "Con trỏ {cursor} chưa từng được cấp (mới nhất là {last}); hãy bắt đầu lại không có con trỏ",
    "The cursor {cursor} was never given (the newest is {last}); begin again without one",
)
NOT_PARKED = Problem(
    "not-parked",
    409,
    "Thông điệp {message} không còn nằm ở bãi chờ",
    "The message {message} is not parked, or no longer",
)
CURSOR_INVALID = Problem(
    "cursor-invalid",
    422,
    "Con trỏ {cursor} không hợp lệ; dùng trường next của lần lấy trước",
    "{cursor} is no cursor; use the field next of the page before",
)
UNKNOWN_REQUEST = Problem(
    "unknown-request",
    404,
    "Không có văn bản đôn đốc hay yêu cầu báo cáo {request}",
    "There is no reminder or request {request}",
)
REQUEST_REFERENCE_TAKEN = Problem(
    "request-reference-taken",
    409,
    "{issuer} đã dùng số {reference} cho một văn bản khác",
    "{issuer} has used the reference {reference} for another request",
)
NOT_UNDER_ISSUER = Problem(
    "not-under-issuer",
    403,
    "Cơ quan {agency} không thuộc phạm vi mà {issuer} được đôn đốc",
    "The agency {agency} is not among those that {issuer} may ask",
)
NOT_YOURS_TO_STEER = Problem(
    "not-yours-to-steer",
    403,
    "Văn bản {reference} thuộc về {owner}",
    "The request {reference} is for {owner} to steer",
)
NOT_ADDRESSED = Problem(
    "not-addressed",
    403,
    "Văn bản {reference} không gửi cho cơ quan {agency}",
    "The request {reference} was not addressed to the agency {agency}",
)
REQUEST_RECEIVED = Problem(
    "request-already-received",
    409,
    "{agency} đã xác nhận nhận văn bản {reference}",
    "{agency} has already received the request {reference}",
)
REQUEST_ANSWERED = Problem(
    "request-already-answered",
    409,
    "{agency} đã trả lời văn bản {reference}",
    "{agency} has already answered the request {reference}",
)
REQUEST_WITHDRAWN = Problem(
    "request-is-withdrawn",
    409,
    "Văn bản {reference} đã được thu hồi: {reason}",
    "The request {reference} was withdrawn: {reason}",
)
REQUEST_CONSOLIDATED = Problem(
    "request-already-consolidated",
    409,
    "Trả lời văn bản {reference} đã được tổng hợp lúc {at}",
    "The answers to the request {reference} were put together at {at}",
)
BEFORE_THE_REQUEST = Problem(
    "before-the-request",
    422,
    "Thời điểm {asserted} trước khi văn bản được ban hành ({issued})",
    "The time {asserted} lies before the request was issued ({issued})",
)
PROPOSAL_WITHOUT_TARGET = Problem(
    "proposal-without-target",
    422,
    "Văn bản {reference} không nói về một chỉ tiêu: không đề xuất điều chỉnh được",
    "The request {reference} is about no target: none can be proposed",
)
NO_PROPOSAL = Problem(
    "no-proposal",
    409,
    "{agency} không đề xuất điều chỉnh chỉ tiêu trong trả lời văn bản {reference}",
    "{agency} proposed no target in answer to the request {reference}",
)
PROPOSAL_DECIDED = Problem(
    "proposal-already-decided",
    409,
    "Đề xuất của {agency} theo văn bản {reference} đã được quyết định",
    "What {agency} proposed in answer to the request {reference} was already decided",
)
REQUEST_DUE_BEFORE_ISSUED = Problem(
    "request-due-before-issued",
    422,
    "Hạn trả lời {due_on} trước ngày ban hành",
    "The last day {due_on} lies before the day of issue",
)
UNKNOWN_REQUEST_ACT = Problem(
    "unknown-request-act",
    404,
    "Không có việc {act} đối với một văn bản đôn đốc hay yêu cầu báo cáo",
    "There is nothing named {act} to be done with a request",
)
NO_FIGURE = Problem(
    "no-entered-figure",
    404,
    "Chưa có số liệu {figure} của {agency} từ {first} đến {last}",
    "Nobody entered {figure} of {agency} from {first} to {last}",
)
FIGURE_PERIOD_INVALID = Problem(
    "figure-period-invalid",
    422,
    "Kỳ từ {first} đến {last} không hợp lệ: ngày cuối trước ngày đầu, hoặc chưa đến",
    "The period from {first} to {last} is none: it ends before it begins, or is not over",
)
NOT_YOUR_FIGURE = Problem(
    "not-your-figure",
    403,
    "Số liệu của {agency} không thuộc thẩm quyền của {by}",
    "Figures of {agency} are not for {by} to enter, check or lock",
)
FIGURE_ENTERED = Problem(
    "figure-already-entered",
    409,
    "Số liệu {figure} của {agency} từ {first} đến {last} đã nhập: hãy đính chính",
    "{figure} of {agency} from {first} to {last} was entered already: correct it",
)
FIGURE_CHECKED = Problem(
    "figure-already-checked",
    409,
    "Số liệu {figure} của {agency} từ {first} đến {last} đã được kiểm tra",
    "{figure} of {agency} from {first} to {last} was checked already",
)
FIGURE_CHECKED_BY_ITS_AUTHOR = Problem(
    "figure-checked-by-its-author",
    403,
    "Người nhập số liệu {figure} của {agency} từ {first} đến {last} không được tự kiểm tra",
    "Who entered {figure} of {agency} from {first} to {last} may not check it",
)
FIGURE_NOT_CHECKED = Problem(
    "figure-not-checked",
    409,
    "Số liệu {figure} của {agency} từ {first} đến {last} chưa được kiểm tra",
    "{figure} of {agency} from {first} to {last} was not checked yet",
)
FIGURE_LOCKED = Problem(
    "figure-is-locked",
    409,
    "Số liệu {figure} của {agency} từ {first} đến {last} đã khóa",
    "{figure} of {agency} from {first} to {last} is locked",
)
BEFORE_THE_FIGURE = Problem(
    "before-the-figure",
    422,
    "Thời điểm {asserted} trước lần thay đổi gần nhất của số liệu ({at})",
    "The time {asserted} lies before the figure's last change ({at})",
)

FOR_NOW = frozenset({UNKNOWN_LEG.code, UNKNOWN_REQUEST.code, TIME_OUT_OF_TOLERANCE.code})
"""Refusals for the time being: a command that was refused so counts as new when it is sent again.

After a restore agencies repeat, under their ids, what they said of legs that come to be known again later,
and as of times that are believed once an operator has set another tolerance."""
