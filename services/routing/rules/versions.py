"""Which version of a process a dossier follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def version_in_force(versions: Sequence[Mapping[str, Any]], received_at: str) -> Mapping[str, Any] | None:
    """Return the version in force when the dossier was received: it keeps that one to its end."""
    begun = [version for version in versions if version["valid_from"] <= received_at]
    return max(begun, key=lambda version: (version["valid_from"], version["version"]), default=None)
