"""Whose turn it is: what must hold before an act on a work is recorded."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from services.processing import problems
from services.processing.domain import events
from shared.acts import CLOCK_SKEW, Act
from shared.clock import from_text, to_text
from shared.errors import RefusedError

if TYPE_CHECKING:
    from services.processing.domain.work import Work

OPINION = "opinion"
CONSENT = "consent"
LAPSES = {CONSENT: events.CONSENTED, "elapse": events.ELAPSED}
"""What the end of a term makes of a leg that it ends."""
DESK = 0
"""Stands for the receiving desk where legs are numbered."""


def lapses_before(work: Work, act: Act) -> bool:
    """Return whether the leg is one that its term has ended when the act happens."""
    if work.outcome or work.suspended or work.at_term not in LAPSES:
        return False
    ends_at = work.term_ends_at
    return ends_at is not None and act.happened_at >= ends_at


def check_agency(work: Work, act: Act) -> None:
    """See that the agency acts on its own leg."""
    if act.actor.agency != work.agency:
        raise RefusedError(problems.NOT_YOUR_LEG, leg=work.id, agency=act.actor.agency)


def check_open(work: Work, act: Act) -> None:
    """See that the leg has not ended, by an act or by its term."""
    outcome = LAPSES[work.at_term] if lapses_before(work, act) else work.outcome
    if outcome:
        raise RefusedError(problems.LEG_ALREADY_CLOSED, leg=work.id, outcome=outcome)


def check_going_on(work: Work, act: Act) -> None:
    """See that the agency's own leg is open and does not wait for the applicant."""
    check_agency(work, act)
    check_open(work, act)
    if work.suspended:
        raise RefusedError(problems.LEG_SUSPENDED, leg=work.id, waits_for=work.suspended)


def check_accepted(work: Work, act: Act, command: str) -> None:
    """See that the agency, or the one that it succeeded, took the work on."""
    check_going_on(work, act)
    if not work.accepted_by:
        raise RefusedError(problems.OUT_OF_TURN, command=command, missing="accept-leg")


def check_work(work: Work, act: Act, command: str) -> None:
    """See that work, not an opinion, is asked for and was taken on."""
    check_going_on(work, act)
    if work.kind == OPINION:
        raise RefusedError(problems.OPINION_NEEDED, leg=work.id, command=command)
    check_accepted(work, act, command)


def check_asks(work: Work, act: Act, command: str) -> None:
    """See that the leg may wait for the applicant: during a public notice the dossier waits already."""
    check_work(work, act, command)
    if pause := work.details.get("pause"):
        raise RefusedError(problems.LEG_SUSPENDED, leg=work.id, waits_for=pause)


def check_opinion(work: Work, act: Act) -> None:
    """See that the agency is asked for an opinion that it has not given, by word or by silence."""
    check_agency(work, act)
    if work.kind != OPINION:
        raise RefusedError(problems.NOT_AN_OPINION_LEG, leg=work.id)
    if work.outcome == events.COMPLETED:
        raise RefusedError(problems.OPINION_ALREADY_GIVEN, leg=work.id)
    if work.outcome == events.CONSENTED or (work.at_term == CONSENT and lapses_before(work, act)):
        raise RefusedError(problems.OPINION_AFTER_TERM, leg=work.id, due_at=work.due_at)
    check_going_on(work, act)


def check_earlier(work: Work, to: int | None) -> None:
    """See that the dossier may go back there: to the desk, or to an earlier leg that it passed."""
    if to is None or to == DESK:
        return
    if any(earlier["number"] == to for earlier in work.details.get("may_return_to", ())):
        return
    skipped = to in work.details.get("skipped", ())
    raise RefusedError(
        problems.RETURN_TO_SKIPPED_LEG if skipped else problems.RETURN_NOT_EARLIER, leg=work.id, to=to
    )


def in_order(work: Work, act: Act) -> Act:
    """Return the act as happening not before the latest one on the leg.

    Two agencies' clocks differ a little; more than that would make durations negative.
    """
    last = from_text(work.last_at)
    if act.happened_at >= last:
        return act
    if last - act.happened_at > CLOCK_SKEW:
        asserted = to_text(act.happened_at)
        raise RefusedError(problems.TIME_OUT_OF_ORDER, asserted=asserted, last=work.last_at)
    return replace(act, happened_at=last)
