"""Whole numbers divided so that the parts add up: nothing is rounded away and nothing twice."""

from __future__ import annotations

from collections.abc import Sequence


def equal_parts(total: int, among: int) -> list[int]:
    """Divide `total` equally; what is left over goes, one each, to the first."""
    each, left_over = divmod(total, among)
    return [each + (index < left_over) for index in range(among)]


def apportioned(total: int, claims: Sequence[int]) -> list[int]:
    """Divide `total`, at most the sum of the claims (none negative), in proportion to them.

    By largest remainder, the first winning where they are equal. Nobody gets more than the claim.
    """
    claimed = sum(claims)
    if not claimed:
        return [0] * len(claims)
    parts = [total * claim // claimed for claim in claims]
    by_remainder = sorted(range(len(claims)), key=lambda index: -(total * claims[index] % claimed))
    for index in by_remainder[: total - sum(parts)]:
        parts[index] += 1
    return parts
