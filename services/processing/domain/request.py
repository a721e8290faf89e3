"""Reminders and requests for a written report: to whom, by when, about which figure. Topics are durable; `apply` only assigns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple
from uuid import NAMESPACE_URL, UUID, uuid5

from services.processing.problems import (
    BEFORE_THE_REQUEST,
    NO_PROPOSAL,
    NOT_ADDRESSED,
    PROPOSAL_DECIDED,
    PROPOSAL_WITHOUT_TARGET,
    REQUEST_ANSWERED,
    REQUEST_CONSOLIDATED,
    REQUEST_RECEIVED,
    REQUEST_WITHDRAWN,
)
from shared.acts import Act
from shared.clock import to_text
from shared.errors import RefusedError
from shared.event_sourcing import Aggregate

REMINDER, REPORT = "reminder", "report"
"""Urged to do something (đôn đốc), or asked to report in writing: both are answered."""
APPROVED, DECLINED = "approved", "declined"

Part = dict[str, Any]
"""What one addressee did about it."""


class Terms(NamedTuple):
    """What is asked, by whom, on which basis and by when."""

    kind: str
    reference: str
    """The issuer's own number of it."""
    issuer: str
    subject: str
    basis: str
    due_on: str
    """A date in Viet Nam, YYYY-MM-DD: the last day in time."""
    due_at: str
    consolidator: str
    """Who puts the answers together."""
    about: dict[str, Any] | None
    """The report's name, its terms, its moment, and the indicator: the figure can be recomputed."""

    @property
    def key(self) -> UUID:
        """The aggregate id: one issuer uses a reference once."""
        return request_key(self.issuer, self.reference)


def request_key(issuer: str, reference: str) -> UUID:
    """Return the id of a request."""
    return uuid5(NAMESPACE_URL, f"urn:lienthong:processing:request/{issuer}/{reference}")


