"""The scenario of urging: its waves, and that one behaviour that does not hold fails it."""

from __future__ import annotations

from deploy.behaviours import Behaviour, Behaviours
from deploy.play.plan import plan
from deploy.play.scenario import load, wave
from deploy.urging import Urged

GIA_LAI = load("gia-lai-2020")


def test_who_stands_idle_in_a_wave_files_nothing() -> None:
    urging = GIA_LAI.urging
    assert urging
    desks = []
    for said in urging["waves"]:
        dossiers = plan(wave(GIA_LAI, said), 0.5)
        assert len(dossiers) == said["figures"]["received"] / 2
        assert all(said["first"] <= one.received_at.date() <= said["last"] for one in dossiers)
        desks.append({one.filing.desk for one in dossiers})
    idle = [{desk for desk in found if desk.startswith(tuple(urging["slow"]))} for found in desks]
    assert idle[0] == set()
    assert {desk[:6] for desk in idle[1]} == set(urging["slow"]) - {"H21.34"}


def test_one_behaviour_that_does_not_hold_fails_the_scenario() -> None:
    good, bad = (Behaviour("x", "x", "x", "", holds) for holds in (True, False))
    assert Urged(GIA_LAI, Behaviours([good]), [], 0, 0).exact
    assert not Urged(GIA_LAI, Behaviours([good, bad]), [], 0, 0).exact
