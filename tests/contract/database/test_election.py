from __future__ import annotations

from shared.persistence.database import Database
from tests.fixtures.databases import Open


def test_only_one_holds_a_job(database: Database, open_database: Open) -> None:
    held = database.elect("publisher")
    assert held is not None
    assert held.is_held()
    assert open_database().elect("publisher") is None
    assert database.elect("publisher") is None


def test_other_jobs_are_free(database: Database) -> None:
    assert database.elect("publisher") is not None
    assert database.elect("deadlines") is not None


def test_a_job_given_up_can_be_had(database: Database, open_database: Open) -> None:
    held = database.elect("publisher")
    assert held is not None
    held.release()
    assert not held.is_held()
    assert open_database().elect("publisher") is not None


def test_a_refused_candidate_does_not_disturb_the_holder(database: Database, open_database: Open) -> None:
    held = database.elect("publisher")
    assert held is not None
    other = open_database()
    assert other.elect("publisher") is None
    other.close()
    assert held.is_held()
    assert open_database().elect("publisher") is None


def test_closing_gives_every_job_up(database: Database, open_database: Open) -> None:
    held = database.elect("publisher")
    assert held is not None
    database.close()
    assert not held.is_held()
    assert open_database().elect("publisher") is not None