class Request(Aggregate):
    """One request to some agencies, and what each of them answered."""

    TOPIC: ClassVar[str] = "processing.request"

    if TYPE_CHECKING:  # the library would make annotated attributes arguments of __init__
        terms: Terms
        issued_at: str
        parts: dict[str, Part]
        """By addressee, in the order in which they were named."""
        withdrawn: str | None
        """Why, once it is."""
        consolidated_at: str | None
        overdue: bool

    class Event(Aggregate.Event):
        """Base of a request's events."""

        TOPIC: ClassVar[str] = "processing.request.event"

    class Issued(Event, Aggregate.Created):
        """It is laid before its addressees."""

        TOPIC: ClassVar[str] = "processing.request.issued"
        terms: list[Any]
        addressees: list[Any]

        def apply(self, aggregate: Request) -> None:
            """Assign."""
            aggregate.terms = Terms(*self.terms)
            aggregate.issued_at = self.act["happened_at"]
            aggregate.parts = {one["agency"]: dict(one) for one in self.addressees}
            aggregate.withdrawn = None
            aggregate.consolidated_at = None
            aggregate.overdue = False

    class _OfPart(Event):
        """Base of what happens between the issuer and one addressee."""

        TOPIC: ClassVar[str] = "processing.request.of-part"
        agency: str

        def apply(self, aggregate: Request) -> None:
            """Assign."""
            part = {**aggregate.parts[self.agency], **self.changes()}
            aggregate.parts = {**aggregate.parts, self.agency: part}

        def changes(self) -> Part:
            """Return what it changes of the part."""
            return {}

    class Received(_OfPart):
        """The addressee says that it has it."""

        TOPIC: ClassVar[str] = "processing.request.received"
        officer: str | None

        def changes(self) -> Part:
            """Return when, and whose matter it is."""
            return {"received_at": self.act["happened_at"], "officer": self.officer}

    class Answered(_OfPart):
        """The addressee reports, and may propose another target for itself."""

        TOPIC: ClassVar[str] = "processing.request.answered"
        text: str
        attachments: list[Any]
        proposal: dict[str, Any] | None

        def changes(self) -> Part:
            """Return the answer."""
            return {
                "answered_at": self.act["happened_at"],
                "text": self.text,
                "attachments": self.attachments,
                "proposal": self.proposal,
            }

    class ProposalDecided(_OfPart):
        """A proposed target is approved or declined."""

        TOPIC: ClassVar[str] = "processing.request.proposal-decided"
        decision: str
        basis: str

        def changes(self) -> Part:
            """Return the decision."""
            return {"decision": self.decision, "decided_by": self.basis}

    class PassedOn(_OfPart):
        """The addressee has ended without an answer: its successor answers, once for all that it is asked."""

        TOPIC: ClassVar[str] = "processing.request.passed-on"
        to: str

        def apply(self, aggregate: Request) -> None:
            """Assign."""
            super().apply(aggregate)
            if self.to not in aggregate.parts:
                left = aggregate.parts[self.agency]
                part = {"agency": self.to, "figure": left.get("figure"), "target": left.get("target")}
                aggregate.parts = {**aggregate.parts, self.to: part}

        def changes(self) -> Part:
            """Return who answers instead."""
            return {"passed_to": self.to}

    class Consolidated(Event):
        """The answers were put together, as they stood."""

        TOPIC: ClassVar[str] = "processing.request.consolidated"
        by: str
        text: str
        answered: list[str]
        unanswered: list[str]

        def apply(self, aggregate: Request) -> None:
            """Assign."""
            aggregate.consolidated_at = self.act["happened_at"]

    class Withdrawn(Event):
        """Nobody need answer it any more."""

        TOPIC: ClassVar[str] = "processing.request.withdrawn"
        by: str
        reason: str

        def apply(self, aggregate: Request) -> None:
            """Assign."""
            aggregate.withdrawn = self.reason

    class FellDue(Event):
        """The last day has passed, and some have not answered."""

        TOPIC: ClassVar[str] = "processing.request.fell-due"
        due_at: str
        unanswered: list[str]

        def apply(self, aggregate: Request) -> None:
            """Assign."""
            aggregate.overdue = True

    @classmethod
    def issue(cls, terms: Terms, addressees: list[dict[str, Any]], act: Act) -> Request:
        """Lay it before its addressees."""
        act = act.on(root=terms.key)
        return cls.begin(cls.Issued, terms.key, act, terms=list(terms), addressees=addressees)

    def receive(self, act: Act, agency: str, officer: str | None = None) -> None:
        """Note that an addressee has it. Raises RefusedError: not addressed, withdrawn, known already."""
        part = self._open(agency, act)
        if "received_at" in part:
            raise RefusedError(REQUEST_RECEIVED, reference=self.terms.reference, agency=agency)
        self.record(self.Received, self._on(act), agency=agency, officer=officer)

    def answer(
        self,
        act: Act,
        agency: str,
        text: str,
        attachments: list[dict[str, Any]] | None = None,
        proposal: dict[str, Any] | None = None,
    ) -> None:
        """Take an addressee's report, in time or late. Raises RefusedError as `receive`, and for a proposal about no target."""
        self._open(agency, act)
        if proposal is not None and not (self.terms.about or {}).get("indicator"):
            raise RefusedError(PROPOSAL_WITHOUT_TARGET, reference=self.terms.reference)
        given = {"text": text, "attachments": attachments or [], "proposal": proposal}
        self.record(self.Answered, self._on(act), agency=agency, **given)

    def decide(self, agency: str, decision: str, basis: str, act: Act) -> Part:
        """Approve or decline what an addressee proposed, and return the proposal."""
        proposal: Part | None = self._part(agency).get("proposal")
        self._check_time(act)
        if proposal is None:
            raise RefusedError(NO_PROPOSAL, agency=agency, reference=self.terms.reference)
        if "decision" in self._part(agency):
            raise RefusedError(PROPOSAL_DECIDED, reference=self.terms.reference, agency=agency)
        self.record(self.ProposalDecided, self._on(act), agency=agency, decision=decision, basis=basis)
        return proposal

    def pass_on(self, agency: str, to: str, act: Act) -> bool:
        """Lay it before the successor of an addressee that has ended; return whether that was news.

        An answer stays whose it was, and of a withdrawn request nobody hears. The successor's part has the
        figure of the agency that ended, unless it is asked on its own account: then one answer is enough.
        """
        if self.withdrawn is not None or agency not in self.unanswered:
            return False
        self.record(self.PassedOn, self._on(act), agency=agency, to=to)
        return True

    def consolidate(self, by: str, text: str, act: Act) -> None:
        """Put the answers together, once; who has not answered by then is named."""
        self._check_time(act)
        self._check_standing()
        if self.consolidated_at is not None:
            raise RefusedError(REQUEST_CONSOLIDATED, reference=self.terms.reference, at=self.consolidated_at)
        answered = [agency for agency, part in self.parts.items() if "answered_at" in part]
        fields = {"answered": answered, "unanswered": self.unanswered}
        self.record(self.Consolidated, self._on(act), by=by, text=text, **fields)

    def withdraw(self, by: str, reason: str, act: Act) -> None:
        """Ask no longer. Raises RefusedError when it is withdrawn already."""
        self._check_time(act)
        self._check_standing()
        self.record(self.Withdrawn, self._on(act), by=by, reason=reason)

    def fall_due(self, act: Act) -> bool:
        """Note that the last day has passed; return whether anybody is late."""
        if self.withdrawn is not None or self.overdue or not self.unanswered:
            return False
        due_at = self.terms.due_at
        self.record(self.FellDue, self._on(act), due_at=due_at, unanswered=self.unanswered)
        return True

    @property
    def unanswered(self) -> list[str]:
        """Who has not answered yet, and should."""
        return [
            agency for agency, part in self.parts.items() if not {"answered_at", "passed_to"} & part.keys()
        ]

    @property
    def state(self) -> str:
        """`withdrawn`, `consolidated`, `answered` by all, `overdue`, or `open`."""
        if self.withdrawn is not None:
            return "withdrawn"
        if self.consolidated_at is not None:
            return "consolidated"
        if not self.unanswered:
            return "answered"
        return "overdue" if self.overdue else "open"

    def standing(self) -> dict[str, Any]:
        """Return how it stands, for people."""
        return {
            "request": str(self.id),
            **self.terms._asdict(),
            "issued_at": self.issued_at,
            "state": self.state,
            "withdrawn": self.withdrawn,
            "consolidated_at": self.consolidated_at,
            "addressees": list(self.parts.values()),
        }

    def _open(self, agency: str, act: Act) -> Part:
        part = self._part(agency)
        if "passed_to" in part:
            raise RefusedError(NOT_ADDRESSED, reference=self.terms.reference, agency=agency)
        self._check_time(act)
        self._check_standing()
        if "answered_at" in part:
            raise RefusedError(REQUEST_ANSWERED, reference=self.terms.reference, agency=agency)
        return part

    def _part(self, agency: str) -> Part:
        if agency not in self.parts:
            raise RefusedError(NOT_ADDRESSED, reference=self.terms.reference, agency=agency)
        return self.parts[agency]

    def _check_standing(self) -> None:
        if self.withdrawn is not None:
            raise RefusedError(REQUEST_WITHDRAWN, reference=self.terms.reference, reason=self.withdrawn)

    def _check_time(self, act: Act) -> None:
        if to_text(act.happened_at) < self.issued_at:
            asserted = to_text(act.happened_at)
            raise RefusedError(BEFORE_THE_REQUEST, asserted=asserted, issued=self.issued_at)

    def _on(self, act: Act) -> Act:
        return act.on(root=self.id)
