"""What each type of message says in a dossier's history: one line in each language.

`{agency}` is the name of the agency that the message is about; other words are fields of its data.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.statistics.projection.moments import local_date, moment
from services.statistics.projection.rows import Document

LINES: Mapping[str, tuple[str, str]] = {
    "lienthong.intake.dossier-submitted": (
        "Nộp hồ sơ tại {desk}, kênh {channel_vi}",
        "Filed at {desk}, channel {channel_en}",
    ),
    "lienthong.intake.dossier-received": (
        "Tiếp nhận hồ sơ {code}, hẹn trả {due}",
        "Received as {code}, result due {due}",
    ),
    "lienthong.intake.dossier-refused": ("Từ chối tiếp nhận: {reason}", "Not received: {reason}"),
    "lienthong.intake.dossier-resolved": (
        "Đã xử lý xong, {verdict_vi}; hẹn trả {due}",
        "Resolved, {verdict_en}; was due {due}",
    ),
    "lienthong.intake.dossier-stopped": ("Dừng xử lý: {reason}", "Stopped: {reason}"),
    "lienthong.intake.dossier-sent-on": ("Luân chuyển tiếp: {note}", "Sent on again: {note}"),
    "lienthong.intake.result-handed-back": (
        "Đã trả kết quả, hình thức {manner_vi}",
        "Result handed back, manner {manner_en}",
    ),
    "lienthong.intake.internal-event": ("Việc nội bộ của tiếp nhận", "An internal matter of intake"),
    "lienthong.routing.itinerary-planned": (
        "Lập lộ trình {legs} công đoạn theo quy trình {process}, phiên bản {version}",
        "Way of {legs} legs planned after process {process}, version {version}",
    ),
    "lienthong.routing.leg-opened": (
        "{direction_vi} {agency}: công đoạn {number}/{of} {name_vi}, lần {attempt}, hạn {due}",
        "{direction_en} {agency}: leg {number}/{of} {name_en}, attempt {attempt}, due {due}",
    ),
    "lienthong.routing.leg-closed": (
        "Kết thúc công đoạn {number} tại {agency}: {outcome_vi}",
        "Leg {number} at {agency} ended: {outcome_en}",
    ),
    "lienthong.routing.itinerary-completed": (
        "Các cơ quan đã làm xong mọi công đoạn",
        "Every leg is done",
    ),
    "lienthong.routing.itinerary-returned": (
        "{agency} trả hồ sơ về bộ phận một cửa: {reason}",
        "{agency} sent it back to the desk: {reason}",
    ),
    "lienthong.routing.internal-event": ("Việc nội bộ của luân chuyển", "An internal matter of routing"),
    "lienthong.processing.leg-handed-over": (
        "Bàn giao cho {agency} qua {by_vi}",
        "Handed over to {agency} by {by_en}",
    ),
    "lienthong.processing.leg-acknowledged": ("{agency} xác nhận đã nhận", "{agency} acknowledged it"),
    "lienthong.processing.leg-accepted": ("{agency} nhận xử lý", "{agency} took it on"),
    "lienthong.processing.work-recorded": ("{agency}: {step}", "{agency}: {step}"),
    "lienthong.processing.leg-completed": ("{agency} làm xong phần việc", "{agency} did its part"),
    "lienthong.processing.leg-returned": ("{agency} trả lại: {reason}", "{agency} returned it: {reason}"),
    "lienthong.processing.leg-overdue": (
        "{agency} quá hạn công đoạn (hạn {due})",
        "{agency} is overdue with its leg (due {due})",
    ),
    "lienthong.processing.internal-event": ("Việc nội bộ của xử lý", "An internal matter of processing"),
}

_WORDS: Mapping[str, tuple[str, str]] = {
    "direct": ("trực tiếp", "direct"),
    "online": ("trực tuyến", "online"),
    "post": ("bưu chính công ích", "public post"),
    "early": ("trước hạn", "early"),
    "on_time": ("đúng hạn", "on time"),
    "late": ("quá hạn", "late"),
    "none": ("không có hạn", "without a due time"),
    "completed": ("hoàn thành", "completed"),
    "returned": ("trả lại", "returned"),
    "up": ("Chuyển lên", "Up to"),
    "down": ("Chuyển xuống", "Down to"),
    "peer": ("Chuyển ngang cấp đến", "Across to"),
    "inside": ("Chuyển nội bộ đến", "Inside, to"),
    "queue": ("hàng đợi", "queue"),
    "worklist": ("danh sách công việc", "worklist"),
}
_TRANSLATED = ("channel", "verdict", "manner", "outcome", "by", "direction")


def describe(document: Document, agency_names: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """Return what a message says, as {"vi": ..., "en": ...}; agencies without a name go by their id."""
    lines = LINES.get(document["type"])
    if lines is None:
        return {"vi": document["type"], "en": document["type"]}
    words = _words(document["data"])
    return {
        language: line.format_map({**words, **_agencies(document["data"], agency_names, number)})
        for number, (language, line) in enumerate(zip(("vi", "en"), lines, strict=True))
    }


def agencies_of(document: Document) -> set[str]:
    """Return the ids of the agencies that the line of a message names."""
    return {value for key in ("agency", "desk") if (value := document["data"].get(key)) is not None}


def _agencies(
    data: Mapping[str, Any],
    names: Mapping[str, tuple[str, str]],
    language: int,
) -> dict[str, str]:
    ids = {key: data[key] for key in ("agency", "desk") if key in data}
    return {key: names[value][language] if value in names else value for key, value in ids.items()}


def _words(data: Mapping[str, Any]) -> dict[str, Any]:
    words = dict(data)
    for key in _TRANSLATED:
        if key in data:
            words[f"{key}_vi"], words[f"{key}_en"] = _WORDS.get(data[key], (data[key], data[key]))
    if "name" in data:
        words["name_vi"], words["name_en"] = data["name"]["vi"], data["name"]["en"]
    if "due_at" in data:
        due_at = data["due_at"]
        words["due"] = "—" if due_at is None else _day(moment(due_at))
    if isinstance(data.get("legs"), list):
        words["legs"] = len(data["legs"])
    return words


def _day(moment_text: str) -> str:
    year, month, day = local_date(moment_text).split("-")
    return f"{day}/{month}/{year}"
