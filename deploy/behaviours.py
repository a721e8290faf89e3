"""What a source asks for in words rather than in figures, held against what was seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One thing that the source asks for, and whether it is so."""

    key: str
    vi: str
    en: str
    found: str
    """What was seen, in figures and ids."""
    holds: bool


@dataclass(frozen=True, slots=True)
class Behaviours:
    """All that a source asks for."""

    each: Sequence[Behaviour]

    @property
    def failing(self) -> list[str]:
        """The keys of those that do not hold."""
        return [one.key for one in self.each if not one.holds]

    def as_json(self) -> list[dict[str, str | bool]]:
        """Return them for machines."""
        return [asdict(one) for one in self.each]
