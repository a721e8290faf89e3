"""Ends, remote areas and office hours over the real database, and what asking for them costs."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from shared.errors import RefusedError
from tests.integration.intake.conftest import OpenDesk
from tests.integration.intake.test_batches import Counted
from tests.unit.intake.one_stop_desk import MONDAY, PROCEDURE, OneStopDesk, desk_message

pytestmark = pytest.mark.integration


def test_what_the_register_says_of_a_desk_counts_in_every_process(open_desk: OpenDesk) -> None:
    first, second = open_desk(), open_desk()
    longer = {"when": {"fact": "remote", "equals": True}, "term": {"amount": "5", "unit": "working_day"}}
    content = {**PROCEDURE, "limits": [longer]}
    act = first.act("procedure_control")
    first.do(partial(first.intake.publish_procedure, "2.000286", content, act))
    hours = [["07:00", "11:00"], ["13:00", "17:00"]]
    first.know(desk_message(hours=hours), desk_message("other", "H21.66", "pleiku", remote=True))

    dossier = second.submit(procedure="2.000286")

    assert dossier.limit == longer["term"]
    assert second.replayed(dossier.id).hours == hours
    first.end("pleiku", ("other", None), at=MONDAY)
    with pytest.raises(RefusedError, match="desk-ended"):
        second.submit()
    assert second.do(partial(second.intake.continuing_desk, dossier, MONDAY)) == "other"
    assert second.do(partial(second.intake.continuing_desk, dossier, MONDAY - timedelta(hours=1))) == "pleiku"


def test_officers_acts_ask_once_in_a_unit_which_desk_goes_on(open_desk: OpenDesk) -> None:
    opened = open_desk()
    returned = [opened.returned() for _ in range(3)]
    database = Counted(opened.database)
    desk = OneStopDesk(database, opened.keys, opened.clock)
    act = desk.act("receiving_officer", "pleiku")

    def send_all_on() -> None:
        for dossier_id in returned:
            desk.intake.send_on(dossier_id, "Đã bổ sung", act)

    desk.do(send_all_on)

    assert database.asked.count("SELECT ended_at, heirs,") == 1
