from __future__ import annotations

import pytest

from deploy.bench.load.province import Province
from services.intake.schemas import read_procedure, read_submission
from services.routing.schemas import ReferenceSchema


@pytest.fixture
def province() -> Province:
    return Province.of(desks=3, departments=2)


def test_intake_understands_every_procedure(province: Province) -> None:
    codes = [read_procedure(procedure)[0] for procedure in province.for_intake()["procedures"]]
    assert codes == [province.procedure(department) for department in province.departments]


def test_routing_understands_agencies_and_processes(province: Province) -> None:
    reference = ReferenceSchema().load(province.for_routing())
    connected = [agency["agency"] for agency in reference["agencies"] if agency["connected"]]
    assert connected == list(province.departments)
    assert {len(process["legs"]) for process in reference["processes"]} == {1}


def test_intake_understands_every_submission(province: Province) -> None:
    filed = [read_submission(province.submission(number)) for number in range(6)]
    assert {each.submission.desk for each in filed} == set(province.desks)
    assert {each.submission.procedure for each in filed} == set(map(province.procedure, province.departments))
