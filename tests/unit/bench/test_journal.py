from __future__ import annotations

import pytest

from deploy.bench.journey import ACTIONS
from deploy.bench.load.journal import Journal, LostError, percentile


def journal_of(dossiers: int) -> Journal:
    journal = Journal()
    for number in range(dossiers):
        for step, action in enumerate(ACTIONS):
            journal.sent[str(number), action] = float(step)
            journal.committed[str(number), action] = step + 0.5
    return journal


def test_only_what_was_committed_in_the_window_counts() -> None:
    journal = journal_of(10)
    assert journal.rate(0.5, 2.5) == 10  # the first two steps of ten dossiers in two seconds
    assert len(journal.latencies(0.5, 2.5)) == 20


def test_a_latency_runs_from_sending_to_the_sight_of_the_commit() -> None:
    assert journal_of(1).latencies(0, 10) == [0.5] * len(ACTIONS)


def test_whole_journeys_pass_the_check() -> None:
    journal_of(3).check(3)


def test_an_action_that_was_never_committed_is_found() -> None:
    journal = journal_of(3)
    del journal.committed["1", "accept-leg"]
    with pytest.raises(LostError, match="accept-leg"):
        journal.check(3)


def test_an_action_that_nobody_sent_is_found() -> None:
    journal = journal_of(3)
    journal.committed["stranger", "submit"] = 1.0
    with pytest.raises(LostError):
        journal.check(3)


def test_a_dossier_that_was_filed_and_never_seen_is_found() -> None:
    with pytest.raises(LostError):
        journal_of(3).check(4)


@pytest.mark.parametrize(("share", "value"), [(0.5, 50.0), (0.99, 99.0), (1.0, 100.0), (0.001, 1.0)])
def test_a_percentile_is_a_value_that_was_measured(share: float, value: float) -> None:
    assert percentile([float(number) for number in range(1, 101)], share) == value


def test_there_is_no_percentile_of_nothing() -> None:
    with pytest.raises(ValueError, match="no values"):
        percentile([], 0.5)
