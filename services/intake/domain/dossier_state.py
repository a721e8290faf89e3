"""What a dossier is at a moment, and what may be done to it then."""

from __future__ import annotations

from typing import Any

from services.intake.domain.status import Status
from services.intake.problems import NOT_AT_DESK, PERSON_ERASED, TIME_BEFORE_PREVIOUS, WRONG_STATUS
from shared.acts import CLOCK_SKEW, Act
from shared.clock import from_text, to_text
from shared.errors import RefusedError


class DossierState:
    """The facts that events assign, and the checks that commands make before they record."""

    status: Status
    procedure: str
    procedure_version: int | None
    """The version in force at reception."""
    desk: str
    channel: str
    applicant_kind: str
    area: str | None
    foreign_code: str | None
    person: str | None
    """Base64 ciphertext; None once erased."""
    components: list[dict[str, Any]]
    code: str | None
    limit: dict[str, str] | None
    due_at: str | None
    verdict: str | None
    agencies: list[str]
    """Those on its way, which may see who filed."""
    returned: bool
    """Whether an agency sent it back to the desk, where it lies now."""
    last_at: str
    """When the last thing happened to it."""

    def check_receive(self, act: Act) -> None:
        """Raise what `receive` would, so that no code is spent in vain."""
        self.check_status("receive", Status.NEW)
        self.check_not_before(act)

    def check_person(self) -> None:
        """Refuse when the personal data is erased already."""
        if self.person is None:
            raise RefusedError(PERSON_ERASED)

    def check_status(self, action: str, *allowed: Status) -> None:
        """Refuse an action that no allowed status permits."""
        if self.status not in allowed:
            raise RefusedError(WRONG_STATUS, status=int(self.status), action=action)

    def check_with_agencies(self, action: str) -> None:
        """Refuse what only agencies can bring about when the dossier is not with them."""
        self.check_status(action, Status.RECEIVED, Status.PROCESSING)
        if self.returned:
            raise RefusedError(WRONG_STATUS, status=int(self.status), action=action)

    def check_returned(self, action: str, act: Act) -> None:
        """Refuse what the desk may do only while a returned dossier lies there."""
        self.check_status(action, Status.RECEIVED, Status.PROCESSING)
        if not self.returned:
            raise RefusedError(NOT_AT_DESK, action=action)
        self.check_not_before(act)

    def check_not_before(self, act: Act) -> None:
        """Refuse a time before what happened last."""
        # What agencies say carries the time of other machines' clocks.
        if act.happened_at + CLOCK_SKEW < from_text(self.last_at):
            raise RefusedError(TIME_BEFORE_PREVIOUS, at=to_text(act.happened_at), previous=self.last_at)
