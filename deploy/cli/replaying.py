"""How the verb replay speaks of replays to agencies: what one would send, how one stands, how it goes on."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

from rich.table import Table

from deploy.cli.output import progress, screen
from deploy.play.client import Client, DoorError
from services.statistics.papers.numbers import number
from shared.clock import local_text

POLL_SECONDS = 0.5
STATES = {
    "running": ("đang gửi", "running"),
    "paused": ("tạm dừng", "paused"),
    "finished": ("đã gửi xong", "finished"),
    "cancelled": ("đã huỷ", "cancelled"),
}


def show_preview(preview: dict[str, Any]) -> None:
    """Say in words and numbers what a replay would send."""
    messages, superseded = preview["messages"], preview["superseded"]
    first, last = (local_text(preview[name]) if preview[name] else "-" for name in ("first_at", "last_at"))
    lasts = timedelta(seconds=preview["seconds"])
    say(
        f"Sẽ gửi lại {number(messages)} thông điệp của {number(preview['dossiers'])} hồ sơ tới {preview['agency']},"
        f" từ {first} đến {last}. {number(superseded)} bàn giao đã qua (công đoạn đã kết thúc hoặc đã chuyển nơi"
        f" khác), {number(preview['unanswered'])} bàn giao chưa được trả lời. Mất khoảng {lasts} với"
        f" {number(preview['rate'])} thông điệp mỗi giây. Mỗi thông điệp giữ `id` cũ và mang `replayid`.",
    )
    say(
        f"Will deliver {messages:,} messages of {preview['dossiers']:,} dossiers to {preview['agency']}, from"
        f" {first} to {last}. {superseded:,} of them are superseded (their leg has ended or moved on),"
        f" {preview['unanswered']:,} unanswered. Takes about {lasts} at {preview['rate']:,} a second. Each keeps"
        " its `id` and carries a `replayid`.",
    )


def show_replay(replay: dict[str, Any]) -> None:
    """Say how one replay stands."""
    vi, en = STATES[replay["state"]]
    table = Table(box=None, show_header=False)
    for name, value in (
        ("Mã / id", replay["id"]),
        ("Cơ quan / agency", replay["agency"]),
        ("Tình trạng / state", f"{vi} / {en}"),
        ("Đã gửi / sent", f"{replay['sent']:,} / {replay['messages']:,}"),
        ("Đã qua / superseded", f"{replay['sent_superseded']:,} / {replay['superseded']:,}"),
        (
            "Chọn / selection",
            ", ".join(f"{key}={value}" for key, value in replay["selection"].items()) or "*",
        ),
        ("Tốc độ / rate", f"{replay['rate']:,}/s"),
        ("Ai, lúc nào / who, when", f"{replay['begun_by']}, {local_text(replay['begun_at'])}"),
        ("Lý do / reason", replay["reason"]),
        ("Đang chờ / waits for", waits(replay)),
    ):
        table.add_row(name, value)
    screen.print(table, highlight=False)


def show_all(replays: list[dict[str, Any]]) -> None:
    """List replays."""
    table = Table(box=None, header_style="bold")
    for heading in ("Mã\nid", "Cơ quan\nagency", "Tình trạng\nstate", "Bắt đầu\nbegun"):
        table.add_column(heading)
    table.add_column("Đã gửi\nsent", justify="right")
    table.add_column("Lý do\nreason")
    for one in replays:
        sent = f"{one['sent']:,}/{one['messages']:,}"
        begun = local_text(one["begun_at"])
        table.add_row(one["id"], one["agency"], "\n".join(STATES[one["state"]]), begun, sent, one["reason"])
    screen.print(table, highlight=False)


def follow(client: Client, replay_id: str, *, quiet: bool) -> dict[str, Any]:
    """Watch a replay until it is over or somebody pauses it; return how it stands then."""
    with progress("Gửi lại / replaying", quiet=quiet) as advance:
        while True:
            replay: dict[str, Any] = client.get(f"/v1/replays/{replay_id}")
            advance(replay["sent"], replay["messages"])
            if replay["state"] != "running":
                return replay
            threading.Event().wait(POLL_SECONDS)


def waits(replay: dict[str, Any]) -> str:
    """Return why nothing is being sent just now."""
    if not replay["waits_for"]:
        return "-"
    until = replay["waits_until"]
    return f"{replay['waits_for']} ({local_text(until)})" if until else str(replay["waits_for"])


def say(text: str) -> None:
    """Print a sentence as it stands."""
    screen.print(text, highlight=False, markup=False)


def watch_rebuild(client: Client, *, quiet: bool) -> dict[str, Any]:
    """Watch a rebuild to its end, and return what it came to. Raises DoorError when it ended early."""
    with progress("Dựng lại / rebuilding", quiet=quiet) as tell:
        while (standing := client.get("/v1/rebuilds"))["state"] == "running":
            if standing["of"] is not None:
                tell(standing["done"], standing["of"])
            threading.Event().wait(POLL_SECONDS)
    if standing["outcome"] is None:
        raise DoorError(
            standing["code"] or "unexpected", "the rebuild ended early; see the log of statistics"
        )
    outcome: dict[str, Any] = standing["outcome"]
    return outcome


def show_rebuild(outcome: dict[str, Any]) -> None:
    """Say what a rebuild came to."""
    same = outcome["sha256"] == outcome["previous_sha256"]
    word = "giống hệt bản trước / identical to the one before" if same else "khác bản trước / different"
    say(f"v{outcome['version']}: {outcome['rows']:,} dòng / rows, {word}, sha256 {outcome['sha256']}")
