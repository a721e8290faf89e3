"""What people do with a dossier at the desk after its reception."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID

from services.intake.application.dossiers import Dossiers
from services.intake.domain.dossier import Dossier
from services.intake.domain.procedure import ProcedureVersion
from services.intake.rules.appointment import check_extension, extended, resumed
from services.intake.rules.roles import check_role
from shared.acts import Act
from shared.working_time.terms import Term


class DeskActs(Dossiers):
    """The acts of the desk."""

    def refuse(self, dossier_id: UUID, reason: str, act: Act) -> Dossier:
        """Turn a filed dossier down (form 03)."""
        return self._at_desk("refuse", dossier_id, act, lambda dossier: dossier.refuse(act, reason))

    def send_on(self, dossier_id: UUID, note: str, act: Act) -> Dossier:
        """Send a dossier that came back on its way again."""
        return self._at_desk("send-on", dossier_id, act, lambda dossier: dossier.send_on(act, note))

    def fulfil(
        self, dossier_id: UUID, act: Act, *, pause: str | None = None, note: str | None = None
    ) -> Dossier:
        """Note that the applicant brought the papers or paid: the pause ends, and the clock goes on."""

        def fulfil(dossier: Dossier) -> None:
            asked = dossier.asked_of_applicant(pause)
            dossier.check_not_before(act)
            due_at = resumed(dossier, act.happened_at, self.calendars, asked)
            dossier.resume(act, asked, due_at, note)

        return self._at_desk("fulfil", dossier_id, act, fulfil)

    def extend_in_writing(
        self, dossier_id: UUID, by: Mapping[str, str], notice: str, reason: str, act: Act
    ) -> Dossier:
        """Extend the limit once, by a letter to the applicant, as far as the procedure allows.

        Form 04 of Circular 01/2018/TT-VPCP. Raises RefusedError: `extension-not-offered`,
        `extension-too-long`, `already-extended`, `extension-too-late`, or what is wrong with the term.
        """
        asked = Term.parse(by)

        def extend(dossier: Dossier) -> None:
            dossier.check_not_before(act)
            check_extension(dossier, self._version_of(dossier), asked, act.happened_at)
            due_at = extended(dossier, asked.dump(), self.calendars)
            dossier.extend(act, asked.dump(), reason, due_at, notice)

        return self._at_desk("extend", dossier_id, act, extend)

    def _version_of(self, dossier: Dossier) -> ProcedureVersion | None:
        """Return the version of its procedure that the dossier was received under."""
        procedure = self._procedures([dossier.procedure]).get(dossier.procedure)
        versions = procedure.versions if procedure else ()
        return next((one for one in versions if one.version == dossier.procedure_version), None)

    def stop(self, dossier_id: UUID, reason: str, act: Act) -> Dossier:
        """End a dossier that came back, or that waits for its applicant, without a result."""
        return self._at_desk("stop", dossier_id, act, lambda dossier: dossier.stop(act, reason))

    def withdraw(self, dossier_id: UUID, reason: str, act: Act) -> Dossier:
        """Give a dossier back to its applicant, who withdraws it."""
        return self._at_desk("withdraw", dossier_id, act, lambda dossier: dossier.withdraw(act, reason))

    def hand_back(self, dossier_id: UUID, manner: str, act: Act) -> Dossier:
        """Give the applicant the result."""
        return self._at_desk("hand-back", dossier_id, act, lambda dossier: dossier.hand_back(act, manner))

    def forget_person(self, dossier_id: UUID, act: Act) -> Dossier:
        """Erase the personal data of a dossier: key first, so that a failure after it only needs another try."""

        def forget(dossier: Dossier) -> None:
            dossier.check_person()
            self._people.erase(dossier_id, act.recorded_at)
            dossier.forget_person(act)
            self._lookups.forget_person(dossier_id)

        check_role("forget-person", act.actor)
        return self._change(dossier_id, forget)

    def _at_desk(
        self, action: str, dossier_id: UUID, act: Act, command: Callable[[Dossier], None]
    ) -> Dossier:
        def at_desk(dossier: Dossier) -> None:
            self.check_at_desk(action, dossier, act)
            command(dossier)

        return self._change(dossier_id, at_desk)
