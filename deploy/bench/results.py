"""What a run of the bench found, as a table and as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from deploy.bench.catching_up import CaughtUp
from deploy.bench.decisions import Decisions
from deploy.bench.end_to_end import EndToEnd
from deploy.bench.previews import Previewed
from deploy.bench.rebuild import Rebuild
from deploy.bench.verification import Verified

PEER_TITLES = {
    "celery_chain": "Celery chain, PostgreSQL",
    "plain_nameko": "nameko + eventsourcing",
}


@dataclass(frozen=True, slots=True)
class Results:
    """Everything that one run measured."""

    machine: Mapping[str, Any]
    end_to_end: EndToEnd
    in_flight: int
    """Our dossiers on their way at any time."""
    peers_in_flight: int
    """Each peer's: more would make it no faster, since nothing of it works in batches."""
    peers: Mapping[str, float]
    """Durable dossier actions a second of each peer, by name."""
    rebuild: Rebuild
    verified: Verified
    decisions: Decisions
    caught_up: CaughtUp
    previewed: Previewed

    def ratios(self) -> dict[str, float]:
        """Return our actions a second over each peer's; above 1, we are faster."""
        return {name: self.end_to_end.actions_per_second / rate for name, rate in self.peers.items()}

    def as_json(self) -> dict[str, Any]:
        """Return plain values; durations in milliseconds, rates a second."""
        measured = self.end_to_end
        return {
            "machine": dict(self.machine),
            "end_to_end": {
                "actions_per_second": round(measured.actions_per_second, 1),
                "p50_ms": round(measured.p50_ms, 1),
                "p99_ms": round(measured.p99_ms, 1),
                "actions": measured.actions,
                "dossiers_in_flight": self.in_flight,
                "single_share": round(measured.single_share, 3),
            },
            "peers": {
                "dossiers_in_flight": self.peers_in_flight,
                "actions_per_second": {name: round(rate, 1) for name, rate in self.peers.items()},
            },
            "ratios": {name: round(ratio, 2) for name, ratio in self.ratios().items()},
            "rebuild": {
                "events_per_second": round(self.rebuild.events_per_second),
                "ratio_to_sql": round(self.rebuild.ratio_to_sql, 3),
                "sql_events_per_second": round(self.rebuild.sql_events_per_second),
                "events": self.rebuild.events,
            },
            "verification": {
                "events_per_second": round(self.verified.events_per_second),
                "ratio_to_sha256": round(self.verified.ratio_to_sha256, 3),
                "sha256_events_per_second": round(self.verified.sha256_events_per_second),
                "events": self.verified.events,
            },
            "catching_up": {
                "messages_per_second": round(self.caught_up.messages_per_second, 1),
                "messages": self.caught_up.messages,
            },
            "replay_preview": {
                "messages": self.previewed.messages,
                "seconds": round(self.previewed.seconds, 3),
                "one_procedure_seconds": round(self.previewed.procedure_seconds, 3),
            },
            "decisions": {
                "itineraries_per_second": round(self.decisions.itineraries),
                "legs_per_second": round(self.decisions.legs),
                "due_times_per_second": round(self.decisions.due_times),
                "holidays_package_per_second": round(self.decisions.holidays_package),
                "ratio_to_holidays": round(self.decisions.ratio_to_holidays, 2),
            },
        }

    def as_table(self) -> Group:
        """Return what people see."""
        machine = ", ".join(f"{name} {value}" for name, value in self.machine.items())
        return Group(
            self._actions(),
            Text(),
            self._rebuild(),
            Text(),
            self._verified(),
            Text(),
            self._decisions(),
            Text(),
            self._delivery(),
            Text(),
            Text(machine, style="dim"),
        )

    def _actions(self) -> Table:
        table = Table(
            "Thao tác bền vững / durable dossier actions",
            "in flight",
            "actions/s",
            "p50 ms",
            "p99 ms",
            "Liên Thông / peer",
            box=None,
        )
        ours = self.end_to_end
        rate = f"{ours.actions_per_second:,.0f}"
        table.add_row(
            "Liên Thông", str(self.in_flight), rate, f"{ours.p50_ms:,.0f}", f"{ours.p99_ms:,.0f}", ""
        )
        for name, ratio in self.ratios().items():
            rate = f"{self.peers[name]:,.0f}"
            table.add_row(PEER_TITLES[name], str(self.peers_in_flight), rate, "", "", f"{ratio:.2f}")
        return table

    def _rebuild(self) -> Table:
        table = Table("Dựng lại mô hình đọc / projection rebuild", "events/s", "Liên Thông / peer", box=None)
        table.add_row(
            f"Liên Thông ({self.rebuild.events:,} events)", f"{self.rebuild.events_per_second:,.0f}", ""
        )
        ratio = f"{self.rebuild.ratio_to_sql:.2f}"
        table.add_row("SQL GROUP BY", f"{self.rebuild.sql_events_per_second:,.0f}", ratio)
        return table

    def _verified(self) -> Table:
        table = Table("Kiểm toán mọi kho / audit of all stores", "events/s", "Liên Thông / peer", box=None)
        rate = f"{self.verified.events_per_second:,.0f}"
        table.add_row(f"Liên Thông ({self.verified.events:,} events)", rate, "")
        ratio = f"{self.verified.ratio_to_sha256:.3f}"
        table.add_row("SHA-256", f"{self.verified.sha256_events_per_second:,.0f}", ratio)
        return table

    def _decisions(self) -> Table:
        table = Table(
            "Quyết định thuần, một lõi / pure decisions, one core", "/s", "Liên Thông / peer", box=None
        )
        decided = self.decisions
        table.add_row("Lộ trình / itineraries", f"{decided.itineraries:,.0f}", "")
        table.add_row("Công đoạn / planned legs", f"{decided.legs:,.0f}", "")
        table.add_row("Hạn / due times", f"{decided.due_times:,.0f}", "")
        ratio = f"{decided.ratio_to_holidays:.2f}"
        table.add_row("`holidays`: nth working day", f"{decided.holidays_package:,.0f}", ratio)
        return table

    def _delivery(self) -> Table:
        table = Table("Giao nhận / delivery", "", box=None)
        caught, previewed = self.caught_up, self.previewed
        table.add_row(
            f"Bắt kịp / an agency catches up ({caught.messages:,} messages)",
            f"{caught.messages_per_second:,.0f}/s",
        )
        what = f"Xem trước phát lại / replay preview ({previewed.messages:,} messages)"
        table.add_row(what, f"{previewed.seconds:.2f} s")
        table.add_row("– một thủ tục / one procedure", f"{previewed.procedure_seconds:.2f} s")
        return table


def show(results: Results) -> None:
    """Print the table."""
    Console().print(results.as_table())
