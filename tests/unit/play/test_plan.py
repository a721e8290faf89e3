"""The plan: its figures recounted from times alone, its times within office hours, its seed obeyed."""

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from itertools import pairwise

import pytest

from deploy.play import acts
from deploy.play.acts import PlannedDossier
from deploy.play.people import NO_PROVINCE
from deploy.play.plan import plan
from deploy.play.scenario import Figures, Scenario, ScenarioError, load, scaled
from deploy.play.ways import Ways
from services.intake.schemas import read_submission
from shared.clock import VIETNAM
from shared.working_time.elapsed import working_time_between
from shared.working_time.terms import Unit
from shared.working_time.verdict import Verdict, verdict
from shared.working_time.vietnam import vietnam_calendar

CALENDAR = vietnam_calendar()
HOUR = timedelta(hours=1)
SCALES = [0.1, 0.0371, 0.013, 0.0007]


@cache
def ways_of(name: str) -> Ways:
    return Ways(load(name))


def pauses(ways: Ways, dossier: PlannedDossier) -> list[tuple[datetime, datetime]]:
    """Return when the dossier's clock stands still: for papers, money and public notices."""
    legs = ways.legs(dossier.filing, dossier.channel, dossier.received_at)
    found = []
    for turn in dossier.turns:
        if legs[turn.number - 1]["pause"] and turn.closed_at:
            found.append((turn.opened_at, turn.closed_at))
        elif (asked := turn.time_of(acts.SUPPLEMENT)) and (given := turn.time_of(acts.FULFIL)):
            found.append((asked, given))
    return found


def judge(scenario: Scenario, dossier: PlannedDossier) -> tuple[Verdict | None, datetime | None, Unit | None]:
    ways = ways_of(scenario.name)
    filing, channel = dossier.filing, dossier.channel
    due = ways.due(filing, channel, dossier.received_at, pauses(ways, dossier))
    unit = ways.unit(filing, channel)
    if dossier.resolved_at is None:
        return None, due, unit
    if dossier.withdrawn:  # counts as on time, whenever that is
        return Verdict.ON_TIME, due, unit
    return verdict(dossier.resolved_at, due, unit), due, unit


def recount(scenario: Scenario, dossiers: list[PlannedDossier]) -> Figures:
    verdicts = Counter(judge(scenario, dossier)[0] for dossier in dossiers)
    return Figures(
        received=len(dossiers),
        resolved=len(dossiers) - verdicts[None],
        early_or_on_time=verdicts[Verdict.EARLY] + verdicts[Verdict.ON_TIME],
        late=verdicts[Verdict.LATE],
        no_verdict=verdicts[Verdict.NONE],
        pending=verdicts[None],
    )


def times(dossier: PlannedDossier) -> list[datetime]:
    """Return when people do something with it, in order."""
    said = [act.at for turn in dossier.turns for act in turn.acts if not act.name]
    return [dossier.received_at, *sorted(said), *([dossier.handed_back_at] if dossier.handed_back_at else [])]


@pytest.fixture(scope="module")
def whole(quang_nam: Scenario) -> list[PlannedDossier]:
    return plan(quang_nam)


def test_the_whole_of_quang_nam_comes_out_as_printed(
    quang_nam: Scenario, whole: list[PlannedDossier]
) -> None:
    assert recount(quang_nam, whole) == Figures(46735, 43809, 43231, 577, 1, 2926)


@pytest.mark.parametrize("scale", SCALES)
def test_figures_come_out_exactly_at_every_scale(scenario: Scenario, scale: float) -> None:
    if round(scenario.figures.received * scale) < 1:
        pytest.skip("nothing is left at this scale")

    assert recount(scenario, plan(scenario, scale)) == scaled(scenario.figures, scale)


def test_figures_come_out_exactly_for_every_seed(quang_nam: Scenario) -> None:
    for seed in range(20):
        other = replace(quang_nam, seed=seed)

        assert recount(other, plan(other, 0.005)) == scaled(other.figures, 0.005)


