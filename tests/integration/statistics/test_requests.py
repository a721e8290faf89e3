"""The report on requests against a recount from the messages, and in every format."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_OID, uuid5

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deploy.contracts.operations.statistics_answers import ReportAnswer
from services.statistics.api import report_of
from services.statistics.papers.formats import FORMATS
from services.statistics.papers.paper import Imprint
from services.statistics.read_model import versions
from services.statistics.read_model.working_set import WorkingSet
from services.statistics.reports.answers import Question
from services.statistics.reports.periods import whole
from services.statistics.reports.requests import requests
from shared.clock import VIETNAM, to_text
from tests.builders.statistics import CENTRE, LAND, TAX, Province, vietnam, with_bodies
from tests.contract.messages.test_answers import check
from tests.integration.statistics.conftest import Office

pytestmark = pytest.mark.integration

START, CUT = vietnam(2019, 1, 1, 0), vietnam(2019, 9, 1, 0)
UNITS = (LAND, TAX, CENTRE)
WORDS = {"from": "2019-01-01", "to": "2019-08-31"}


@dataclass(frozen=True, slots=True)
class Part:
    """What one addressee does, each so many days after the issue; None: never."""

    received: int | None
    answered: int | None
    proposed: bool
    decided: int | None
    approved: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """One request of the recount."""

    issued: int
    """Days after the beginning of the year."""
    term: int
    kind: str
    withdrawn: int | None
    parts: Mapping[str, Part]

    def at(self, days: int) -> datetime:
        return vietnam(2019, 1, 1, 10) + timedelta(days=self.issued + days)

    @property
    def due_at(self) -> datetime:
        day = self.at(self.term + 1).astimezone(VIETNAM)
        return day.replace(hour=0).astimezone(START.tzinfo)


days = st.none() | st.integers(0, 60)
parts = st.builds(
    Part, received=days, answered=days, proposed=st.booleans(), decided=days, approved=st.booleans()
)
asked = st.builds(
    Asked,
    issued=st.integers(-20, 260),
    term=st.integers(0, 40),
    kind=st.sampled_from(["reminder", "report"]),
    withdrawn=st.none() | st.none() | st.integers(0, 60),
    parts=st.dictionaries(st.sampled_from(UNITS), parts, min_size=1),
)


def tell(province: Province, number: int, one: Asked) -> None:
    """Publish the messages of a request's life."""
    request = uuid5(NAMESPACE_OID, f"request {number}")

    def send(what: str, at: datetime, /, **data: Any) -> None:
        province.send(f"processing.{what}", request, at, {"request": str(request), **data})

    send(
        "request-issued",
        one.at(0),
        kind=one.kind,
        reference=f"{number}/UBND",
        issuer=CENTRE,
        subject="Tiến độ",
        basis="Công văn 1",
        due_on=one.at(one.term).astimezone(VIETNAM).date().isoformat(),
        due_at=to_text(one.due_at),
        consolidator=CENTRE,
        about=None,
        addressees=[{"agency": unit, "figure": None, "target": None} for unit in one.parts],
    )
    for unit, part in one.parts.items():
        if part.received is not None:
            send("request-received", one.at(part.received), agency=unit, officer=None)
        if answers(one, part):
            proposal = {"percent": "40"} if part.proposed else None
            send(
                "request-answered", one.at(part.answered or 0), agency=unit, attachments=0, proposal=proposal
            )
        if answers(one, part) and part.proposed and part.decided is not None:
            decision = "approved" if part.approved else "declined"
            at = one.at((part.answered or 0) + part.decided)
            send("proposal-decided", at, agency=unit, decision=decision, basis="QĐ 2")
    if one.withdrawn is not None:
        send("request-withdrawn", one.at(one.withdrawn), by=CENTRE, reason="Nhầm")


def answers(one: Asked, part: Part) -> bool:
    """Whether it answers at all: nobody can once a request is withdrawn."""
    return part.answered is not None and (one.withdrawn is None or part.answered <= one.withdrawn)


def recounted(told: list[Asked], unit: str | None = None) -> dict[str, Any] | None:
    """Count addressee by addressee from what was told, with no query."""
    found: Counter[str] = Counter()
    late_by: list[int] = []
    for one in told:
        if not START <= one.at(0) < CUT:
            continue
        for name, part in one.parts.items():
            if unit in {None, name}:
                found.update(standing(one, part))
                if standing(one, part)["unanswered_late"]:
                    due_on = one.at(one.term).astimezone(VIETNAM).date()
                    late_by.append((vietnam(2019, 8, 31).astimezone(VIETNAM).date() - due_on).days)
    if not found["asked"]:
        return None
    owed = found["answered_in_time"] + found["answered_late"] + found["unanswered_late"]
    ratio = None
    if owed:
        hundredths = (found["answered_in_time"] * 20_000 + owed) // (2 * owed)
        ratio = f"{hundredths // 100}.{hundredths % 100:02d}"
    return {**found, "ratio_in_time": ratio, "days_late": max(late_by, default=None)}


