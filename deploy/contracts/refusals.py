"""Everything that an agency's own system can be told is wrong: the code, when it comes, what to do about it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from deploy.contracts.problems import plain
from services.processing import problems
from shared.acts import TIME_IN_FUTURE, TIME_OUT_OF_TOLERANCE
from shared.entrypoints.answers import UNEXPECTED
from shared.entrypoints.http import UNSUPPORTED_CONTENT
from shared.errors import BUSY, FORBIDDEN, INVALID, MALFORMED, TOO_LARGE, UNAUTHENTICATED, Problem


@dataclass(frozen=True, slots=True)
class Advice:
    """A refusal, and what to do about it in both languages."""

    problem: Problem
    vi: str
    en: str


@dataclass(frozen=True, slots=True)
class Unread:
    """Why a message is no command from anybody, in both languages."""

    code: str
    vi: str
    en: str


_LOOK = (
    "Xem lại công đoạn trước khi gửi gì thêm; không gửi lại lệnh này.",
    "Look where the leg stands before you send anything else; do not send this again.",
)
_NOTHING = ("Không phải làm gì.", "Nothing is to be done.")
_PERSON = ("Chuyển cho người xử lý.", "Give it to a person.")
_CLOCK = (
    "Chỉnh đồng hồ, gửi lại với id mới.",
    "Set your clock right; send it again under a new id.",
)
_MEND = ("Sửa nội dung, gửi lại với id mới.", "Mend the content; send it again under a new id.")

OF_COMMANDS: Sequence[Advice] = (
    Advice(problems.SENDER_MISMATCH, *_MEND),
    Advice(problems.INVALID_DATA, *_MEND),
    Advice(TIME_IN_FUTURE, *_CLOCK),
    Advice(
        TIME_OUT_OF_TOLERANCE,
        "Gửi lại với id mới và thời điểm gửi, ghi thời điểm thật vào `note`. Lệnh gửi lại do `history-restored`: báo quản trị,"
        " rồi gửi lại đúng như cũ.",
        "Send it under a new id with the time of sending and say the true one in `note`. If `history-restored` asked for it:"
        " tell your operator, then send it again as it is.",
    ),
    Advice(
        problems.UNKNOWN_LEG,
        "Xem lại `leg`. Sau khi hệ thống khôi phục: giữ lệnh, gửi lại đúng như cũ khi công đoạn được giao lại.",
        "Look at `leg`. After a restore: keep the command, and send it as it is when the leg is handed over again.",
    ),
    Advice(problems.NOT_YOUR_LEG, *_PERSON),
    Advice(problems.LEG_ALREADY_CLOSED, *_LOOK),
    Advice(
        problems.LEG_ALREADY_ACCEPTED,
        "Với `accept-leg`: không phải làm gì. Với `recall-leg`: đã muộn, liên hệ cơ quan đang giữ công đoạn.",
        "To `accept-leg`: nothing is to be done. To `recall-leg`: it is too late, speak with the agency that has it.",
    ),
    Advice(
        problems.OUT_OF_TURN,
        "Gửi lệnh còn thiếu trước, rồi gửi lại lệnh này với id mới.",
        "Send the missing command first, then this one again under a new id.",
    ),
    Advice(
        problems.TIME_OUT_OF_ORDER,
        "Gửi lại với id mới và thời điểm không trước việc gần nhất.",
        "Send it under a new id, with a time not before the latest act.",
    ),
    Advice(
        problems.LEG_SUSPENDED,
        "Chờ thông báo `resumed`, rồi gửi lại với id mới.",
        "Wait for the notice `resumed`, then send it under a new id.",
    ),
    Advice(
        problems.NOT_AN_OPINION_LEG,
        "Kết thúc bằng `complete-leg` hoặc `return-leg`.",
        "End the leg with `complete-leg` or `return-leg`.",
    ),
    Advice(problems.OPINION_NEEDED, "Gửi `give-opinion`.", "Send `give-opinion`."),
    Advice(problems.OPINION_ALREADY_GIVEN, *_NOTHING),
    Advice(
        problems.OPINION_AFTER_TERM,
        "Im lặng đã được coi là đồng ý; có ý kiến khác thì chuyển cho người xử lý.",
        "Silence was taken for consent; if you think otherwise, give it to a person.",
    ),
    Advice(
        problems.RETURN_TO_SKIPPED_LEG,
        "Chọn một số trong `may_return_to`, hoặc 0.",
        "Name a number of `may_return_to`, or 0.",
    ),
    Advice(
        problems.RETURN_NOT_EARLIER,
        "Chọn một số trong `may_return_to`, hoặc 0.",
        "Name a number of `may_return_to`, or 0.",
    ),
    Advice(
        problems.UNKNOWN_AGENCY,
        "Nêu cơ quan đang hoạt động ở `to`, gửi lại với id mới.",
        "Name an agency in being in `to`; send it under a new id.",
    ),
    Advice(
        problems.TRANSFER_TO_ITSELF,
        "Nêu cơ quan khác ở `to`, gửi lại với id mới.",
        "Name another agency in `to`; send it under a new id.",
    ),
    Advice(
        problems.NOT_YOURS_TO_RECALL,
        "Chỉ nơi đã bàn giao (hoặc cơ quan kế thừa) được thu hồi.",
        "Only who handed it over, or its successor, may recall it.",
    ),
    Advice(
        problems.UNKNOWN_REQUEST,
        "Xem lại `request`. Sau khi hệ thống khôi phục: giữ lệnh, gửi lại đúng như cũ khi văn bản được gửi lại.",
        "Look at `request`. After a restore: keep the command, and send it as it is when the request comes again.",
    ),
    Advice(problems.NOT_ADDRESSED, *_PERSON),
    Advice(problems.REQUEST_RECEIVED, *_NOTHING),
    Advice(problems.REQUEST_ANSWERED, *_NOTHING),
    Advice(problems.REQUEST_WITHDRAWN, *_NOTHING),
    Advice(problems.BEFORE_THE_REQUEST, *_CLOCK),
    Advice(
        problems.PROPOSAL_WITHOUT_TARGET,
        "Gửi lại không có `proposal`, với id mới.",
        "Send it without `proposal`, under a new id.",
    ),
)
"""What a command can be refused with: on the agency's queue, and over HTTP as the answer too."""

