"""Plays a scenario on the embedded stack and prints what the services then hold, as JSON.

Run as a program: python embedded_play.py SCENARIO SCALE WAVE KILL_EVERY PARTS; KILL_EVERY 0: never;
PARTS 2: first all that happens in the first half of the period, then the rest.
"""

# ruff: noqa: E402 (nothing may be imported before the patching)

import eventlet

eventlet.monkey_patch()

import json
import sys
import tempfile
from collections import Counter
from dataclasses import asdict
from pathlib import Path

from deploy.embedded import Embedded, embedded
from deploy.own_tokens import own_token
from deploy.play.acts import WHOLE, Part, PlannedDossier
from deploy.play.client import Client
from deploy.play.doors import Doors, Patience
from deploy.play.plan import plan
from deploy.play.player import Played, load_reference, play
from deploy.play.scenario import Scenario, load


class KilledError(Exception):
    """The player's life ended."""


def main(name: str, scale: float, wave: int, kill_every: int, parts: int) -> None:
    scenario = load(name)
    dossiers = plan(scenario, scale)
    with tempfile.TemporaryDirectory() as folder, embedded(Path(folder)) as stack:
        administrator, historian = (own_token(Path(folder), it) for it in ("administrator", "historian"))
        urls = stack.urls
        doors = Doors(
            urls["intake"],
            urls["routing"],
            urls["processing"],
            urls["statistics"],
            administrator,
            historian,
            stack.broker,
        )
        load_reference(doors, scenario)
        load_reference(doors, scenario)
        kills, played = 0, []
        for part in parts_of(dossiers, parts):
            killed, done = lives(doors, scenario, dossiers, part, wave, kill_every)
            kills += killed
            played.append(asdict(done))
        wait_for_works(stack, dossiers)
        wait_for_results(stack, dossiers)
        answer = {"kills": kills, "played": played, **held(stack, historian)}
        sys.stdout.write(json.dumps(answer) + "\n")


def parts_of(dossiers: list[PlannedDossier], parts: int) -> list[Part]:
    if parts == 1:
        return [WHOLE]
    middle = dossiers[len(dossiers) // 2].received_at
    return [Part(until=middle), Part(since=middle)]


def lives(
    doors: Doors, scenario: Scenario, dossiers: list[PlannedDossier], part: Part, wave: int, kill_every: int
) -> tuple[int, Played]:
    kills = 0

    def progress(done: int, _total: int) -> None:
        nonlocal kills
        if kill_every and done > (kills + 1) * kill_every:
            kills += 1
            raise KilledError

    while True:
        try:
            played = play(doors, scenario, dossiers, part=part, wave=wave, progress=progress, patience=60)
        except KilledError:
            continue
        return kills, played


def wait_for_works(stack: Embedded, dossiers: list[PlannedDossier]) -> None:
    """Wait until every leg that the plan comes to lies before its agency: nobody acts on the last ones."""
    come_to = sum(not turn.applicants for dossier in dossiers for turn in dossier.turns)
    patience = Patience(20)
    while (there := legs_there(stack)) < come_to:
        patience.pause(lambda: f"{come_to - there} of {come_to} works")


def wait_for_results(stack: Embedded, dossiers: list[PlannedDossier]) -> None:
    """Wait until intake has heard of every result: nobody collects some of them."""
    resolved = sum(dossier.resolved_at is not None and not dossier.withdrawn for dossier in dossiers)
    patience = Patience(20)
    while (there := results_there(stack)) < resolved:
        patience.pause(lambda: f"{resolved - there} of {resolved} results")


def results_there(stack: Embedded) -> int:
    with stack.runtimes["intake"].parts.database.transaction() as tx:
        return int(tx.execute("SELECT count(*) FROM dossier_lookup WHERE status IN (9, 10)")[0][0])


def legs_there(stack: Embedded) -> int:
    with stack.runtimes["processing"].parts.database.transaction() as tx:
        return int(tx.execute("SELECT count(*) FROM work")[0][0])


def held(stack: Embedded, token: str) -> dict[str, object]:
    """Return what the services hold: dossiers by status and verdict, works by state, parked messages."""
    database = {name: runtime.parts.database for name, runtime in stack.runtimes.items()}
    intake = Client(stack.urls["intake"], token)
    with database["intake"].transaction() as tx:
        ids = [str(row[0]) for row in tx.execute("SELECT dossier_id FROM dossier_lookup")]
    dossiers = [intake.get(f"/v1/dossiers/{dossier}") for dossier in ids]
    with database["processing"].transaction() as tx:
        works = Counter(f"{by} {state}" for by, state in tx.execute("SELECT handed_by, state FROM work"))
        overdue = tx.execute("SELECT count(*) FROM work WHERE overdue = true")[0][0]
        unanswered = tx.execute("SELECT count(*) FROM delivery WHERE notice IS NULL AND state <> 'answered'")[
            0
        ][0]
    parked = 0
    for name in ("intake", "routing", "processing"):
        with database[name].transaction() as tx:
            parked += tx.execute("SELECT count(*) FROM parked")[0][0]
    return {
        "statuses": Counter(str(dossier["status"]) for dossier in dossiers),
        "verdicts": Counter(str(dossier["verdict"]) for dossier in dossiers),
        "codes": len({dossier["code"] for dossier in dossiers}),
        "works": works,
        "overdue": overdue,
        "unanswered": unanswered,
        "parked": parked,
    }


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), *map(int, sys.argv[3:]))
