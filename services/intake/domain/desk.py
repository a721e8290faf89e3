"""Agencies as desks: where they stand, when they work, and who comes after them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heir:
    """Who goes on with an ended agency's dossiers: those about `areas`, or all others."""

    agency: str
    areas: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Ending:
    """The end of an agency (UTC text of fixed width), whose area was `area`, and who succeeds it."""

    agency: str
    ended_at: str
    heirs: tuple[Heir, ...]
    area: str | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """An agency that may receive dossiers."""

    id: str
    code: str
    name_vi: str
    name_en: str
    area: str | None = None
    remote: bool = False
    """Whether its area counts as remote."""
    hours: list[list[str]] | None = None
    """Its own office hours; None: the usual ones."""
    ending: Ending | None = None