def test_the_same_seed_gives_the_same_plan_and_another_seed_another(scenario: Scenario) -> None:
    once, again = plan(scenario, 0.02), plan(scenario, 0.02)
    other = plan(replace(scenario, seed=scenario.seed + 1), 0.02)

    assert once == again
    assert [dossier.submission for dossier in once] == [dossier.submission for dossier in again]
    assert [dossier.received_at for dossier in once] != [dossier.received_at for dossier in other]


def test_keys_name_scenario_seed_last_day_size_and_dossier_and_never_repeat(scenario: Scenario) -> None:
    one, other = plan(scenario, 0.02), plan(scenario, 0.04)
    keys = [dossier.key("submit") for dossier in one + other]

    assert len(set(keys)) == len(keys)
    assert keys[0] == f"{scenario.name}.{scenario.seed}.{scenario.last:%Y%m%d}.{len(one)}/1/submit"


def test_every_time_lies_inside_office_hours_of_a_working_day(
    scenario: Scenario, whole: list[PlannedDossier]
) -> None:
    for dossier in whole if scenario.name == "quang-nam-2019" else plan(scenario):
        for at in times(dossier):
            assert CALENDAR.clamp(at) == at
            assert scenario.first <= at.date() <= scenario.last


def test_nothing_happens_before_what_goes_before(scenario: Scenario) -> None:
    for dossier in plan(scenario, 0.3 if scenario.name == "lien-thong" else 0.1):
        for turn in dossier.turns:
            moments = [turn.opened_at, *(act.at for act in turn.acts), turn.closed_at or acts.EVER]
            assert dossier.received_at <= turn.opened_at
            assert all(one <= other for one, other in pairwise(moments))
        assert all(one <= other for one, other in pairwise(times(dossier)))


def test_a_leg_begins_only_when_those_before_are_done(scenario: Scenario) -> None:
    for dossier in plan(scenario, 0.3 if scenario.name == "lien-thong" else 0.1):
        legs = ways_of(scenario.name).legs(dossier.filing, dossier.channel, dossier.received_at)
        ends: dict[int, list[datetime | None]] = {}
        for turn in dossier.turns:
            ends.setdefault(turn.number, []).append(turn.closed_at)
        for turn in dossier.turns:
            before = [legs[number - 1] for number in legs[turn.number - 1]["after"]]
            for leg in before:
                closed = ends.get(leg["number"], [])
                assert leg["skipped"] or any(end and end <= turn.opened_at for end in closed)
        done = all(turn.closed_at for turn in dossier.turns)
        assert done == (dossier.resolved_at is not None)
        assert dossier.handed_back_at is None or (done and not dossier.withdrawn)


def test_everything_that_can_happen_happens_in_the_interlinked_routes(lien_thong: Scenario) -> None:
    turns = [turn for dossier in plan(lien_thong) for turn in dossier.turns]
    outcomes = Counter(turn.outcome for turn in turns)
    kinds = {act.command for turn in turns for act in turn.acts}

    assert {it.procedure for it in lien_thong.mix.filings} == {
        it["procedure"] for it in lien_thong.procedures
    } - {"LT-KHAISINH-2015"}
    assert min(
        outcomes[it] for it in ("returned", "recalled", "transferred", "consented", "elapsed", "withdrawn")
    )
    assert kinds >= {acts.OPINION, acts.SUPPLEMENT, acts.FULFIL, acts.WITHDRAW}
    assert any(turn.beside for turn in turns)


def test_344_dossiers_come_in_on_an_average_working_day(whole: list[PlannedDossier]) -> None:
    by_day = Counter(dossier.received_at.date() for dossier in whole)

    assert len(by_day) == 136
    assert round(len(whole) / len(by_day)) == 344
    assert date(2019, 5, 4) in by_day, "a Saturday that made up for 29 April"
    assert not any(date(2019, 4, 27) <= day <= date(2019, 5, 1) for day in by_day)


