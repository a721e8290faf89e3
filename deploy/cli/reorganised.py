"""How the demo shows a scenario in the middle of which agencies end: before is after, by agency and successor."""

from __future__ import annotations

from rich.table import Table

from deploy.balance import Reconciliation
from deploy.cli.beside import mark, print_pace, print_title
from deploy.cli.output import screen
from deploy.reorganised import Reorganised
from services.statistics.papers.numbers import number

BALANCE = (
    ("in_flight_before", "Đang trên đường lúc sắp xếp", "on their way at the moment", "="),
    ("finished", "Xong, có kết quả của tuyến", "finished with their route's result", "+"),
    ("withdrawn", "Người nộp tự rút", "withdrawn by their applicants", "+"),
    ("closed_administratively", "Bị đóng hành chính", "closed administratively", "+"),
    ("still_open", "Còn đang xử lý", "still open", "+"),
    ("lost", "Mất", "lost", "+"),
)
SAME = (
    ("re_homed", "Hồ sơ chuyển cho cơ quan kế thừa", "dossiers that went to a successor"),
    ("uncollected_before", "Kết quả còn ở bộ phận một cửa", "results that lay at a desk"),
    ("due_dates_changed", "Hạn bị đổi", "due dates changed"),
    ("codes_changed", "Mã bị đổi", "codes changed"),
    ("delivered_twice", "Giao hai lần", "delivered twice"),
)
STATES = {
    "processing": ("đang xử lý", "with agencies"),
    "supplement": ("chờ bổ sung", "waiting for papers"),
    "payment": ("chờ nghĩa vụ tài chính", "waiting for payment"),
    "posting": ("đang niêm yết", "in public notice"),
}


def show(result: Reorganised) -> None:
    """Print the balance."""
    balance = result.balance
    print_title(result.scenario)
    _figures(balance)
    _states(balance)
    table = Table(box=None, header_style="bold")
    for heading in ("Cơ quan kết thúc\nended", "Kế thừa\nsuccessor"):
        table.add_column(heading)
    for heading in ("Công đoạn\nlegs", "Hồ sơ\ndossiers", "Đã xong\nfinished", ""):
        table.add_column(heading, justify="right")
    for row in balance.by_agency:
        counts = map(number, (row.legs, row.dossiers, row.finished))
        table.add_row(row.agency, row.successor, *counts, mark(good=row.dossiers == row.finished))
    screen.print(table)
    print_pace(result.events, result.seconds)


def _figures(balance: Reconciliation) -> None:
    table = Table(box=None, show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for name, vi, en, sign in BALANCE:
        table.add_row(f"{vi}\n[dim]{en}[/dim]", f"{sign} {number(getattr(balance, name))}")
    table.add_row("Cân đối\n[dim]balance[/dim]", mark(good=balance.holds))
    for name, vi, en in SAME:
        table.add_row(f"{vi}\n[dim]{en}[/dim]", number(getattr(balance, name)))
    screen.print(table)


def _states(balance: Reconciliation) -> None:
    said = [
        f"{count} {STATES.get(state, (state, state))[0]} / {STATES.get(state, (state, state))[1]}"
        for state, count in balance.by_state.items()
    ]
    routes = ", ".join(f"{procedure}: {count}" for procedure, count in balance.by_procedure.items())
    screen.print("; ".join(said), highlight=False)
    screen.print(f"[dim]{routes}[/dim]\n", highlight=False)
