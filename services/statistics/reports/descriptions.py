"""A message in words: the line of its type, and what stands below it, in each language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.statistics.projection.moments import local_date, moment
from services.statistics.projection.rows import Document
from services.statistics.reports.lines import LINES, WORDS
from shared.working_time.terms import Term

Names = Mapping[str, tuple[str, str]]
"""Agency to its Vietnamese and its English name."""
Words = dict[str, str]

LANGUAGES = ("vi", "en")

_TRANSLATED = (
    "about",
    "channel",
    "verdict",
    "manner",
    "outcome",
    "by",
    "direction",
    "kind",
    "opinion",
    "decision",
)
_AGENCIES = ("agency", "desk", "from_agency")
_AGENCY_OF_TYPE = {
    "lienthong.processing.leg-transferred": "to",
    "lienthong.processing.leg-recalled": "by",
    "lienthong.processing.leg-reminded": "to",
}
"""Fields that name a further agency in messages of these types alone."""
_OWN = {
    "lienthong.statistics.internal-event": ("Việc nội bộ của thống kê", "An internal matter of statistics"),
}
"""What stands in the ledger and is published nowhere."""
_PURPOSES = {
    "opinion": (", lấy ý kiến", ", for its opinion"),
    "supplement": (", chờ bổ sung giấy tờ", ", until papers are completed"),
    "payment": (", chờ nộp nghĩa vụ tài chính", ", until money is paid"),
    "posting": (", niêm yết công khai", ", for a public notice"),
}


def describe(document: Document, names: Names) -> Words:
    """Return what a message says, as {"vi": ..., "en": ...}; agencies without a name go by their id."""
    lines = LINES.get(document["type"]) or _OWN.get(document["type"])
    if lines is None:
        return {"vi": document["type"], "en": document["type"]}
    words = _words(document["data"])
    return {
        language: line.format_map({**words, **_named(document, names, number)})
        for number, (language, line) in enumerate(zip(LANGUAGES, lines, strict=True))
    }


def details(document: Document, names: Names) -> list[Words]:
    """Return what stands below the line: each planned leg, with why its agency or why it is skipped."""
    return [_planned(leg, names) for leg in _planned_legs(document)]


def agencies_of(document: Document) -> set[str]:
    """Return the ids of the agencies that the words of a message name."""
    return {*_agencies(document).values(), *(leg["agency"] for leg in _planned_legs(document))}


def _planned_legs(document: Document) -> list[Mapping[str, Any]]:
    legs = document["data"].get("legs")
    return legs if isinstance(legs, list) else []


def _planned(leg: Mapping[str, Any], names: Names) -> Words:
    place = {language: f"{leg['number']}. {leg['name'][language]}" for language in LANGUAGES}
    if skipped := leg.get("skipped"):
        return {
            "vi": f"{place['vi']}: bỏ qua ({leg.get('skipped_vi') or skipped})",
            "en": f"{place['en']}: skipped ({skipped})",
        }
    vi, en = names.get(leg["agency"], (leg["agency"],) * 2)
    return {
        "vi": f"{place['vi']}: {vi} ({leg.get('reason_vi') or leg['reason']})",
        "en": f"{place['en']}: {en} ({leg['reason']})",
    }


def _agencies(document: Document) -> dict[str, str]:
    data = document["data"]
    keys = (*_AGENCIES, _AGENCY_OF_TYPE.get(document["type"], "agency"))
    return {key: data[key] for key in keys if data.get(key) is not None}


def _named(document: Document, names: Names, language: int) -> dict[str, str]:
    agencies = _agencies(document).items()
    return {key: names[value][language] if value in names else value for key, value in agencies}


def _words(data: Mapping[str, Any]) -> dict[str, Any]:
    words = {**data, **_translated(data), **_pairs(data)}
    if "name" in data:
        words["name_vi"], words["name_en"] = data["name"]["vi"], data["name"]["en"]
    if "due_at" in data:
        due_at = data["due_at"]
        words["due"] = "—" if due_at is None else _day(moment(due_at))
    if isinstance(data.get("legs"), list):
        words["legs"] = sum(1 for leg in data["legs"] if not leg.get("skipped"))
    return words


def _translated(data: Mapping[str, Any]) -> Words:
    words: Words = {}
    for key in _TRANSLATED:
        value = data.get(key)
        if isinstance(value, str):
            words[f"{key}_vi"], words[f"{key}_en"] = WORDS.get(value, (value, value))
    if isinstance(data.get("by"), dict):
        term = Term.parse(data["by"])
        words["by_vi"], words["by_en"] = term.vi, term.en
    return words


def _pairs(data: Mapping[str, Any]) -> Words:
    """Return what is said only of some messages of a type, else nothing."""
    nothing = ("", "")
    pairs = {
        "purpose": _PURPOSES.get(data.get("pause") or data.get("kind") or "", nothing),
        "trial": (" (thử nghiệm)", " (on trial)") if data.get("trial") else nothing,
        "target": _target(data.get("to")),
    }
    return {
        f"{key}_{language}": pair[n] for key, pair in pairs.items() for n, language in enumerate(LANGUAGES)
    }


def _target(to: object) -> tuple[str, str]:
    if not isinstance(to, int):
        return "", ""
    return (f" về công đoạn {to}", f" to leg {to}") if to else (" về bộ phận một cửa", " to the desk")


def _day(moment_text: str) -> str:
    year, month, day = local_date(moment_text).split("-")
    return f"{day}/{month}/{year}"
