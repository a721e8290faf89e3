"""A report as the paragraph that official letters print, with its own figures: in Vietnamese, then in English."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from services.statistics.papers.form_06a import balances
from services.statistics.papers.labels import LEVELS, Answer, Row, label
from services.statistics.papers.numbers import NO_DATA, day, number, per_cent, shown
from services.statistics.papers.paper import printable
from services.statistics.papers.plain import columns_of, title
from services.statistics.reports.durations import in_words
from services.statistics.reports.periods import unit_in
from services.statistics.reports.ratios import percent

Said = tuple[str, str]
"""Sentences in Vietnamese and English."""

_LEVELS_EN = {"province": "province", "district": "district", "commune": "commune"}


def as_text(answer: Answer) -> bytes:
    """Return the sentences, the whole first, then a line for each row that the report is divided into."""
    say = _SENTENCES.get(answer["report"])
    said = say(answer) if say else _figures(answer)
    return (
        "\n\n".join(f"{head}{text}" for head, text in zip(_heads(answer), said, strict=True)).encode() + b"\n"
    )


def _heads(answer: Answer) -> Said:
    first, last = day(answer["from"]), day(answer["to"])
    return f"Từ ngày {first} đến ngày {last}, ", f"From {first} to {last}, "


def _resolution(answer: Answer) -> Said:
    total = answer["total"] if answer["by"] else next(iter(answer["rows"]), None)
    if total is None and unit_in(answer["by"]) and answer["rows"]:
        whole = "số liệu theo từng kỳ như sau.", "the figures period by period are these."
    elif total is None or not answer["rows"]:
        return _nothing()
    else:
        whole = _resolved(total)
    rows = answer["rows"] if answer["by"] else ()
    return _lines(whole, [_labelled(answer, row, _resolved(row)) for row in rows])


def _resolved(row: Row) -> Said:
    in_time, resolved = row["resolved_early"] + row["resolved_on_time"], row["resolved_total"]
    timely, late = _share(in_time, resolved), _share(row["resolved_late"], resolved)
    left_vi = "".join(
        f" Cân đối {one.columns} của biểu II.06a còn chênh lệch {number(one.left)} hồ sơ"
        f" (trong đó {one.reason}: {number(one.explained)})."
        for one in balances(row)
        if one.left or one.explained
    )
    left_en = "".join(
        f" The balance {one.columns} of form II.06a leaves {number(one.left)} over,"
        f" of which explained: {number(one.explained)}."
        for one in balances(row)
        if one.left or one.explained
    )
    return (
        (
            f"tiếp nhận {number(row['received_total'])} hồ sơ (trong kỳ {number(row['received_in_period'])}, trong đó"
            f" trực tuyến {number(row['received_online'])}; từ kỳ trước chuyển sang {number(row['carried'])});"
            f" đã giải quyết {number(resolved)} hồ sơ, trong đó trước hạn và đúng hạn {number(in_time)} hồ sơ"
            f" ({timely[0]}), quá hạn {number(row['resolved_late'])} hồ sơ ({late[0]});"
            f" đang giải quyết {number(row['in_progress_total'])} hồ sơ, trong đó quá hạn"
            f" {number(row['in_progress_overdue'])} hồ sơ.{left_vi}"
        ),
        (
            f"{number(row['received_total'])} dossiers were received ({number(row['received_in_period'])} in the period,"
            f" {number(row['received_online'])} of those online; {number(row['carried'])} carried over);"
            f" {number(resolved)} were resolved, {number(in_time)} of those early or on time"
            f" ({timely[1]}) and {number(row['resolved_late'])} late ({late[1]});"
            f" {number(row['in_progress_total'])} are in progress, {number(row['in_progress_overdue'])} of those"
            f" overdue.{left_en}"
        ),
    )


def _online(answer: Answer) -> Said:
    total = answer["total"]
    if total is None or not answer["rows"]:
        return _nothing() if not answer["rows"] else _figures(answer)
    ratio = _ratio(total["ratio_resolved"])
    online, whole = number(total["resolved_online"]), number(total["resolved"])
    vi = f"tỷ lệ hồ sơ dịch vụ công trực tuyến trên tổng số hồ sơ giải quyết: {ratio[0]} ({online}/{whole} hồ sơ)."
    en = f"online dossiers among all that were resolved: {ratio[1]} ({online} of {whole})."
    levels = [_level(level) for level in answer.get("units", ()) if level["target"] is not None]
    rows = answer["rows"] if answer["by"] else ()
    return _lines((vi, en), [*levels, *(_labelled(answer, row, _of_unit(row)) for row in rows)])


def _level(level: Mapping[str, Any]) -> Said:
    reached, judged = number(level["reached"]), number(level["judged"])
    target, without = number(Decimal(level["target"])), number(level["without_data"])
    vi = f"{LEVELS[level['level']]}: {reached}/{judged} đơn vị đạt từ {target} % trở lên"
    en = f"Level {_LEVELS_EN[level['level']]}: {reached} of {judged} units reach {target} %"
    if level["without_data"]:
        vi, en = f"{vi}; {without} đơn vị không có số liệu", f"{en}; {without} have no data"
    return f"{vi}.", f"{en}."


def _of_unit(row: Row) -> Said:
    vi, en = _ratio(row["ratio_resolved"])
    of = f"{number(row['resolved_online'])}/{number(row['resolved'])}"
    return f"{vi} ({of} hồ sơ).", f"{en} ({of} dossiers)."


def _lateness(answer: Answer) -> Said:
    total = answer["total"]
    late, time = number(total["dossiers"]), in_words(total["minutes"])
    return _lines(
        (
            f"có {late} hồ sơ quá hạn, tổng thời gian quá hạn {time['vi']}.",
            f"{late} dossiers were late, by {time['en']} in all.",
        ),
        [_part(row) for row in answer["rows"]],
    )


def _part(row: Row) -> Said:
    name, dossiers = row["names"]["holder"], number(row["dossiers"])
    return (
        f"{printable(name['vi'])}: {dossiers} hồ sơ, {row['time']['vi']}.",
        f"{printable(name['en'])}: {dossiers} dossiers, {row['time']['en']}.",
    )


def _requests(answer: Answer) -> Said:
    total = answer["total"]
    if total is None:
        return _nothing()
    asked, in_time = number(total["asked"]), number(total["answered_in_time"])
    late, missing = number(total["answered_late"]), number(total["unanswered_late"])
    share = _ratio(total["ratio_in_time"])
    whole = (
        (
            f"{asked} lượt đơn vị được đôn đốc, yêu cầu báo cáo: {in_time} trả lời đúng hạn ({share[0]}), {late} trả lời"
            f" quá hạn, {missing} quá hạn chưa trả lời, {number(total['pending'])} còn hạn,"
            f" {number(total['withdrawn'])} đã thu hồi; {number(total['proposals'])} đề xuất điều chỉnh chỉ tiêu"
            f" ({number(total['approved'])} được chấp thuận)."
        ),
        (
            f"{asked} addressees were asked: {in_time} answered in time ({share[1]}), {late} late; {missing} are late and"
            f" unanswered, {number(total['pending'])} still have time, {number(total['withdrawn'])} need not answer;"
            f" {number(total['proposals'])} targets were proposed ({number(total['approved'])} approved)."
        ),
    )
    return _lines(whole, [_missing(one) for one in answer["unanswered"]])


def _missing(one: Row) -> Said:
    name = one["names"].get("unit", {"vi": one["agency"], "en": one["agency"]})
    reference, due, days = printable(one["reference"]), day(one["due_on"]), number(one["days_late"])
    return (
        f"{printable(name['vi'])}: chưa trả lời văn bản {reference}, hạn {due}, quá {days} ngày.",
        f"{printable(name['en'])}: {reference} not answered, due {due}, {days} days late.",
    )


def _figures(answer: Answer) -> Said:
    """Say any report's figures by their names."""
    if not answer["rows"] and (answer["by"] or not answer["total"]):
        return _nothing()
    names = title(answer)
    rows = answer["rows"] or [answer["total"]]
    said = [tuple(_all(answer, row, lang) for lang in ("vi", "en")) for row in rows]
    return _lines((f"{names[0].lower()}:", f"{names[1].lower()}:"), [(vi, en) for vi, en in said])


def _all(answer: Answer, row: Row, language: str) -> str:
    figures = [
        f"{printable(column[language])}: {shown(row[column['key']])}"
        for column in columns_of(answer)
        if column["key"] in row
    ]
    return "; ".join(figures) + "."


def _labelled(answer: Answer, row: Row, said: Said) -> Said:
    return f"{label(answer, row)}: {said[0]}", f"{label(answer, row, 'en')}: {said[1]}"


def _lines(whole: Said, rows: Sequence[Said]) -> Said:
    vi, en = ("\n".join([whole[at], *(f"- {row[at]}" for row in rows)]) for at in (0, 1))
    return vi, en


def _share(part: int, whole: int) -> Said:
    return _ratio(percent(part, whole))


def _ratio(text: str | None) -> Said:
    if text is None:
        return NO_DATA[0].lower(), NO_DATA[1].lower()
    said = per_cent(Decimal(text))
    return said, said


def _nothing() -> Said:
    return f"{NO_DATA[0].lower()}.", f"{NO_DATA[1].lower()}."


_SENTENCES: Mapping[str, Callable[[Answer], Said]] = {
    "resolution": _resolution,
    "online": _online,
    "lateness": _lateness,
    "requests": _requests,
}
