"""Two operators at one account: each waits until what the other ordered is done on the broker too."""

from __future__ import annotations

from pathlib import Path
from threading import Event, Thread
from typing import Any, cast

from deploy.enrolment import Enrolment
from shared.access import TokenFile


def test_whoever_comes_second_waits_for_the_first(tmp_path: Path) -> None:
    done: list[str] = []
    second_began = Event()

    def operator() -> Enrolment:
        return Enrolment(cast("Any", None), TokenFile(tmp_path / "tokens.json"))

    def second() -> None:
        second_began.set()
        with operator().alone():
            done.append("retire")

    thread = Thread(target=second)
    with operator().alone():
        thread.start()
        assert second_began.wait(5)
        thread.join(0.2)
        assert thread.is_alive()
        done.append("rotate")
    thread.join(5)

    assert done == ["rotate", "retire"]
