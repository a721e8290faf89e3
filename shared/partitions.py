"""Which partition a dossier belongs to: the same on every machine and for ever."""

from __future__ import annotations

from zlib import crc32

PARTITIONS = 4
"""Partitions of every service's input. Changing it needs empty input queues: see docs/architecture.md."""


def partition_of(key: str) -> int:
    """Return the partition of a partition key (a dossier's id as text)."""
    return crc32(key.encode()) % PARTITIONS
