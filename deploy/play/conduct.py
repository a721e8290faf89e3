"""How agencies and applicants conduct themselves in a turn: what they do, and when they are done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from random import Random

from deploy.play import acts, happenings
from deploy.play.acts import Act
from deploy.play.happenings import Happening, Script
from deploy.play.office_time import HOUR, OfficeTime
from deploy.play.ways import Leg, Ways
from shared.working_time.due import due_at
from shared.working_time.terms import Term
from shared.working_time.verdict import late_from

SHORTEST = 300
"""The shortest that an agency takes, in seconds of working time."""
_OPINIONS = ("agree", "agree", "agree", "neither", "disagree")

REASONS = {
    acts.SUPPLEMENT: "Thành phần hồ sơ chưa rõ, đề nghị bổ sung bản sao có chứng thực",
    acts.RETURN: "Thông tin chưa khớp, đề nghị kiểm tra và xác nhận lại",
    acts.TRANSFER: "Không thuộc thẩm quyền của cơ quan này",
    acts.RECALL: "Chuyển nhầm hồ sơ, thu hồi để chuyển lại",
    acts.WITHDRAW: "Người nộp không còn nhu cầu",
}


@dataclass(frozen=True, slots=True)
class Planned:
    """What is done in a turn, and how it ends; `closes_at` None: not within the period."""

    agency: str
    acts: tuple[Act, ...]
    closes_at: datetime | None
    outcome: str = "completed"
    to_number: int = 0
    to_agency: str = ""
    applicants: bool = False


class Conduct:
    """The conduct of a dossier's people at a pace: how many working seconds a unit of work takes."""

    def __init__(
        self, ways: Ways, clock: OfficeTime, script: Script, pace: float, cutoff: str | None = None
    ) -> None:
        self._ways = ways
        self._clock = clock
        self._script = script
        self._pace = pace
        self._cutoff = time.fromisoformat(cutoff) if cutoff else None
        self._right_agency = ""

    def of(self, leg: Leg, attempt: int, agency: str, at: datetime, from_number: int) -> Planned:
        """Return what is done in a turn that opens at a moment."""
        number, begun = leg["number"], self._clock.position(at)
        if leg["pause"] in {"payment", "supplement"}:
            return self._waiting(agency, begun + self._script.waits[number - 1])
        lapse = None if leg["at_term"] == "overdue" else self._lapse(leg, agency, at, from_number)
        if lapse and (leg["at_term"] == "elapse" or number in self._script.silent):
            return self._lapsing(agency, lapse, leg["at_term"])
        length = SHORTEST + int(self._pace * self._script.weights[number - 1] / (1 if attempt == 1 else 3))
        taken = begun + int(min(length, 2 * HOUR) * self._script.delays[number - 1])
        done = begun + length
        if lapse:
            done = min(done, max(taken, self._clock.position(lapse) - 1))
        happening = self._script.happening
        if happening and happening.number == number:
            unusual = self._unusual(happening, attempt, agency, (begun, taken, done), from_number)
            if unusual:
                return unusual
        last = self._last(leg, done, number)
        return self._planned(agency, [self._act(acts.ACCEPT, taken), last])

    def _last(self, leg: Leg, done: int, number: int) -> Act | None:
        if leg["kind"] != "opinion":
            return self._act(acts.COMPLETE, done)
        opinion = Random(f"{self._script.weights}/{number}").choice(_OPINIONS)  # noqa: S311
        return self._act(acts.OPINION, done, opinion=opinion)

    def _unusual(
        self, it: Happening, attempt: int, agency: str, times: tuple[int, int, int], from_number: int
    ) -> Planned | None:
        begun, taken, done = times
        accept = self._act(acts.ACCEPT, taken)
        if it.kind == happenings.WRONG_AGENCY:
            return self._handed_on(it, attempt, agency, begun + (taken - begun) // 2)
        if attempt > 1:
            return None
        if it.kind == happenings.RECALL:
            recall = self._act(acts.RECALL, begun + (taken - begun) // 2, by=from_number)
            return self._planned(agency, [recall], "recalled", from_number)
        if it.kind == happenings.RETURN:
            back = self._act(acts.RETURN, done, to=it.to)
            return self._planned(agency, [accept, back], "returned", it.to)
        if it.kind == happenings.WITHDRAWAL:
            return self._planned(agency, [accept, self._act(acts.WITHDRAW, done)], "withdrawn")
        asked = taken + (done - taken) // 3
        given = asked + self._script.waits[it.number - 1]
        return self._planned(
            agency,
            [
                accept,
                self._act(acts.SUPPLEMENT, asked),
                self._act(acts.FULFIL, given),
                self._act(acts.COMPLETE, given + done - asked),
            ],
        )

    def _handed_on(self, it: Happening, attempt: int, agency: str, at: int) -> Planned | None:
        if attempt > 2:  # noqa: PLR2004
            return None
        to = it.agency if attempt == 1 else self._right_agency
        if attempt == 1:
            self._right_agency = agency
        act = self._act(acts.TRANSFER, at, to=to)
        return self._planned(agency, [act], "transferred", to_agency=to)

    def _waiting(self, agency: str, until: int) -> Planned:
        done = self._act(acts.FULFIL, until)
        return Planned(agency, (done,) if done else (), done.at if done else None, applicants=True)

    def _lapsing(self, agency: str, at: datetime, at_term: str) -> Planned:
        if self._clock.position(at) > self._clock.end:
            return Planned(agency, (), None)
        if at_term == "elapse":  # which processing does by itself, and at once where it lies in the past
            return Planned(agency, (), at, "elapsed")
        return Planned(agency, (acts.silence(at),), at, "consented")

    def _lapse(self, leg: Leg, agency: str, at: datetime, from_number: int) -> datetime:
        """Return when processing ends the leg if nobody else does."""
        term = Term.parse(leg["term"])
        calendar = self._ways.calendars.of(self._ways.hours(agency))
        due = due_at(at, term, calendar, cutoff=None if from_number else self._cutoff)
        return late_from(due.at, term.unit)

    def _planned(
        self,
        agency: str,
        done: list[Act | None],
        outcome: str = "completed",
        to_number: int = 0,
        to_agency: str = "",
    ) -> Planned:
        told = tuple(act for act in done if act)
        closes = done[-1].at if done[-1] else None
        return Planned(agency, told, closes, outcome, to_number, to_agency)

    def _act(self, command: str, position: int, *, by: int | None = None, **data: object) -> Act | None:
        """Return an act, or None when it lies behind the period."""
        if position > self._clock.end:
            return None
        if command in REASONS:
            data["reason"] = REASONS[command]
        return Act(command, self._clock.at(position), data, by)
