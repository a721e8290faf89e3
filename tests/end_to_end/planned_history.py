"""What the history of a dossier must hold that was played after a plan, and where its works must stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from deploy.play import acts
from deploy.play.acts import PlannedDossier, Turn
from deploy.play.scenario import load
from deploy.play.ways import Ways

SAID = {
    acts.ACCEPT: ["leg-accepted"],
    acts.COMPLETE: ["leg-completed"],
    acts.OPINION: ["opinion-given"],
    acts.RETURN: ["leg-returned"],
    acts.TRANSFER: ["leg-transferred"],
    acts.RECALL: ["leg-recalled"],
    acts.SUPPLEMENT: ["supplement-requested", "itinerary-paused", "dossier-paused"],
    acts.FULFIL: ["dossier-resumed", "itinerary-resumed"],
    acts.WITHDRAW: ["dossier-withdrawn", "itinerary-withdrawn"],
}
"""What each act shows as."""
LAPSED = {"consented", "elapsed"}


def assert_is_the_plan_of(
    dossier: PlannedDossier, entries: Sequence[Mapping[str, Any]], connected: Sequence[str]
) -> None:
    """Everything that is planned happened once, and nothing else; in a plain sequence of legs in that order."""
    found = [entry["type"].rpartition(".")[2] for entry in entries]
    found = [step for step in found if step != "internal-event"]
    planned = _steps(dossier, connected)
    more, less = Counter(found) - Counter(planned), Counter(planned) - Counter(found)
    assert (more, less) == (Counter(), Counter()), dossier.key("")
    if not any(turn.beside or turn.outcome not in {"completed", None} for turn in dossier.turns) and not (
        _pauses(dossier)
    ):
        assert found == planned, dossier.key("")


def state_of(turn: Turn, by: str) -> str:
    """Return where the work of a turn stands that has not ended."""
    if turn.time_of(acts.SUPPLEMENT) and not turn.time_of(acts.FULFIL):
        return "suspended"
    if turn.time_of(acts.ACCEPT):
        return "accepted"
    return "acknowledged" if by == "queue" else "handed-over"


def waits_for(dossier: PlannedDossier) -> int | None:
    """Return the national portal's code for what a dossier waits for at the end of its plan, if it does."""
    waiting = [turn for turn in dossier.turns if turn.closed_at is None and not turn.time_of(acts.FULFIL)]
    legs = _ways().legs(dossier.filing, dossier.channel, dossier.received_at)
    asked = {
        "supplement" if turn.time_of(acts.SUPPLEMENT) else legs[turn.number - 1]["pause"] for turn in waiting
    }
    return next((code for kind, code in (("supplement", 5), ("payment", 6)) if kind in asked), None)


@cache
def _ways() -> Ways:
    return Ways(load("lien-thong"))


def _pauses(dossier: PlannedDossier) -> bool:
    return any(turn.applicants or turn.time_of(acts.SUPPLEMENT) for turn in dossier.turns)


def _steps(dossier: PlannedDossier, connected: Sequence[str]) -> list[str]:
    steps = ["dossier-submitted", "dossier-received", "itinerary-planned"]
    for turn in dossier.turns:
        steps += _of_turn(turn, turn.agency in connected)
    if dossier.resolved_at and not dossier.withdrawn:
        steps += ["itinerary-completed", "dossier-resolved"]
    return [*steps, "result-handed-back"] if dossier.handed_back_at else steps


def _of_turn(turn: Turn, connected: bool) -> list[str]:
    steps = ["leg-opened"]
    if turn.applicants or turn.outcome == "elapsed":
        steps += ["itinerary-paused", "dossier-paused"]
    if not turn.applicants:
        steps += ["leg-handed-over"]
        steps += ["leg-acknowledged"] if connected else []
    for act in turn.acts:
        steps += [] if act.name else SAID[act.command]
    if turn.time_of(acts.SUPPLEMENT) and turn.time_of(acts.FULFIL):
        steps += ["leg-resumed"]
    if turn.outcome in LAPSED:
        steps += ["leg-lapsed"]
    if turn.outcome == "elapsed":
        steps += ["dossier-resumed", "itinerary-resumed"]
    if turn.outcome == "withdrawn":
        steps += ["leg-withdrawn"]
    return [*steps, "leg-closed"] if turn.closed_at else steps
