"""What an audit finds wrong: where, in which dossier, which event, and what about it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

LEDGER = "ledger"

REASONS = {
    "event-missing": ("sự kiện đã bị xoá khỏi kho", "the event was removed from the store"),
    "event-changed": (
        "sự kiện không còn như khi được ghi vào sổ cái",
        "the event is not as it was when the ledger sealed it",
    ),
    "event-moved": (
        "sự kiện đã bị chuyển từ vị trí {other}",
        "the event was moved here from position {other}",
    ),
    "event-inserted": (
        "sự kiện được chèn vào ngoài dãy số của kho",
        "the event was put in outside of the store's sequence",
    ),
    "event-twice": ("hai sự kiện ở cùng một vị trí", "two events have the same position"),
    "event-unsealed": (
        "sự kiện không có trong sổ cái, dù sổ cái đã có sự kiện sau nó",
        "the event is not in the ledger, which has later ones",
    ),
    "event-partition": (
        "sự kiện bị chuyển sang phân vùng khác",
        "the event was put into another partition",
    ),
    "entry-foreign": (
        "mục sổ cái {other} không thuộc sự kiện nào của kho",
        "ledger entry {other} is of no event of the store",
    ),
    "entry-content": (
        "mục sổ cái {other} nói khác với sự kiện đã lưu, ở {at}",
        "ledger entry {other} says something else than the stored event, at {at}",
    ),
    "counter": ("bộ đếm của kho đã bị sửa", "the store's counter was changed"),
    "store-checkpoint": (
        "kho không khớp mốc đã niêm phong: có sự kiện trước đó đã bị viết lại",
        "the store differs from the signed checkpoint: something up to here was rewritten",
    ),
}
"""Codes of what is wrong with a store, in Vietnamese and English; the ledger's own stand beside its check."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong."""

    store: str
    """A service's log of events, or the ledger."""
    position: int
    """In the log, or the ledger's sequence."""
    code: str
    vi: str
    en: str
    event: str | None = None
    """What event, by the topic it is stored under or the type it was sent under."""
    root: str | None = None
    """The dossier's id."""
    dossier: str | None = None
    """The dossier's code."""
    to: int | None = None
    """The last of several in a row."""

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values, without what it does not say."""
        return {name: value for name, value in asdict(self).items() if value is not None}


def finding(
    store: str, position: int, code: str, *, other: int | None = None, at: str = "", **more: Any
) -> Finding:
    """Return a finding about a store's log."""
    vi, en = REASONS[code]
    return Finding(
        store, position, code, vi.format(other=other, at=at), en.format(other=other, at=at), **more
    )
