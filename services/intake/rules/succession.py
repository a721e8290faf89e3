"""Who goes on with the dossiers of an agency that has ended."""

from __future__ import annotations

from collections.abc import Callable

from services.intake.domain.desk import Ending


def heir(ending: Ending, area: str | None) -> str | None:
    """Return who succeeds an ended agency for what lies in `area`: the longest area that holds it wins.

    Areas are written from the whole to the part, such as `QNA.TK.AX`. Whoever has no areas takes all
    others. None when nobody does. Source: the practice of splitting an agency by locality.
    """
    claims = [
        (len(claimed), -order, each.agency)
        for order, each in enumerate(ending.heirs)
        for claimed in each.areas or ()
        if area is not None and (area == claimed or area.startswith(f"{claimed}."))
    ]
    if claims:
        return max(claims)[2]
    return next((each.agency for each in ending.heirs if each.areas is None), None)


def follow(agency: str, area: str | None, at: str, ending_of: Callable[[str], Ending | None]) -> str:
    """Return who stands in the agency's place at `at` (UTC text) for a dossier about `area`.

    A dossier about a place that no successor takes goes where the agency's own area goes. Successors
    that have ended are followed in their turn. An agency that ended without a successor keeps its place:
    somebody has to bring its dossiers to an end.
    """
    passed = {agency}
    while (ending := ending_of(agency)) and ending.ended_at <= at:
        area = area or ending.area
        following = heir(ending, area) or heir(ending, ending.area)
        if following is None or following in passed:
            break
        passed.add(following)
        agency = following
    return agency