def standing(one: Asked, part: Part) -> dict[str, int]:
    """Say what one addressee counts for, clause by clause."""
    answered = answers(one, part) and one.at(part.answered or 0) < CUT
    in_time = answered and one.at(part.answered or 0) < one.due_at
    withdrawn = not answered and one.withdrawn is not None and one.at(one.withdrawn) < CUT
    open_ = not answered and not withdrawn
    decided = answered and part.proposed and part.decided is not None
    decided = decided and one.at((part.answered or 0) + (part.decided or 0)) < CUT
    known = part.received is not None and one.at(part.received) < CUT
    return {
        "asked": 1,
        "received": int(answered or known),
        "answered_in_time": int(in_time),
        "answered_late": int(answered and not in_time),
        "unanswered_late": int(open_ and one.due_at <= CUT),
        "pending": int(open_ and one.due_at > CUT),
        "withdrawn": int(withdrawn),
        "proposals": int(answered and part.proposed),
        "approved": int(decided and part.approved),
        "declined": int(decided and not part.approved),
    }


class _RollbackError(Exception):
    """Leaves nothing behind."""


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=st.lists(asked, max_size=8), order=st.randoms(use_true_random=False))
def test_the_report_is_what_counting_addressee_by_addressee_gives(
    office: Office, told: list[Asked], order: Any
) -> None:
    province = Province()
    for number, one in enumerate(told):
        tell(province, number, one)
    bodies = [body for _message, body in with_bodies(province.sent)]
    order.shuffle(bodies)
    period = whole(START.astimezone(VIETNAM).date(), vietnam(2019, 8, 31).astimezone(VIETNAM).date(), CUT)
    with suppress(_RollbackError), office.database.transaction() as tx:
        versions.create(tx, 0)
        building = WorkingSet(0, new=True)
        building.take(tx, [*bodies, *bodies[:3]])
        building.write(tx)
        first, last = period.start_at.date(), period.cut_at.date()
        _, whole_answer = requests(tx, 0, Question(first, last), [period])
        _, by_unit = requests(tx, 0, Question(first, last, by=("unit",)), [period])
        raise _RollbackError

    assert whole_answer["total"] == recounted(told)
    rows = {row["unit"]: row for row in by_unit["rows"]}
    for unit in UNITS:
        expected = recounted(told, unit)
        found = rows.get(unit)
        assert (found is None) == (expected is None)
        assert expected is None or {key: (found or {})[key] for key in expected} == expected
    assert len(whole_answer["unanswered"]) == (recounted(told) or {"unanswered_late": 0})["unanswered_late"]


def test_it_is_told_as_of_any_moment_and_on_every_paper(office: Office) -> None:
    province = Province()
    for unit in UNITS:
        province.agency(unit, "province")
    nothing, late = Part(None, None, False, None, False), Part(1, 12, True, 2, True)
    tell(province, 1, Asked(180, 10, "report", None, {LAND: late, TAX: nothing}))
    office.take(province.sent)

    def asked_for(**more: str) -> dict[str, Any]:
        return report_of(office.reports, "requests", {**WORDS, **more})

    before = asked_for(as_of="2019-07-05T00:00:00Z")
    now = asked_for()
    check(ReportAnswer, now)
    assert (before["total"]["pending"], before["total"]["ratio_in_time"]) == (2, None), "no data, not 100 %"
    assert (now["total"]["answered_late"], now["total"]["approved"]) == (1, 1)
    assert [(one["agency"], one["days_late"]) for one in now["unanswered"]] == [(TAX, 52)]
    assert asked_for(**{"from": "2018-01-01", "to": "2018-12-31"})["total"] is None
    for by in ("unit", "kind", "issuer", "request"):
        answer = asked_for(by=by)
        json.dumps(answer)
        for wanted in FORMATS.values():
            imprint = Imprint(vietnam(2019, 9, 1).date())
            assert wanted.make(answer, imprint, lambda: None), (by, wanted.suffix)
    said = FORMATS["text"].make(now, Imprint(vietnam(2019, 9, 1).date()), lambda: None)
    assert "quá hạn chưa trả lời" in said.decode()
    assert "52 days late" in said.decode()


def test_what_an_addressee_that_ended_left_is_owed_by_its_successor_once(office: Office) -> None:
    province, request = Province(), uuid5(NAMESPACE_OID, "request 1")
    nothing = Part(None, None, False, None, False)
    tell(province, 1, Asked(180, 10, "report", None, {TAX: nothing, LAND: nothing}))

    def send(what: str, day: int, **data: Any) -> None:
        province.send(f"processing.{what}", request, vietnam(2019, 7, day), {"request": str(request), **data})

    send("request-passed-on", 4, agency=TAX, to=LAND)
    send("request-passed-on", 5, agency=LAND, to="xa-moi")
    send("request-answered", 6, agency="xa-moi", attachments=0, proposal=None)
    office.take(province.sent)

    def owed(day: int) -> dict[str, tuple[int, int]]:
        told = report_of(
            office.reports, "requests", {**WORDS, "by": "unit", "as_of": f"2019-07-{day:02}T00:00:00Z"}
        )
        return {row["unit"]: (row["pending"], row["answered_in_time"]) for row in told["rows"]}

    assert owed(4) == {TAX: (1, 0), LAND: (1, 0)}
    assert owed(5) == {LAND: (1, 0)}
    assert owed(6) == {"xa-moi": (1, 0)}
    assert owed(7) == {"xa-moi": (0, 1)}
