"""Replays: an agency is sent again what it was sent before, because somebody asked for it and said why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Protocol
from uuid import UUID

from services.processing.domain.replay import Counted, Replay, Selection
from services.processing.ports import Agencies
from services.processing.problems import (
    AGENCY_HAS_NO_SYSTEM,
    NOTHING_TO_REPLAY,
    REPLAY_UNDER_WAY,
    UNKNOWN_AGENCY,
    UNKNOWN_DOSSIER,
    UNKNOWN_REPLAY,
)
from shared.acts import Act
from shared.clock import to_text
from shared.errors import INVALID, RefusedError
from shared.event_sourcing import Application

USUAL_RATE, HIGHEST_RATE = 200, 5000
"""Messages a second."""


class ReplayedLedger(Protocol):
    """Replays as they stand, and what of the ledger of deliveries each of them takes in."""

    def dossier_of(self, code: str) -> UUID | None:
        """Return the dossier of which an agency was handed a leg under this code."""
        ...

    def under_way(self, agency: str) -> UUID | None:
        """Return the replay to an agency that is not over, if there is one."""
        ...

    def show(self, replay: Replay) -> None:
        """Show a replay as it stands now."""
        ...


@dataclass(frozen=True, slots=True)
class PageSent:
    """What of a page the broker has."""

    replay: UUID
    behind: int
    """The place in the ledger behind which the page began."""
    cursor: int
    """The place up to which the broker has all."""
    messages: int
    superseded: int


class Replays:
    """Checks, begins and steers replays; nothing here touches a leg or a hand-over."""

    def __init__(self, application: Application, agencies: Agencies, ledger: ReplayedLedger) -> None:
        self._application = application
        self._agencies = agencies
        self._ledger = ledger

    def checked(self, selection: Selection) -> Selection:
        """Return a selection that can be counted: its dossier by its id.

        Raises RefusedError: `unknown-agency`, `agency-has-no-system`, `unknown-dossier`, `invalid`.
        """
        agency = self._agencies.get(selection.agency)
        if agency is None:
            raise RefusedError(UNKNOWN_AGENCY, agency=selection.agency)
        if not agency.connected:
            raise RefusedError(AGENCY_HAS_NO_SYSTEM, agency=selection.agency)
        if selection.begin and selection.until and selection.begin >= selection.until:
            raise RefusedError(INVALID, field="until", reason="it must come after 'from'")
        return replace(selection, dossier=self._dossier(selection.dossier))

    def begin(
        self, replay_id: UUID, selection: Selection, counted: Counted, reason: str, rate: int, act: Act
    ) -> dict[str, Any]:
        """Begin a replay of a checked selection, counted as of the act's recorded time.

        Counting takes seconds in a long history, so it is done before the unit of work.
        Raises RefusedError with `replay-under-way` (one at a time an agency: two at once could not keep the
        order of a dossier's messages) or `nothing-to-replay`.
        """
        if first := self._ledger.under_way(selection.agency):
            under_way = self._found(first)
            raise RefusedError(
                REPLAY_UNDER_WAY,
                replay=first,
                agency=under_way.agency,
                by=under_way.begun_by,
                since=under_way.begun_at,
                reason=under_way.reason,
            )
        if not counted.messages:
            raise RefusedError(NOTHING_TO_REPLAY, agency=selection.agency)
        fields = {
            "selection": selection.state(),
            "reason": reason,
            "rate": rate,
            "upto": counted.upto,
            "messages": counted.messages,
            "superseded": counted.superseded,
        }
        replay = Replay.ask(replay_id, selection.agency, fields, act)
        self._application.add(replay)
        self._ledger.show(replay)
        return {"id": str(replay_id), "state": replay.state, **said(selection, counted, rate)}

    def steer(self, replay_id: UUID, what: str, reason: str, act: Act) -> dict[str, Any]:
        """Pause, resume or cancel a replay. Raises RefusedError: `unknown-replay`, `replay-is-over`."""
        replay, act = self._found(replay_id), act.on(root=replay_id)
        {"pause": replay.pause, "resume": replay.resume, "cancel": replay.cancel}[what](reason, act)
        self._ledger.show(replay)
        return {"id": str(replay_id), "agency": replay.agency, "state": replay.state, "sent": replay.sent}

    def page_done(self, page: PageSent, act: Act) -> bool:
        """Note that a page is before the agency; at the end, that all is. Return whether that was news."""
        replay = self._application.find(page.replay)
        if not isinstance(replay, Replay) or replay.cursor != page.behind:
            self._application.doubt()  # Another process sent the page before.
            replay = self._found(page.replay)
        act = act.on(root=replay.id)
        if not replay.note_page(page.behind, page.cursor, page.messages, page.superseded, act):
            return False
        if replay.cursor >= replay.upto:
            replay.finish(act)
        self._ledger.show(replay)
        return True

    def _found(self, replay_id: UUID) -> Replay:
        replay = self._application.find_afresh(replay_id)
        if not isinstance(replay, Replay):
            raise RefusedError(UNKNOWN_REPLAY, replay=replay_id)
        return replay

    def _dossier(self, named: str | None) -> str | None:
        """Return the id of a dossier that is named by its id or its code."""
        if named is None:
            return None
        try:
            return str(UUID(named))
        except ValueError:
            dossier = self._ledger.dossier_of(named)
        if dossier is None:
            raise RefusedError(UNKNOWN_DOSSIER, dossier=named)
        return str(dossier)


def said(selection: Selection, counted: Counted, rate: int) -> dict[str, Any]:
    """Return what a selection comes to, in numbers, and how long it takes."""
    return {
        "agency": selection.agency,
        "selection": selection.state(),
        "messages": counted.messages,
        "superseded": counted.superseded,
        "unanswered": counted.unanswered,
        "dossiers": counted.dossiers,
        "first_at": to_text(counted.first) if counted.first else None,
        "last_at": to_text(counted.last) if counted.last else None,
        "rate": rate,
        "seconds": -(-counted.messages // rate),
    }
