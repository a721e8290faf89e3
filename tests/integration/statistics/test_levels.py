"""What a level's figures lead to: the lists of its units' dossiers, no more and no fewer."""

from __future__ import annotations

from random import Random

import pytest

from services.statistics.api import report_of
from shared.errors import RefusedError
from tests.builders.statistics import COMMUNE, LAND, vietnam
from tests.integration.statistics.conftest import Office
from tests.integration.statistics.test_online import OFFICE, OTHER, YEAR, file, province

pytestmark = pytest.mark.integration


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_level_s_list_has_as_many_dossiers_as_its_units_count(office: Office, seed: int) -> None:
    dice, found = Random(seed), province()  # noqa: S311 - a die, no secret
    for number in range(40):
        lead = dice.choice([LAND, OFFICE, COMMUNE, OTHER])
        received = vietnam(2019, dice.randint(1, 11), 5, 9)
        file(found, number, lead, dice.choice(["online", "direct"]), received, dice.choice([None, 3, 20]))
    office.take(found.sent)
    online = report_of(office.reports, "online", {**YEAR, "by": "unit"})["rows"]
    level_of = {row["unit"]: row["level"] for row in online}
    units = report_of(office.reports, "resolution", {**YEAR, "by": "unit"})["rows"]
    assert set(level_of.values()) == {"province", "district", "commune"}
    for level in ("province", "district", "commune", "vertical"):
        for figure in ("received_total", "resolved_total", "in_progress_total"):
            listed = report_of(office.reports, "dossiers", {**YEAR, "level": level, "figure": figure})
            counted = sum(row[figure] for row in units if level_of[row["unit"]] == level)
            assert listed["total"]["dossiers"] == len(listed["rows"]) == counted
            assert {row["unit"] for row in listed["rows"]} <= {u for u, of in level_of.items() if of == level}


def test_levels_that_are_none_are_refused(office: Office) -> None:
    for name, words in (("dossiers", {"level": "moon"}), ("carried", {"level": "province"})):
        with pytest.raises(RefusedError) as refused:
            report_of(office.reports, name, {**YEAR, **words})
        assert refused.value.problem.code in {"invalid", "not-a-list"}
