"""The verb simulate: recorded history under another process, structure or calendar."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import Any, NoReturn, TextIO

import click
import orjson
from rich.markup import escape
from rich.table import Table

from deploy.cli.output import as_json, fail, log_to_stderr, print_json, progress, screen
from deploy.cli.reaching import on_a_system, reached_or_fail
from deploy.cli.routing.files import read_file
from deploy.simulation.alternative import Alternative, read_calendar, read_plan, read_processes
from deploy.simulation.comparison import VERDICTS, Compared
from deploy.simulation.problems import REASONS
from deploy.simulation.reading import Recording, recording
from deploy.simulation.simulation import Simulation, Wanted
from shared.errors import RefusedError
from shared.working_time.vietnam import vietnam_calendar

_FILE = click.Path(path_type=Path, dir_okay=False)
_DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.option("--process", "processes", type=_FILE, multiple=True, help="Quy trình khác / other definitions.")
@click.option("--plan", type=_FILE, help="Phương án sắp xếp cơ quan / a plan of a reorganisation.")
@click.option(
    "--as-if-from", metavar="TIME", help="Phương án có hiệu lực từ / as if the plan held from then."
)
@click.option("--calendar", type=_FILE, help="Ngày nghỉ, ngày làm bù khác / other days off and worked.")
@click.option("--from", "first", type=_DAY, help="Tiếp nhận từ ngày / received from this day on.")
@click.option("--to", "last", type=_DAY, help="Tiếp nhận đến ngày / received up to this day.")
@click.option("--procedure", "procedures", multiple=True, help="Chỉ thủ tục này / only this; repeatable.")
@click.option(
    "--dossiers", type=_FILE, help="Ghi từng hồ sơ thay đổi / write each changed dossier, one a line."
)
@on_a_system
@as_json
def simulate(  # noqa: PLR0913, PLR0917 - one a word of the command
    processes: tuple[Path, ...],
    plan: Path | None,
    as_if_from: str | None,
    calendar: Path | None,
    first: datetime | None,
    last: datetime | None,
    procedures: tuple[str, ...],
    dossiers: Path | None,
    folder: Path,
    embedded: Path | None,
    json_: bool,  # noqa: FBT001
) -> None:
    """Nếu như: diễn lại lịch sử theo quy trình, cơ cấu, lịch khác / what if: recorded history played again.

    Under another process, structure of agencies or calendar. Nothing is recorded, nobody is told: the
    services are only read. Says how due dates, lateness by agency, and load would have changed, and what
    that assumes: docs/simulation.md.
    """
    log_to_stderr(30)
    if not (processes or plan or calendar):
        fail("cần --process, --plan hoặc --calendar", "--process, --plan or --calendar is needed", status=2)
    alternative = _alternative(processes, plan, as_if_from, calendar)
    wanted = Wanted(_day(first), _day(last), frozenset(procedures))
    with _changed_to(dossiers) as file, reached_or_fail(folder, embedded) as reached:
        begun = perf_counter()
        with closing(recording(reached)) as recorded, progress("simulate", quiet=json_) as bar:
            found = _run(recorded, alternative, wanted, file, lambda done: bar(done, done))
        seconds = perf_counter() - begun
    if json_:
        print_json(found)
    else:
        _show(found, seconds)


def _alternative(
    processes: tuple[Path, ...], plan: Path | None, as_if_from: str | None, calendar: Path | None
) -> Alternative:
    try:
        return Alternative(
            tuple(one for file in processes for one in read_processes(read_file(file))),
            read_plan(read_file(plan), as_if_from) if plan else None,
            read_calendar(_text(calendar)) if calendar else None,
        )
    except RefusedError as error:
        _refuse(error, status=2)
    except ValueError:
        fail(f"{as_if_from} không phải thời điểm RFC 3339", f"{as_if_from} is no RFC 3339 time", status=2)


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        fail(f"không đọc được {file}", f"{file} cannot be read: {error}", status=2)


def _run(
    recorded: Recording, alternative: Alternative, wanted: Wanted, file: TextIO | None, told: Any
) -> dict[str, Any]:
    def write(compared: Compared) -> None:
        if file and compared.changed:
            file.write(orjson.dumps(compared.as_json()).decode() + "\n")

    try:
        history = recorded.history(told)
        simulation = Simulation(history, recorded.definition, alternative, vietnam_calendar())
        totals = simulation.run(wanted, write)
    except RefusedError as error:
        _refuse(error, status=1)
    return {"documents": history.documents, **totals.as_json(simulation.names())}


@contextmanager
def _changed_to(file: Path | None) -> Iterator[TextIO | None]:
    if file is None:
        yield None
        return
    try:
        opened = file.open("w", encoding="utf-8")
    except OSError as error:
        fail(f"không ghi được {file}", f"{file} cannot be written: {error}", status=2)
    with opened:
        yield opened


def _day(day: datetime | None) -> str | None:
    return day.date().isoformat() if day else None


def _refuse(error: RefusedError, status: int) -> NoReturn:
    details = error.details()
    fail(f"{details['title_vi']} ({error.code})", f"{details['title']} ({error.code})", status=status)


def _show(found: dict[str, Any], seconds: float) -> None:
    rate = f"{found['documents'] / max(seconds, 1e-9):,.0f}"
    screen.print(
        f"{found['dossiers']:,} hồ sơ / dossiers, {found['changed']:,} thay đổi / changed"
        f"  ({found['documents']:,} sự kiện / events, {rate}/s)",
        highlight=False,
    )
    for reason, count in found["left_out"].items():
        vi, en = REASONS[reason]
        screen.print(f"{count:,} không tính được / left out: {vi} / {en} ({reason})", highlight=False)
    _show_shifts(found)
    _show_verdicts(found)
    _show_agencies(found)
    model = found["model"]
    screen.print(
        f"Mô hình / model: {model['modelled']:,} hồ sơ đi đường khác / dossiers on another way; "
        f"{model['reproduced_to_the_day']:,} khớp ngày thực tế khi diễn lại đường cũ / end on the recorded day "
        f"when the old way is played; {model['legs_without_namesake']:,} công đoạn lấy theo thời hạn / legs "
        f"take their term; {model['due_left_as_recorded']:,} hẹn trả giữ nguyên / appointments left as they are",
        highlight=False,
    )


def _show_shifts(found: dict[str, Any]) -> None:
    headings = ("", "Sớm hơn\nearlier", "Muộn hơn\nlater", "Không đổi\nequal", "Giờ làm việc / working hours")
    table = _table(*headings)
    for key, words in (("due_dates", "Hẹn trả / due"), ("ends", "Kết thúc / end")):
        row = found[key]
        hours = row["moved_working_hours"]
        said = "  ".join(f"{name} {value:+g}" for name, value in hours.items()) if hours else "—"
        table.add_row(words, *(f"{row[name]:,}" for name in ("earlier", "later", "equal")), said)
    screen.print(table)


def _show_verdicts(found: dict[str, Any]) -> None:
    words = {
        "early": "Trước hạn / early",
        "on_time": "Đúng hạn / on time",
        "late": "Quá hạn / late",
        "none": "Không có hạn / no due time",
        "open": "Đang giải quyết / open",
    }
    table = _table("Kết quả / verdict", "Thực tế\nbefore", "Giả định\nafter")
    for verdict in VERDICTS:
        before, after = (found["verdicts"][side][verdict] for side in ("before", "after"))
        table.add_row(words[verdict], f"{before:,}", f"{after:,}")
    screen.print(table)


def _show_agencies(found: dict[str, Any]) -> None:
    late = {row["agency"]: row for row in found["lateness_by_agency"]}
    load = {row["agency"]: row for row in found["load_by_agency"]}
    table = _table(
        "Cơ quan / agency",
        "Công đoạn\nlegs",
        "",
        "Giờ giữ hồ sơ\nhours held",
        "",
        "Giờ quá hạn\nhours late",
        "",
    )
    same = 0
    for agency in sorted(late.keys() | load.keys()):
        rows = [row for row in (load.get(agency), late.get(agency)) if row]
        if all(row["before"] == row["after"] for row in rows):
            same += 1
            continue
        name = rows[0]["name"]
        cells = [
            *_cells(load.get(agency), "legs", 1),
            *_cells(load.get(agency), "working_minutes", 60),
            *_cells(late.get(agency), "working_minutes", 60),
        ]
        table.add_row(f"{escape(name['vi'])}\n[dim]{escape(name['en'])} {agency}[/dim]", *cells)
    if table.row_count:
        screen.print(table)
    screen.print(f"{same:,} cơ quan không đổi / agencies unchanged", highlight=False)


def _cells(row: dict[str, Any] | None, name: str, divisor: int) -> tuple[str, str]:
    before, after = ((row[side][name] if row else 0) / divisor for side in ("before", "after"))
    shown = f"{after:,.0f}"
    return f"{before:,.0f}", shown if before == after else f"[bold]{shown}[/bold]"


def _table(*headings: str) -> Table:
    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 1))
    for position, heading in enumerate(headings):
        table.add_column(heading, justify="right" if position else "left", overflow="fold")
    return table
