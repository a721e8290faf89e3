from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from itertools import groupby

import pytest

from services.intake.application import Filing
from services.intake.domain.dossier import Dossier
from services.intake.ports import DeskDay
from tests.integration.intake.conftest import OpenDesk
from tests.unit.intake.one_stop_desk import OneStopDesk, desk_message, submission

pytestmark = pytest.mark.integration

WRITERS = 8
DAY = date(2025, 7, 7)


def test_eight_writers_take_every_number_once_and_leave_none_out(open_desk: OpenDesk) -> None:
    keys: list[DeskDay] = [(f"H21.{n}", DAY + timedelta(days=n % 2)) for n in range(10, 14)]

    def take(writer: int) -> list[tuple[DeskDay, int]]:
        counters = open_desk().tables.counters
        taken = []
        for turn in range(30):
            # Each asks in an order and for amounts of its own.
            wanted = {
                key: 1 + (writer + turn + n) % 3
                for n, key in enumerate(keys[writer % 4 :] + keys[: writer % 4])
            }
            for key, first in counters.take(wanted).items():
                taken += [(key, number) for number in range(first, first + wanted[key])]
        return taken

    with ThreadPoolExecutor(WRITERS) as writers:
        taken = sorted(number for numbers in writers.map(take, range(WRITERS)) for number in numbers)

    for _, numbers in groupby(taken, key=lambda one: one[0]):
        ordered = [number for _, number in numbers]
        assert ordered == list(range(1, len(ordered) + 1))


def test_writers_at_one_desk_file_dossiers_under_codes_without_gap_or_duplicate(open_desk: OpenDesk) -> None:
    first = open_desk()
    first.do(lambda: first.tables.agencies.put(desk_message("kon-tum", "H21.70")))

    def file(writer: int) -> list[str | None]:
        desk = open_desk()
        codes = []
        for turn in range(5):
            filings = [
                Filing(submission(desk=("pleiku", "kon-tum")[(writer + turn + n) % 2]), desk.act())
                for n in range(4)
            ]
            if turn == 3:
                _fail_after(desk, filings)
            codes += [filed.code for filed in desk.submit_many(*filings) if isinstance(filed, Dossier)]
        return codes

    with ThreadPoolExecutor(WRITERS) as writers:
        codes = [code for given in writers.map(file, range(WRITERS)) for code in given]

    each = WRITERS * 5 * 4 // 2
    assert sorted(filter(None, codes)) == [
        f"{desk}-250707-{number:04d}" for desk in ("H21.65", "H21.70") for number in range(1, each + 1)
    ]


def _fail_after(desk: OneStopDesk, filings: list[Filing]) -> None:
    def work() -> None:
        desk.intake.submit_many(filings)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        desk.do(work)


def test_a_desk_does_not_wait_for_another_desks_writer(open_desk: OpenDesk) -> None:
    slow, quick = open_desk(), open_desk()
    with slow.database.transaction():
        slow.tables.counters.take({("H21.10", DAY): 1})
        # Would wait for ever if more than the row were locked.
        with quick.database.transaction() as tx:
            tx.execute("SET LOCAL lock_timeout = '5s'")
            assert quick.tables.counters.take({("H21.11", DAY): 2}) == {("H21.11", DAY): 1}


def test_two_officers_who_receive_one_dossier_leave_one_code(open_desk: OpenDesk) -> None:
    dossier_id = open_desk().filed()

    def receive(desk: OneStopDesk) -> str:
        try:
            desk.do(lambda: desk.intake.receive(dossier_id, desk.act()))
        except Exception as error:  # noqa: BLE001 - the outcome is what is counted
            return getattr(error, "code", repr(error))
        return "received"

    desks = [open_desk() for _ in range(4)]
    with ThreadPoolExecutor(4) as officers:
        outcomes = Counter(officers.map(receive, desks))

    assert outcomes == {"received": 1, "wrong-status": 3}
    assert open_desk().events(dossier_id) == ["intake.dossier.submitted", "intake.dossier.received"]
    assert open_desk().submit().code == "H21.65-250707-0002"
