"""The order in which things happened: by time, and of what happened at once, the cause before its effect.

The ledger's sequence alone would not do: what a service missed comes to it again later than what
others made of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import groupby
from typing import TypeVar

from services.statistics.projection.rows import Document

Entry = TypeVar("Entry")


def in_order(entries: Iterable[Entry], document_of: Callable[[Entry], Document]) -> list[Entry]:
    """Return a dossier's entries, given by time and ledger sequence, in the order in which they happened."""
    ordered: list[Entry] = []
    for _, group in groupby(entries, key=lambda entry: document_of(entry)["time"]):
        waiting = list(group)
        while waiting:
            documents = [document_of(entry) for entry in waiting]
            first = next((i for i, document in enumerate(documents) if _is_next(document, documents)), 0)
            ordered.append(waiting.pop(first))
    return ordered


def _is_next(document: Document, waiting: list[Document]) -> bool:
    """Tell whether nothing that is waiting led to it, or stands before it in its own source's log."""
    cause = document.get("causationid")
    return not any(
        cause == f"{other['source']}/{other['id']}" or _stands_before(other, document)
        for other in waiting
        if other is not document
    )


def _stands_before(one: Document, other: Document) -> bool:
    places = one.get("sourceposition"), other.get("sourceposition")
    if one["source"] != other["source"] or None in places:
        return False
    return int(str(places[0])) < int(str(places[1]))
