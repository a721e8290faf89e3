"""The ledger's documents, page by page, as they came: for whoever plays history again."""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from shared.clock import to_text
from shared.persistence.database import Database

_PAGE = """
    SELECT sequence, entered_at, body FROM ledger
    WHERE sequence > :after AND sequence <= :upto ORDER BY sequence
"""


def page(database: Database, after: int, most: int) -> Iterator[bytes]:
    """Return lines of JSON, one for each of the `most` entries past `after`, in order.

    Each says its sequence, when it was entered, and the message's document as it was sent. Sequences
    have no gaps, so no line at all means that there is nothing past `after` yet.
    """
    with database.transaction() as tx:
        rows = tx.execute(_PAGE, {"after": after, "upto": after + most})
    return (
        orjson.dumps(
            {"sequence": sequence, "entered_at": to_text(entered_at), "document": _as_sent(bytes(body))},
            option=orjson.OPT_APPEND_NEWLINE,
        )
        for sequence, entered_at, body in rows
    )


def _as_sent(body: bytes) -> object:
    # A document that was written over several lines would break the page's lines.
    return orjson.loads(body) if b"\n" in body or b"\r" in body else orjson.Fragment(body)