OVER_HTTP: Sequence[Advice] = (
    Advice(
        MALFORMED,
        "`reason` nêu mã ở bảng trên: sửa, gửi lại.",
        "`reason` names a code of the table above: mend it, and send it again.",
    ),
    Advice(INVALID, "Sửa tham số truy vấn.", "Mend the query."),
    Advice(
        UNAUTHENTICATED,
        "Xem lại `Authorization: Bearer ...`; xin cấp lại nếu đã đổi.",
        "Look at `Authorization: Bearer ...`; ask for new secrets if yours were rotated.",
    ),
    Advice(
        FORBIDDEN,
        "Chỉ dùng địa chỉ của cơ quan mình.",
        "Use the addresses of your own agency alone.",
    ),
    Advice(problems.AGENCY_IS_PUSHED_TO, "Đọc hàng đợi của mình.", "Read your queue."),
    Advice(problems.CURSOR_UNKNOWN, "Bắt đầu lại không có `after`.", "Begin again without `after`."),
    Advice(problems.CURSOR_INVALID, "Dùng đúng `next` đã nhận.", "Use `next` as you were given it."),
    Advice(TOO_LARGE, "Gửi lệnh nhỏ hơn, với id mới.", "Send less, under a new id."),
    Advice(
        UNSUPPORTED_CONTENT,
        "Đặt `Content-Type: application/cloudevents+json`.",
        "Set `Content-Type: application/cloudevents+json`.",
    ),
    Advice(
        UNEXPECTED,
        "Gửi lại đúng như cũ, cùng id, sau khoảng chờ tăng dần.",
        "Send the same again, under the same id, after pauses that grow.",
    ),
    Advice(
        BUSY,
        "Gửi lại đúng như cũ, cùng id, sau khoảng chờ tăng dần.",
        "Send the same again, under the same id, after pauses that grow.",
    ),
)
"""What the two addresses for agencies without AMQP refuse besides."""

PUT_ASIDE: Sequence[Unread] = (
    Unread("not-json", "Thân không phải JSON, UTF-8", "The body is no JSON in UTF-8"),
    Unread(
        "not-cloudevents",
        "Thiếu thuộc tính bắt buộc, sai kiểu, hoặc `id` quá dài",
        "An attribute is missing or of another kind, or the `id` is too long",
    ),
    Unread("too-large", "Quá 1.000.000 byte", "More than 1,000,000 bytes"),
    Unread("unknown-type", "`type` không phải lệnh nào", "`type` is no command"),
    Unread(
        "unknown-version",
        "Phiên bản ở `dataschema` chưa có",
        "`dataschema` ends in a version that there is not",
    ),
    Unread(
        "header-mismatch",
        "Header hoặc routing key khác thân",
        "A header, or the routing key, differs from the body",
    ),
    Unread(
        "unverified-sender",
        "Thiếu `user_id`, hoặc cơ quan không được kết nối",
        "`user_id` is missing, or the agency is not connected",
    ),
)
"""What is put aside on the broker with no answer, since nobody knows whom to answer; over HTTP it is `malformed`."""

HEAD = """\
# Refusals: what an agency's own system can be told

*Mọi mã từ chối mà hệ thống của cơ quan có thể nhận, khi nào và phải làm gì. Chương trình quyết định theo mã; mã không đổi.*

Generated from the code, and complete: a test goes along all that a command passes through and compares. Decide by the
code, which does not change; show people the sentence. Words in braces stand for what the sentence names. How refusals
come is told in [the contract](agencies.md#when-a-command-is-refused).
"""
COMMANDS_HEAD = """
## Of commands

Trên hàng đợi là thông điệp `command-refused`; qua HTTP là câu trả lời. / On the queue as a `command-refused`, over HTTP as
the answer too.
"""
ASIDE_HEAD = """
## Of what cannot be read as a command

Trên broker không có câu trả lời: người vận hành thấy nó; sửa chương trình rồi gửi lại. Qua HTTP là `malformed`, có mã này
trong `reason`. / On the broker there is no answer: the operator sees it; mend the program, then send it again. Over HTTP it
is `malformed`, with this code in `reason`.
"""
HTTP_HEAD = """
## Over HTTP besides

`GET /v1/agencies/<agency id>/messages`, `POST /v1/agencies/<agency id>/commands`.
"""


def page() -> str:
    """Return the page of all refusals."""
    aside = ["| code | khi nào | when |", "| --- | --- | --- |"]
    aside += [f"| `{one.code}` | {one.vi} | {one.en} |" for one in PUT_ASIDE]
    parts = (
        HEAD,
        COMMANDS_HEAD,
        *_table(OF_COMMANDS),
        ASIDE_HEAD,
        *aside,
        HTTP_HEAD,
        *_table(OVER_HTTP),
    )
    return "\n".join(parts) + "\n"


def _table(advices: Iterable[Advice]) -> list[str]:
    lines = [
        "| code | HTTP | khi nào | phải làm gì | when | what to do |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for one in advices:
        problem = one.problem
        told = " | ".join((plain(problem.vi), one.vi, plain(problem.en), one.en))
        lines.append(f"| `{problem.code}` | {problem.status} | {told} |")
    return lines
