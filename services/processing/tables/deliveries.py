"""The delivery ledger, as units of work write it: what is to be delivered, and what was answered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from services.processing.domain import Work
from services.processing.domain.request import Request
from services.processing.messages import CarriedOut, Letters, Refusal
from services.processing.ports import Notice, Succession
from shared.acts import Act
from shared.clock import Clock
from shared.persistence.database import Transaction

HAND_OVER = "hand-over"
REFUSAL = "refusal"
"""What is delivered once the broker has it: refusals, and notices, which say so in a column of their own."""

_ITS_OWN = ("/agencies/", "/http/agency")
"""How the causation of an agency's own command begins, on the broker and over HTTP."""

_ENTER = """
    INSERT INTO delivery (message_id, agency, dossier_id, leg_id, kind, body, state, attempts, next_try_at,
        created_at)
    VALUES (:message_id, :agency, :dossier_id, :leg_id, :kind, :body, 'waiting', 0, :now, :now)
    ON CONFLICT (message_id) DO NOTHING
"""
_OUTDATE = """
    UPDATE delivery SET state = 'answered', answered_by = :message_id, next_try_at = NULL
    WHERE agency = :agency AND dossier_id = :dossier_id AND leg_id = :leg_id AND notice IS NOT NULL
        AND next_try_at IS NOT NULL
"""
# A hand-over that waits for its first try was never sent: unless it will be, its agency needs no notice.
# One that is being sent right now has a lease; the notice waits for that to be over.
_NOTIFY = """
    INSERT INTO delivery (message_id, agency, dossier_id, leg_id, kind, notice, body, state, attempts,
        next_try_at, created_at)
    SELECT :message_id::text, agency, dossier_id, leg_id, 'refusal', :state::text, :body::bytea, 'waiting', 0,
        CASE WHEN attempts = 0 AND next_try_at > created_at THEN next_try_at ELSE :now::timestamptz END,
        :now::timestamptz
    FROM delivery
    WHERE message_id = :hand_over AND agency = :agency
        AND (:lasting::boolean OR attempts > 0 OR next_try_at IS NULL OR next_try_at > created_at)
    ON CONFLICT (message_id) DO NOTHING
"""
_ANSWER = """
    UPDATE delivery SET state = 'answered', answered_by = :by, next_try_at = NULL
    WHERE message_id = :message_id AND agency = :agency AND kind = 'hand-over'
        AND state IN ('waiting', 'sent', 'parked')
"""
_ALIVE = """
    INSERT INTO agency_answer (agency, last_answer_at) VALUES (:agency, :at)
    ON CONFLICT (agency) DO UPDATE SET last_answer_at = excluded.last_answer_at
"""


class DeliveryTable:
    """Gathers a unit's entries and answers; a collaborator of `UnitOfWork`."""

    def __init__(self, letters: Letters, clock: Clock) -> None:
        self._letters = letters
        self._clock = clock
        self._entered: list[dict[str, Any]] = []
        self._notified: list[dict[str, Any]] = []
        self._answered: dict[tuple[str, str], str] = {}
        self._alive: set[str] = set()

    def hand_over(self, work: Work, act: Act, succession: Succession | None = None) -> None:
        """Enter the hand-over of a leg: sent again and again until the agency answers it."""
        self._entered.append(
            {
                "message_id": work.hand_over_id,
                "agency": work.agency,
                "dossier_id": act.root,
                "leg_id": work.id,
                "kind": HAND_OVER,
                "body": self._letters.hand_over(work, act, succession),
                "now": act.recorded_at,
            },
        )

    def notify(self, work: Work, notice: Notice, act: Act) -> None:
        """Enter a notice, to be sent behind the hand-over that it speaks of.

        Word of the end of the agency's part takes the place of what it was not yet told before.
        """
        if not notice.lasting:
            self._notified = [row for row in self._notified if row["hand_over"] != notice.hand_over]
        self._notified.append(
            {
                "message_id": self._letters.notice_id(work, notice),
                "agency": notice.agency,
                "dossier_id": UUID(work.root),
                "leg_id": work.id,
                "hand_over": notice.hand_over,
                "state": notice.state,
                "lasting": notice.lasting,
                "body": self._letters.notice(work, notice, act),
                "now": act.recorded_at,
            },
        )

    def lay_before(self, request: Request, agency: str, act: Act) -> None:
        """Enter a request: sent again and again until the agency answers the message."""
        message_id = self._letters.request_id(request, agency)
        self._enter(request, agency, HAND_OVER, message_id, self._letters.request(request, agency, act), act)

    def tell(self, request: Request, agency: str, state: str, note: str, act: Act) -> None:
        """Enter word of a change of a request: it needs no answer."""
        body = self._letters.request_notice(request, agency, state, note, act)
        message_id = self._letters.request_notice_id(request, agency)
        self._enter(request, agency, REFUSAL, message_id, body, act)

    def close(self, request: Request, agency: str, by: str) -> None:
        """Send the request to that agency no more: it answered, or need not."""
        self.answer(agency, [self._letters.request_id(request, agency)], by)

    def _enter(
        self, request: Request, agency: str, kind: str, message_id: str, body: bytes, act: Act
    ) -> None:
        self._entered.append(
            {
                "message_id": message_id,
                "agency": agency,
                "dossier_id": request.id,
                "leg_id": request.id,
                "kind": kind,
                "body": body,
                "now": act.recorded_at,
            },
        )

    def refuse(self, refusal: Refusal) -> None:
        """Enter the answer to a refused command: delivered when the broker has it."""
        self._tell_sender(refusal, self._letters.refusal(refusal))

    def confirm(self, carried_out: CarriedOut) -> None:
        """Enter word to a command's sender that it was carried out: delivered when the broker has it."""
        self._tell_sender(carried_out, self._letters.carried_out(carried_out))

    def _tell_sender(self, answer: Refusal | CarriedOut, body: bytes) -> None:
        self._entered.append(
            {
                "message_id": answer.message_id,
                "agency": answer.agency,
                "dossier_id": None,
                "leg_id": answer.leg,
                "kind": REFUSAL,
                "body": body,
                "now": answer.at,
            },
        )

    def answer(self, agency: str, message_ids: Sequence[str], by: str) -> None:
        """Note that the agency answered these messages; ids that are not its own change nothing.

        `by` is what it answered with: word of its own shows that it is alive.
        """
        if by.startswith(_ITS_OWN):
            self._alive.add(agency)
        for message_id in message_ids:
            self._answered.setdefault((message_id, agency), by)

    def flush(self, tx: Transaction) -> None:
        """Write what was gathered."""
        if self._entered:
            tx.execute_many(_ENTER, self._entered)
        if self._notified:
            # Before the answers: these close hand-overs, and then nobody can tell whether they were sent.
            ends = [row for row in self._notified if not row["lasting"]]
            if ends:
                tx.execute_many(_OUTDATE, ends)
            tx.execute_many(_NOTIFY, self._notified)
        if self._answered:
            # Everyone locks rows in the same order, so that no two wait for each other.
            rows = [
                {"message_id": message_id, "agency": agency, "by": by}
                for (message_id, agency), by in sorted(self._answered.items())
            ]
            tx.execute_many(_ANSWER, rows)
        if self._alive:
            now = self._clock.now()
            tx.execute_many(_ALIVE, [{"agency": agency, "at": now} for agency in sorted(self._alive)])

    def clear(self) -> None:
        """Forget what was gathered."""
        self._entered = []
        self._notified = []
        self._answered.clear()
        self._alive.clear()
