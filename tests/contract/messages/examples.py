"""Example messages, filed by who reads them: `<consumer>/<type>.v<n>.json`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from shared.contracts.envelope import Message, from_bytes

FOLDER = Path(__file__).parent
NAME = re.compile(r"(?P<type>lienthong(\.[a-z-]+)+)\.v(?P<version>\d+)\.json")


def paths() -> list[Path]:
    """Return every example, by consumer and name."""
    return sorted(FOLDER.glob("*/*.json"))


def id_of(path: Path) -> str:
    """Return the name of an example in test reports."""
    return f"{path.parent.name}/{path.stem}"


def examples(consumer: str) -> Iterator[Message]:
    """Yield the examples of one consumer."""
    for path in sorted((FOLDER / consumer).glob("*.json")):
        yield from_bytes(path.read_bytes())


def example(consumer: str, message_type: str, version: int = 1) -> Message:
    """Return one example."""
    return from_bytes((FOLDER / consumer / f"{message_type}.v{version}.json").read_bytes())