def test_five_to_ten_in_a_hundred_come_online(whole: list[PlannedDossier]) -> None:
    online = sum(dossier.channel == "online" for dossier in whole)

    assert 0.05 <= online / len(whole) <= 0.10


def near_due(scenario: Scenario, dossiers: list[PlannedDossier]) -> list[tuple[datetime, timedelta, Verdict]]:
    """Return due time, working time from it to the end, and verdict of those near."""
    found = []
    for dossier in dossiers:
        judged, due, _ = judge(scenario, dossier)
        if judged and due and dossier.resolved_at:
            distance = working_time_between(due, dossier.resolved_at, CALENDAR)
            if abs(distance) <= HOUR:
                found.append((due.astimezone(VIETNAM), distance, judged))
    return found


@pytest.mark.parametrize("scale", [0.1, 0.02])
def test_a_share_ends_within_a_working_hour_of_its_due_moment_before_and_after(
    scenario: Scenario, scale: float
) -> None:
    dossiers = plan(scenario, scale)
    near = near_due(scenario, dossiers)
    resolved = scaled(scenario.figures, scale).resolved

    assert len(near) >= int(scenario.mix.near_due * resolved)
    if resolved > 100:
        assert any(distance < timedelta() for _, distance, _ in near)
        assert any(distance > timedelta() for _, distance, _ in near)


def test_some_are_late_by_less_than_a_working_hour_and_some_in_time_after_the_due_moment(
    quang_nam: Scenario, whole: list[PlannedDossier]
) -> None:
    after = [judged for _, distance, judged in near_due(quang_nam, whole) if distance > timedelta()]

    assert after.count(Verdict.LATE) >= 25
    assert after.count(Verdict.ON_TIME) >= 500


@pytest.mark.parametrize(
    "day",
    [
        date(2019, 2, 1),  # the last before Tết
        date(2019, 2, 11),  # the first after it
        date(2019, 4, 26),  # the last before the swapped Monday and 30/4-1/5
        date(2019, 5, 2),  # the first after them
        date(2019, 5, 4),  # the Saturday that makes up
    ],
)
def test_some_near_due_dossiers_are_due_on_the_edges_of_holidays(quang_nam: Scenario, day: date) -> None:
    near = near_due(quang_nam, plan(quang_nam, 0.1))

    assert any(due.date() == day for due, _, _ in near)


def test_pending_ones_are_mostly_within_their_limit(quang_nam: Scenario, whole: list[PlannedDossier]) -> None:
    pending = [dossier for dossier in whole if dossier.resolved_at is None]
    overdue = 0
    for dossier in pending:
        _, due, _ = judge(quang_nam, dossier)
        overdue += due is not None and due.astimezone(VIETNAM).date() <= quang_nam.last

    assert 0 < overdue < 0.1 * len(pending)


def test_submissions_are_what_the_door_takes_in(scenario: Scenario) -> None:
    for dossier in plan(scenario, 0.05):
        filed = read_submission(dossier.submission)

        assert filed.accept
        assert filed.happened_at
        assert datetime.fromisoformat(filed.happened_at) == dossier.received_at


def test_applicants_exist_nowhere_and_none_twice(scenario: Scenario) -> None:
    numbers = [dossier.submission["person"]["identity_number"] for dossier in plan(scenario, 0.05)]

    assert len(set(numbers)) == len(numbers)
    assert all(len(number) == 12 and number.startswith(str(NO_PROVINCE)) for number in numbers)


def test_a_period_too_short_for_its_late_dossiers_is_refused(quang_nam: Scenario) -> None:
    two_days = replace(quang_nam, first=date(2019, 3, 4), last=date(2019, 3, 5))
    all_late = replace(two_days, figures=Figures(50, 50, 0, 50, 0, 0))

    with pytest.raises(ScenarioError, match="late"):
        plan(all_late)
