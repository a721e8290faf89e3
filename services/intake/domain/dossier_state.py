"""What a dossier is at a moment, and what may be done to it then."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from services.intake.domain.pauses import APPLICANTS, Pause, open_ones
from services.intake.domain.status import OVER, RUNNING, WITHOUT_RESULT, Status
from services.intake.problems import (
    NO_OPEN_PAUSE,
    NOT_AT_DESK,
    PAUSE_NOT_NAMED,
    PERSON_ERASED,
    TIME_BEFORE_PREVIOUS,
    WRONG_STATUS,
)
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
    applicant_agency: str | None
    area: str | None
    facts: dict[str, Any]
    """What its way and its limit depend on, as the procedure declares it; nothing personal."""
    foreign_code: str | None
    person: str | None
    """Base64 ciphertext; None once erased."""
    components: list[dict[str, Any]]
    code: str | None
    received_at: str | None
    limit: dict[str, str] | None
    cutoff: str | None
    hours: list[list[str]] | None
    """The desk's office hours at reception; None: the usual ones."""
    due_at: str | None
    pauses: list[Pause]
    extensions: list[dict[str, str]]
    """Terms by which the process, or the desk in writing, gave more time."""
    notice: str | None
    """The letter by which the desk extended the limit."""
    verdict: str | None
    agencies: list[str]
    """Those on its way, which may see who filed."""
    returned: bool
    """Whether an agency sent it back to the desk, where it lies now."""
    last_at: str
    """When the last thing happened to it."""

    @property
    def over(self) -> bool:
        """Whether what agencies still say of it comes too late."""
        return self.status in OVER

    @property
    def without_result(self) -> bool:
        """Whether the desk ended it while agencies may still be at work."""
        return self.status in WITHOUT_RESULT

    def pause_of(self, pause: str) -> Pause | None:
        """Return the pause with that id, if there ever was one."""
        return next((each for each in self.pauses if each["pause"] == pause), None)

    def asked_of_applicant(self, pause: str | None) -> str:
        """Return the id of the open pause that the applicant has to end: `pause`, or the only one.

        Refuses with `no-open-pause`, and with `pause-not-named` when there are several.
        """
        # What was asked of the applicant of a dossier that is over, nobody waits for any more.
        asked = [] if self.over else [each["pause"] for each in open_ones(self.pauses, APPLICANTS)]
        if not asked or (pause is not None and pause not in asked):
            raise RefusedError(NO_OPEN_PAUSE)
        if pause is None and len(asked) > 1:
            raise RefusedError(PAUSE_NOT_NAMED, pauses=", ".join(asked))
        return pause or asked[0]

    def check_receive(self, act: Act) -> None:
        """Raise what `receive` would, so that no code is spent in vain."""
        self.check_status("receive", {Status.NEW})
        self.check_not_before(act)

    def check_person(self) -> None:
        """Refuse when the personal data is erased already."""
        if self.person is None:
            raise RefusedError(PERSON_ERASED)

    def check_status(self, action: str, allowed: Collection[Status]) -> None:
        """Refuse an action that no allowed status permits."""
        if self.status not in allowed:
            raise RefusedError(WRONG_STATUS, status=int(self.status), action=action)

    def check_with_agencies(self, action: str) -> None:
        """Refuse what only agencies can bring about when the dossier is not with them."""
        self.check_status(action, RUNNING)
        if self.returned:
            raise RefusedError(WRONG_STATUS, status=int(self.status), action=action)

    def check_returned(self, action: str, act: Act) -> None:
        """Refuse what the desk may do only while a returned dossier lies there."""
        self.check_status(action, {Status.RECEIVED, Status.PROCESSING})
        if not self.returned:
            raise RefusedError(NOT_AT_DESK, action=action)
        self.check_not_before(act)

    def check_stop(self, act: Act) -> None:
        """Refuse to end what neither lies at the desk nor waits for its applicant."""
        if self.status in {Status.SUPPLEMENT, Status.PAYMENT}:
            self.check_not_before(act)
        else:
            self.check_returned("stop", act)

    def check_not_before(self, act: Act) -> None:
        """Refuse a time before what happened last."""
        # What agencies say carries the time of other machines' clocks.
        if act.happened_at + CLOCK_SKEW < from_text(self.last_at):
            raise RefusedError(TIME_BEFORE_PREVIOUS, at=to_text(act.happened_at), previous=self.last_at)
