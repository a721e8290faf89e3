"""The ranking's feed by itself: bounded, alive while nothing happens, and made once for all."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from services.statistics.reports import feed as module
from services.statistics.reports.answers import Answer, Question
from services.statistics.reports.feed import ReportFeed
from services.statistics.reports.rule_sets import RuleSets
from shared.clock import SetClock
from shared.errors import RefusedError
from shared.signing import Signer
from tests.builders.statistics import vietnam
from tests.integration.statistics.conftest import Office
from tests.integration.statistics.test_online import province
from tests.integration.statistics.test_scores import adopt, known, rules_of

pytestmark = pytest.mark.integration

YEAR = Question(date(2019, 1, 1), date(2019, 12, 31))


class Time:
    """Time that passes while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def feed(office: Office, clock: SetClock, tmp_path: Path, time: Time) -> ReportFeed:
    rule_sets = RuleSets(office.database, office.application, Signer.of(tmp_path / "report.key"))
    adopt(office, clock, rule_sets, rules_of("nghi-dinh-61"))
    return ReportFeed(office.database, office.reports, time.sleep, time)


def test_it_tells_once_then_only_changes_and_stays_alive(
    office: Office, feed: ReportFeed, time: Time
) -> None:
    told = feed.listen(YEAR, None)
    assert next(told).startswith(b"id: ")
    before = time.now
    assert next(told) == b": still here\n\n"
    assert time.now - before >= module.HEARTBEAT_SECONDS
    known(office)
    assert b'"rank":1' in next(told)
    assert feed.listeners == 1
    told.close()
    told.close()
    assert feed.listeners == 0


def test_all_who_ask_the_same_share_one_answer(
    office: Office, feed: ReportFeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Question] = []
    report = office.reports.report

    def counted(name: str, question: Question) -> Answer:
        made.append(question)
        return report(name, question)

    monkeypatch.setattr(office.reports, "report", counted)
    listeners = [feed.listen(YEAR, None) for _ in range(20)]
    assert len({next(one) for one in listeners}) == 1
    assert len(made) == 1


def test_too_many_are_asked_to_come_back(feed: ReportFeed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_LISTENERS", 1)
    first = feed.listen(YEAR, None)
    next(first)
    with pytest.raises(RefusedError) as refusal:
        feed.listen(YEAR, None)
    assert refusal.value.problem.status == 503
    monkeypatch.setattr(module, "MOST_LISTENERS", 2)
    with pytest.raises(RefusedError) as refusal:
        feed.listen(Question(date(2018, 1, 1), date(2018, 1, 2)), None)
    assert refusal.value.problem.code == "no-rule-set"


def test_who_never_hears_anything_leaves_too(feed: ReportFeed) -> None:
    told = feed.listen(YEAR, None)
    assert feed.listeners == 1
    told.close()
    assert feed.listeners == 0


def test_a_position_that_is_still_to_come_is_none(feed: ReportFeed) -> None:
    told = feed.listen(YEAR, 10**9)
    assert next(told).startswith(b"id: ")


def test_it_stays_alive_while_much_happens_that_changes_no_rank(
    office: Office, feed: ReportFeed, time: Time
) -> None:
    told = feed.listen(YEAR, None)
    next(told)
    moving = province()
    sleep, number = time.sleep, iter(range(1, 1000))

    def busy(seconds: float) -> None:
        sleep(seconds)
        sent = len(moving.sent)
        moving.submit(next(number), vietnam(2019, 5, 6))
        office.take(moving.sent[sent:])

    feed._sleep = busy
    assert next(told) == b": still here\n\n"
