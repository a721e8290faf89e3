"""What follows at the desk from a dossier's way between agencies.

Of a dossier that was withdrawn or stopped, nothing does: agencies hear of its end later than they act.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from uuid import UUID

from services.intake.application.dossiers import Dossiers
from services.intake.domain.dossier import Dossier
from services.intake.domain.pauses import open_ones
from services.intake.problems import NO_OPEN_PAUSE
from services.intake.rules.appointment import extended, judged, resumed
from shared.acts import Act
from shared.errors import RefusedError


class Way(Dossiers):
    """Follows what routing says."""

    def start_processing(self, dossier_id: UUID, act: Act, agencies: Collection[str] = ()) -> None:
        """Take in that routing planned the dossier's way."""
        self._change(dossier_id, lambda dossier: dossier.start_processing(act, sorted(agencies)))

    def join(self, dossier_id: UUID, agency: str, act: Act) -> None:
        """Take in that an agency works on the dossier; one that is known already changes nothing."""
        self._change(dossier_id, lambda dossier: dossier.join(act, agency))

    def pause(self, dossier_id: UUID, pause: str, kind: str, reason: str, act: Act) -> None:
        """Take in that the dossier's clock stops; a second word changes nothing."""
        self._change(dossier_id, lambda dossier: dossier.pause(act, pause, kind, reason))

    def resume(self, dossier_id: UUID, pause: str, act: Act) -> None:
        """Take in that a pause is over; one that the desk ended, or nobody knows, changes nothing."""

        def resume(dossier: Dossier) -> None:
            found = dossier.pause_of(pause)
            if found is None and not dossier.over:
                # A refusal lets `_change` look whether another process knows the pause.
                raise RefusedError(NO_OPEN_PAUSE)
            if found and found["to"] is None and not dossier.over:
                dossier.resume(act, pause, resumed(dossier, act.happened_at, self.calendars, pause))

        try:
            self._change(dossier_id, resume)
        except RefusedError as refusal:
            if refusal.problem is not NO_OPEN_PAUSE:
                raise

    def extend(self, dossier_id: UUID, by: Mapping[str, str], reason: str, act: Act) -> None:
        """Take in that the process gives the dossier more time."""

        def extend(dossier: Dossier) -> None:
            if not dossier.over:
                dossier.extend(act, dict(by), reason, extended(dossier, by, self.calendars))

        self._change(dossier_id, extend)

    def resolve(self, dossier_id: UUID, act: Act) -> None:
        """Take in that every agency has done its part, and judge the time it took.

        A pause that is still open ends now, and moves the appointment as any other.
        """

        def resolve(dossier: Dossier) -> None:
            due_at = resumed(dossier, act.happened_at, self.calendars)
            dossier.resolve(act, due_at, judged(dossier.limit, due_at, act.happened_at))

        self._unless_ended(dossier_id, resolve)

    def returned_to_desk(self, dossier_id: UUID, agency: str, reason: str, act: Act) -> None:
        """Take in that the first agency sent the dossier back: nobody waits for the applicant any more."""

        def return_to_desk(dossier: Dossier) -> None:
            dossier.check_with_agencies("return-to-desk")
            for each in open_ones(dossier.pauses):
                due_at = resumed(dossier, act.happened_at, self.calendars, each["pause"])
                dossier.resume(act, each["pause"], due_at)
            dossier.return_to_desk(act, agency, reason)

        self._unless_ended(dossier_id, return_to_desk)

    def _unless_ended(self, dossier_id: UUID, command: Callable[[Dossier], None]) -> None:
        def unless_ended(dossier: Dossier) -> None:
            if not dossier.without_result:
                command(dossier)

        self._change(dossier_id, unless_ended)
