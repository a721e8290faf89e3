"""What statistics' ledger has recorded, read through its door page by page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from deploy.play.client import Client

PAGE = 2000


def recorded(statistics: Client, after: int = 0) -> Iterator[dict[str, Any]]:
    """Give the ledger's documents past an entry, in the order of the ledger. Raises DoorError."""
    while lines := statistics.get_lines("/v1/recorded", after=after, limit=PAGE):
        yield from (line["document"] for line in lines)
        after = lines[-1]["sequence"]
