"""What the contract demands of a connector, each with the section that says so."""

from __future__ import annotations

from dataclasses import dataclass

READING = "docs/contracts/agencies.md#reading-hand-overs"
NOTICES = "docs/contracts/agencies.md#notices"
SENDING = "docs/contracts/agencies.md#sending-commands"
REFUSED = "docs/contracts/agencies.md#when-a-command-is-refused"
RESTORED = "docs/contracts/agencies.md#when-the-system-was-restored-from-a-backup"
REQUESTS = "docs/contracts/agencies.md#reminders-and-requests-for-a-report"
ACCOUNT = "docs/contracts/agencies.md#for-agencies-with-a-system-of-their-own"


@dataclass(frozen=True, slots=True)
class Rule:
    """One demand. Its code is stable."""

    code: str
    section: str
    vi: str
    en: str


RULES = (
    Rule("connects", ACCOUNT, "kết nối và đọc hàng đợi của mình", "connects and reads its own queue"),
    Rule("answers", f"{READING}, 3", "trả lời mọi bàn giao", "answers every hand-over"),
    Rule(
        "takes-once",
        f"{READING}, 2",
        "mỗi bàn giao chỉ nhận một lần dù đến nhiều lần",
        "takes each hand-over in once, however often it comes",
    ),
    Rule(
        "answers-again",
        f"{READING}, 3",
        "trả lời lại, cùng id, bàn giao đến lại",
        "answers a hand-over that comes again with the same commands",
    ),
    Rule(
        "source-and-id",
        f"{READING}, 2",
        "phân biệt thông điệp theo source và id",
        "knows a message by its source and id",
    ),
    Rule(
        "broker-ack",
        f"{READING}, 1",
        "xác nhận mọi thông điệp với broker",
        "acknowledges every message to the broker",
    ),
    Rule(
        "unknown-attributes",
        f"{READING}, 4",
        "bỏ qua thuộc tính và trường chưa biết",
        "passes over attributes and fields that it does not know",
    ),
    Rule(
        "unknown-version",
        f"{READING}, 8",
        "làm việc tiếp sau phiên bản hoặc loại chưa biết",
        "goes on after a version or type that it does not know",
    ),
    Rule(
        "notices",
        NOTICES,
        "không trả lời thông báo và làm việc tiếp",
        "answers no notice, and goes on after it",
    ),
    Rule(
        "refusals",
        REFUSED,
        "không trả lời lời từ chối, không gửi lại mãi, và làm việc tiếp",
        "answers no refusal, does not repeat the command, and goes on",
    ),
    Rule(
        "restored",
        RESTORED,
        "gửi lại đúng thứ tự, đúng id mọi lệnh đã gửi kể từ bản sao lưu",
        "after a restore, sends again all that it said since, in order and under the same ids",
    ),
    Rule(
        "requests",
        REQUESTS,
        "trả lời văn bản đôn đốc, yêu cầu báo cáo; không trả lời thông báo về văn bản đó",
        "answers reminders and requests for a report, and no notice about them",
    ),
    Rule("interleaved", READING, "làm nhiều hồ sơ xen kẽ", "keeps up with dossiers in any order"),
    Rule(
        "reconnects",
        SENDING,
        "kết nối lại sau khi đứt giữa chừng, gửi lại lệnh chưa được xác nhận",
        "connects again after a cut in the middle, and sends what was not confirmed",
    ),
    Rule(
        "restarts",
        f"{READING}, 1-2",
        "chết giữa chừng rồi chạy lại: không mất, không làm hai lần",
        "dies in the middle and starts again: loses nothing, does nothing twice",
    ),
    Rule("keeps-running", READING, "không tự dừng", "does not end by itself"),
    Rule(
        "causation",
        f"{SENDING}: causationid",
        "causationid là id của bàn giao cùng công đoạn",
        "causationid is the id of the hand-over of that leg",
    ),
    Rule(
        "user-id",
        f"{SENDING}: user_id",
        "user_id là tài khoản của cơ quan",
        "user_id is the agency's account",
    ),
    Rule(
        "message-id",
        f"{SENDING}: message_id",
        "message_id trùng id",
        "message_id is the same as the body's id",
    ),
    Rule(
        "content-type",
        f"{SENDING}: content_type",
        "content_type đúng",
        "content_type is application/cloudevents+json",
    ),
    Rule(
        "persistent",
        f"{SENDING}: delivery_mode",
        "lệnh được lưu bền (delivery_mode 2)",
        "commands are persistent (delivery_mode 2)",
    ),
    Rule(
        "routing-key",
        f"{SENDING}: routing key",
        "routing key là tên lệnh",
        "the routing key is the command",
    ),
    Rule("headers", f"{SENDING}: header", "bản sao ở header trùng thân", "copies in headers equal the body"),
    Rule(
        "body",
        f"{SENDING}: attributes",
        "thân là CloudEvents 1.0 đúng lược đồ",
        "the body is CloudEvents 1.0 and fits its schema",
    ),
    Rule("source", f"{SENDING}: source", "source là của cơ quan", "source is the agency"),
    Rule(
        "time",
        f"{SENDING}: time",
        "time có múi giờ, không ở tương lai, không quá 24 giờ",
        "time has an offset, is not in the future and at most 24 hours back",
    ),
    Rule(
        "one-id-one-command",
        f"{SENDING}: id",
        "một id không dùng cho hai lệnh khác nhau",
        "no id is used for two different commands",
    ),
    Rule(
        "accepts-first",
        f"{SENDING}: when",
        "làm, hoàn thành, yêu cầu chỉ sau accept-leg",
        "works, completes and requests only after accept-leg",
    ),
)
OF_COMMANDS = frozenset(rule.code for rule in RULES if rule.section.startswith(f"{SENDING}: "))
"""Rules about each single command: they cannot be judged when there was none."""
