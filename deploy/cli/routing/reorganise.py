"""The verb routing reorganise: agencies end, merge, split and move, with their dossiers on the way."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import click
from rich.markup import escape
from rich.table import Table

from deploy.cli.output import as_json, confirm, log_to_stderr, print_json, screen
from deploy.cli.reaching import on_a_system, reached_or_fail
from deploy.cli.routing.files import read_file
from deploy.reorganisation import Outcome, Preview, carry_out, preview, rehome
from services.routing.rules.structure import missing_in_words


@click.command()
@click.argument("plan", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--dry-run", is_flag=True, help="Chỉ xem / only show what would happen.")
@click.option("--yes", is_flag=True, help="Không hỏi lại / do not ask.")
@click.option(
    "--again",
    is_flag=True,
    help="Chuyển nốt hồ sơ đến cơ quan đã kết thúc sau đó / re-home what came to ended agencies after the end.",
)
@on_a_system
@as_json
def reorganise(
    plan: Path,
    dry_run: bool,  # noqa: FBT001
    yes: bool,  # noqa: FBT001
    again: bool,  # noqa: FBT001
    folder: Path,
    embedded: Path | None,
    json_: bool,  # noqa: FBT001
) -> None:
    """Sắp xếp lại cơ quan theo PLAN / reorganise agencies by PLAN: abolish, merge, split, rename, re-parent.

    First shows what becomes of each agency and of what lies before it. Then, unless --dry-run: the register,
    and every dossier on its way, batch by batch. Codes and due times stay. Interrupted, start it again.
    """
    log_to_stderr(30)
    wanted = read_file(plan)
    with reached_or_fail(folder, embedded) as reached, closing(reached.client("routing")) as routing:
        seen = preview(routing, wanted)
        if not json_:
            _show(seen)
        elif dry_run:
            print_json(seen.as_json())
        if dry_run:
            return
        confirm(yes=yes, json=json_)
        outcome = rehome(routing, wanted) if again else carry_out(routing, wanted)
    if json_:
        print_json(outcome.as_json())
    else:
        _show_outcome(outcome)


def _show(seen: Preview) -> None:
    table = Table(box=None, header_style="bold")
    for heading in (
        "Cơ quan\nagency",
        "Thay đổi\nchange",
        "Kế thừa\nsuccessors",
        "Hồ sơ\ndossiers",
        "Đang mở\nopen legs",
        "Có hạn\nwith due time",
        "Sắp đến\nlegs to come",
        "Nhận tại đây\nreceived here",
        "Hàng đợi\nqueue",
    ):
        table.add_column(heading, overflow="fold")
    for one in seen.effects:
        table.add_row(
            one.agency,
            one.change,
            "\n".join(one.successors),
            *(str(one.counts.get(name, 0)) for name in ("dossiers", "open_legs", "with_due_time")),
            str(one.counts.get("legs_to_come", 0)),
            str(one.counts.get("received_here", 0)),
            one.queue,
        )
    screen.print(table)
    accounts = " ".join(one.account for one in seen.effects if one.account)
    if accounts:
        screen.print(f"Tài khoản thôi dùng / accounts of no use: {accounts}", highlight=False)
    for one in seen.effects:
        if one.processes:
            named = ", ".join(one.processes)
            screen.print(f"{one.agency}: quy trình chỉ định / named by processes: {named}", highlight=False)
    if seen.uncovered:
        screen.print(
            "[yellow]Quy trình đang có hiệu lực sẽ không tìm được cơ quan; hồ sơ mới sẽ phải chờ:[/yellow]\n"
            "[dim]Processes in force would find no agency; new dossiers of theirs would wait:[/dim]"
        )
        _show_uncovered(seen.uncovered)


def _show_uncovered(uncovered: list[dict[str, Any]]) -> None:
    table = Table(box=None, header_style="bold")
    for heading in ("Quy trình\nprocess", "Công đoạn\nleg", "Thiếu\nmissing", "Địa bàn\nareas"):
        table.add_column(heading, overflow="fold")
    for gap in uncovered:
        missing = missing_in_words(gap["missing"])
        said = f"{escape(missing['vi'])}\n[dim]{escape(missing['en'])}[/dim]"
        table.add_row(f"{gap['process']} {gap['version']}", gap["leg"], said, " ".join(gap["areas"]))
    screen.print(table)


def _show_outcome(outcome: Outcome) -> None:
    totals: Counter[str] = Counter()
    table = Table(box=None, header_style="bold")
    for heading in ("Cơ quan cũ\nfrom", "Kế thừa\nto", "Công đoạn\nlegs"):
        table.add_column(heading)
    for (agency, successor), legs in sorted(outcome.legs.items()):
        table.add_row(agency, successor, str(legs))
        totals["legs"] += legs
    screen.print(table)
    screen.print(f"{outcome.dossiers} hồ sơ / dossiers, {totals['legs']} công đoạn / legs", highlight=False)
