from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from deploy.bench.catching_up import CaughtUp
from deploy.bench.decisions import Decisions, measure
from deploy.bench.end_to_end import EndToEnd
from deploy.bench.machine import processor
from deploy.bench.previews import Previewed
from deploy.bench.rebuild import Rebuild
from deploy.bench.results import Results
from deploy.bench.verification import Verified


@pytest.fixture
def results() -> Results:
    return Results(
        machine={"cpu": "Some Processor", "cores": 2},
        end_to_end=EndToEnd(600.0, 12.34, 56.78, actions=9000, single_share=0.1),
        in_flight=400,
        peers={"celery_chain": 300.0, "plain_nameko": 1200.0},
        peers_in_flight=100,
        rebuild=Rebuild(events=1000, events_per_second=50_000.0, sql_events_per_second=200_000.0),
        verified=Verified(
            events=1000, bytes=10**6, events_per_second=30_000.0, sha256_events_per_second=600_000.0
        ),
        decisions=Decisions(
            itineraries=9000.0, legs=45_000.0, due_times=120_000.0, holidays_package=60_000.0
        ),
        caught_up=CaughtUp(messages=1000, seconds=4.0),
        previewed=Previewed(messages=1_000_000, seconds=2.5, procedure_seconds=0.5),
    )


def test_a_ratio_says_how_many_times_a_peers_rate_ours_is(results: Results) -> None:
    assert results.as_json()["ratios"] == {"celery_chain": 2.0, "plain_nameko": 0.5}


def test_the_json_form_holds_every_figure(results: Results) -> None:
    plain = json.loads(json.dumps(results.as_json()))
    assert plain["machine"] == {"cpu": "Some Processor", "cores": 2}
    assert plain["end_to_end"]["actions_per_second"] == 600.0
    assert (plain["end_to_end"]["p50_ms"], plain["end_to_end"]["p99_ms"]) == (12.3, 56.8)
    assert plain["rebuild"]["events_per_second"] == 50_000
    assert plain["rebuild"]["ratio_to_sql"] == 0.25
    assert plain["verification"]["ratio_to_sha256"] == 0.05
    assert plain["catching_up"] == {"messages_per_second": 250.0, "messages": 1000}
    assert plain["replay_preview"]["seconds"] == 2.5
    assert plain["decisions"]["ratio_to_holidays"] == 2.0


def test_decisions_are_measured_on_real_routes() -> None:
    measured = measure(0.01)
    assert measured.legs > measured.itineraries > 0
    assert measured.due_times > 0


def test_the_table_shows_where_we_fall_short_too(results: Results) -> None:
    console = Console(width=120, record=True, file=StringIO())
    console.print(results.as_table())
    (line,) = [line for line in console.export_text().splitlines() if line.strip().startswith("nameko")]
    assert line.split()[-1] == "0.50"


def test_the_processor_is_what_the_system_calls_it(tmp_path: Path) -> None:
    file = tmp_path / "cpuinfo"
    file.write_text("processor\t: 0\nmodel name\t: Some Processor @ 2 GHz\n")
    assert processor(file) == "Some Processor @ 2 GHz"


def test_a_system_that_does_not_name_its_processor_names_its_kind(tmp_path: Path) -> None:
    assert processor(tmp_path / "missing")
