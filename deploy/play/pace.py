"""How fast a dossier's people have to be, so that it ends as was planned for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from random import Random

from deploy.play.acts import Turn
from deploy.play.conduct import SHORTEST, Conduct
from deploy.play.ends import end_of
from deploy.play.happenings import Script
from deploy.play.journey import Journey, travel
from deploy.play.office_time import DAY, HOUR, OfficeTime
from deploy.play.outcomes import LATE, NEAR, WITHDRAWN
from deploy.play.receipts import Receipt
from deploy.play.scenario import Mix, ScenarioError
from deploy.play.ways import Ways
from shared.working_time.verdict import Verdict, verdict

_FILLED = 0.85
"""The part of the time until the end that is filled with the work of all legs before the last."""
_PROBE = HOUR // 6
"""A pace that is tried, to see how much longer everything takes at it."""
_SLOWER = (1.0, 0.7, 0.4, 0.15, 0.0)


class Pacing:
    """Plans journeys along graphs: their pauses move the due time, so ends are found by trying."""

    def __init__(self, ways: Ways, mix: Mix, time: OfficeTime, rng: Random) -> None:
        self._ways = ways
        self._mix = mix
        self._time = time
        self._rng = rng

    def hurry(self, receipt: Receipt, script: Script) -> bool:
        """Give a receipt its script, and note how soon it can end and when it is due then.

        Returns whether it can end in time.
        """
        receipt.script = script
        self._note(receipt, self._travel(receipt, 0))
        if receipt.due is None or receipt.soonest > self._time.end:
            return receipt.soonest <= self._time.end
        limit = self._time.position(receipt.due) if receipt.in_hours else (receipt.due_day + 1) * DAY
        return receipt.soonest + SHORTEST < limit

    def can_withdraw(self, receipt: Receipt, script: Script) -> bool:
        """Give a receipt a script that ends with its withdrawal; returns whether that is in the period."""
        receipt.script = script
        return self._travel(receipt, HOUR).through

    def resolved(self, receipt: Receipt) -> Journey:
        """Return the journey with its end, by what is to become of it. Raises ScenarioError."""
        if WITHDRAWN in receipt.marks:
            return self._travel(receipt, HOUR)
        wanted = end_of(receipt, self._mix.early, self._time, self._rng)
        pace = self._pace(receipt, wanted)
        for factor in _SLOWER:
            journey = self._travel(receipt, pace * factor)
            if not journey.through:
                continue
            self._note(receipt, journey)
            try:
                return journey.ended(self._time.at(self._end(receipt, wanted)))
            except ScenarioError:
                continue
        raise ScenarioError(f"dossier {receipt.number} cannot end as planned")

    def begun(self, receipt: Receipt) -> Journey:
        """Return how far a pending dossier has come, at a moment when nothing goes on by itself."""
        journey = self._travel(receipt, self._rng.uniform(0.1, 0.6) * DAY)
        moments = sorted({act.at for turn in journey.turns for act in turn.acts if not act.name})
        moments = [moment for moment in moments if not _lapsing(journey, receipt, moment)]
        until = self._rng.choice([receipt.received_at, *moments[:-1]])
        turns = [turn.until(until) for turn in journey.turns if turn.opened_at <= until]
        return replace(journey, turns=tuple(turns), through=False)

    def _pace(self, receipt: Receipt, wanted: int) -> float:
        """Return the pace at which the legs before the last fill most of the time until an end."""
        fastest, slower = (self._ready(receipt, pace) for pace in (0, _PROBE))
        room = receipt.received + _FILLED * (wanted - receipt.received) - fastest
        return max(0.0, _PROBE * room / max(1, slower - fastest))

    def _ready(self, receipt: Receipt, pace: float) -> int:
        journey = self._travel(receipt, pace)
        return self._time.position(journey.ready) if journey.through else self._time.end

    def _travel(self, receipt: Receipt, pace: float) -> Journey:
        assert receipt.script  # noqa: S101
        cutoff = self._ways.cutoff(receipt.filing, receipt.received_at)
        conduct = Conduct(self._ways, self._time, receipt.script, pace, cutoff)
        return travel(receipt.legs, conduct, receipt.received_at)

    def _note(self, receipt: Receipt, journey: Journey) -> None:
        if not journey.through:
            receipt.soonest = self._time.end + 1
            return
        receipt.soonest = self._time.position(journey.ready) + 60
        due = self._ways.due(
            receipt.filing, receipt.channel, receipt.received_at, journey.pauses, journey.extensions
        )
        receipt.set_due(due, self._time)

    def _end(self, receipt: Receipt, wanted: int) -> int:
        """Return the end that was wanted, if it still means the same now that the due time is known."""
        unit = self._ways.unit(receipt.filing, receipt.channel)
        if NEAR not in receipt.marks and receipt.soonest <= wanted:
            late = verdict(self._time.at(wanted), receipt.due, unit) is Verdict.LATE
            if late == (LATE in receipt.marks):
                return wanted
        return end_of(receipt, self._mix.early, self._time, self._rng)


def _lapsing(journey: Journey, receipt: Receipt, moment: datetime) -> bool:
    """Tell whether a leg lies open at a moment that its term will end."""
    return any(
        _is_open(turn, moment) and receipt.legs[turn.number - 1]["at_term"] != "overdue"
        for turn in journey.turns
    )


def _is_open(turn: Turn, moment: datetime) -> bool:
    return turn.opened_at <= moment and (turn.closed_at is None or turn.closed_at > moment)


def is_plain(receipt: Receipt) -> bool:
    """Tell whether its legs are a sequence of usual work."""
    return all(
        leg["after"] == ([leg["number"] - 1] if leg["number"] > 1 else [])
        and (leg["kind"], leg["at_term"], leg["pause"], leg["skipped"]) == ("work", "overdue", None, None)
        for leg in receipt.legs
    )
