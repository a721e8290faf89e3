"""The verb demo: a scenario through all four services, beside the figures of its source."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import click
from rich.table import Table

from deploy.cli.beside import as_people_write, mark, print_inconsistencies, print_pace, print_title
from deploy.cli.history import print_history
from deploy.cli.online_target import show as show_held
from deploy.cli.output import as_json, fail, log_to_stderr, print_json, progress, screen
from deploy.cli.ranked import show as show_ranked
from deploy.cli.reaching import run_folder
from deploy.cli.reorganised import show as show_reorganised
from deploy.cli.urged import show as show_urged
from deploy.demo import NotSettledError, Result, run
from deploy.online_target import Held
from deploy.online_target import run as run_units
from deploy.play.client import DoorError
from deploy.play.doors import PlayError
from deploy.play.scenario import Scenario, ScenarioError, load, names
from deploy.ranked import Ranked
from deploy.ranked import run as run_ranked
from deploy.reach import FolderInUseError, NotRunningError, Reached, reach
from deploy.reorganised import Reorganised
from deploy.reorganised import run as run_reorganised
from deploy.urging import Urged
from deploy.urging import run as run_urged
from services.statistics.papers.numbers import number
from shared.messaging.broker import Broker, BrokerUnavailableError

SMALL = {"quang-nam-2019": 0.02, "lien-thong": 0.5}
"""Scales of the tour that `lienthong demo` makes when no scenario is named."""

FAULTS = (ScenarioError, NotRunningError, NotSettledError, PlayError, DoorError, BrokerUnavailableError)
"""What can end a scenario early."""

Played = Result | Reorganised | Held | Urged | Ranked
"""What a scenario comes to."""

FIGURES = {
    "received": ("Tiếp nhận", "received"),
    "resolved": ("Đã giải quyết", "resolved"),
    "early_or_on_time": ("Trước hạn, đúng hạn", "early or on time"),
    "late": ("Quá hạn", "late"),
    "no_verdict": ("Không có hạn (chênh lệch)", "no due date (residual)"),
    "pending": ("Đang giải quyết", "in progress"),
}


@click.command()
@click.option(
    "--scenario", "name", type=click.Choice(names()), help="Kịch bản / scenario; else a short tour."
)
@click.option("--scale", type=click.FloatRange(0, 1, min_open=True), help="Tỷ lệ / share of the figures.")
@click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    help="Giữ dữ liệu ở đây và chạy tiếp / keep the data here and go on from it; else made anew.",
)
@click.option("--stack", is_flag=True, help="Trên hệ thống đang bật bởi `up` / on the running full stack.")
@run_folder
@as_json
def demo(
    name: str | None,
    scale: float | None,
    home: Path | None,
    stack: bool,  # noqa: FBT001
    folder: Path,
    json_: bool,  # noqa: FBT001
) -> None:
    """Chạy thử một tỉnh qua cả bốn dịch vụ / play a province through all four services.

    Without --scenario: a short tour, Quảng Nam's first half of 2019 at 2 % and dossiers through three
    levels of government. Everything runs in this process, unless --stack is given.
    """
    log_to_stderr(30)
    if json_ and name is None:
        fail("--json cần --scenario", "--json needs --scenario", status=2)
    fresh = folder / "demo"
    try:
        if not stack and home is None:
            _clear(fresh)
        home = home or fresh
        with reach(folder, None if stack else home) as reached:
            _run(reached, folder, _chosen(name, scale), quiet=json_)
    except FolderInUseError as error:
        fail(f"một tiến trình khác đang dùng {home or fresh}", str(error))
    except FAULTS as error:
        fail("không chạy được kịch bản", str(error))
    if not json_ and not stack:
        screen.print(f"\nDữ liệu / data: {home}   lienthong report resolution --embedded {home} ...")


def _run(reached: Reached, folder: Path, chosen: list[tuple[str, float]], *, quiet: bool) -> None:
    for name, scale in chosen:
        result = _play(reached, folder, name, scale, quiet=quiet)
        if quiet:
            print_json(result.as_json())
        elif isinstance(result, Reorganised):
            show_reorganised(result)
        elif isinstance(result, Held):
            show_held(result)
        elif isinstance(result, Urged):
            show_urged(result)
        elif isinstance(result, Ranked):
            show_ranked(result)
        else:
            _show(reached, result, scale)
        if not result.exact:
            _fail_not_as_the_source(result, scale)


def _fail_not_as_the_source(result: Played, scale: float) -> NoReturn:
    if not isinstance(result, Urged | Ranked):
        fail("số liệu không khớp với nguồn", "the figures are not the source's")
    keys = ", ".join(result.behaviours.failing)
    vi, en = f"hành vi không đúng như nguồn yêu cầu: {keys}", f"not as the source asks: {keys}"
    if scale < 1:
        vi += "; với --scale nhỏ hơn 1, có đơn vị không có hồ sơ nào: hãy bỏ --scale"
        en += "; at a --scale below 1 some units have no dossier: leave it out"
    fail(vi, en)


def _clear(home: Path) -> None:
    from deploy.embedded import delete

    delete(home)


def _chosen(name: str | None, scale: float | None) -> list[tuple[str, float]]:
    if name is None:
        return [(one, scale or small) for one, small in SMALL.items()]
    return [(name, scale or SMALL.get(name, 1.0))]


def _play(reached: Reached, folder: Path, name: str, scale: float, *, quiet: bool) -> Played:
    scenario = load(name)
    broker = reached.broker or _stack_broker(folder)
    with progress(scenario.title["vi"], quiet=quiet) as bar:
        return _runner(scenario)(reached, broker, scenario, scale, bar)


def _runner(scenario: Scenario) -> Callable[..., Played]:
    if scenario.units:
        return run_units
    if scenario.urging:
        return run_urged
    if scenario.ranking:
        return run_ranked
    return run_reorganised if scenario.reorganisation else run


def _stack_broker(folder: Path) -> Broker:
    from deploy.provision import HISTORIAN_ACCOUNT
    from deploy.stack import Stack
    from shared.messaging.rabbitmq import RabbitBroker

    return RabbitBroker(Stack(folder).broker_url(HISTORIAN_ACCOUNT), stamp_user_id=True)


def _show(reached: Reached, result: Result, scale: float) -> None:
    scenario = result.scenario
    print_title(scenario)
    table = Table(box=None, header_style="bold")
    table.add_column("Số liệu\nfigure")
    for heading in (
        "Nguồn\nsource",
        f"Tỷ lệ {as_people_write(f'{scale:g}')}\nat that scale",
        "Ở đây\nhere",
        "",
    ):
        table.add_column(heading, justify="right")
    for key, source, expected, found in result.rows():
        vi, en = FIGURES[key]
        counts = map(number, (source, expected, found))
        table.add_row(f"{vi}\n[dim]{en}[/dim]", *counts, mark(good=expected == found))
    if result.districts_on_system and scenario.printed:
        printed, counted = _of(scenario.printed["districts_on_system"]), _of(result.districts_on_system)
        name = "Huyện dùng hệ thống\n[dim]districts on the system[/dim]"
        table.add_row(name, printed, printed, counted, mark(good=printed == counted))
    screen.print(table)
    print_inconsistencies("Số in trong báo cáo cần lưu ý", "what the report prints", result.inconsistencies())
    print_pace(result.events, result.seconds)
    if result.example and scenario.name == "lien-thong":
        screen.print()
        history = reached.client("statistics").get(f"/v1/dossiers/{result.example}/history")
        print_history(history)


def _of(counts: list[int]) -> str:
    return "/".join(map(str, counts))
