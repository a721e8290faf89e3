"""The verb replay: send an agency again what it was sent, or rebuild a read model from the ledger."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import click

from deploy.cli.output import as_json, confirm, fail, log_to_stderr, print_json, screen
from deploy.cli.reaching import on_a_system, reached_or_fail, run_folder
from deploy.cli.replaying import follow, say, show_all, show_preview, show_rebuild, show_replay, watch_rebuild
from services.statistics.papers.numbers import number
from shared.clock import VIETNAM, local_text, to_text

AGENCY_PREFIX = "agency."
USUAL_RATE = 200


def _moment(context: click.Context, option: click.Parameter, value: str | None) -> str | None:
    """Return a day or a time as services take it; without an offset, as clocks in Viet Nam show it."""
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
        return to_text(moment if moment.tzinfo else moment.replace(tzinfo=VIETNAM))
    except (ValueError, OverflowError):
        reason = f"{value!r} is no time such as 2025-07-01 or 2025-07-01T08:00+07:00"
        raise click.BadParameter(reason, context, option) from None


@click.group(invoke_without_command=True)
@click.option("--to", "target", help="agency.<id>, statistics, scratch.")
@click.option("--rebuild", is_flag=True, help="Dựng lại từ sổ cái / build again from the ledger and swap.")
@click.option("--from", "begin", callback=_moment, help="Từ lúc / handed over at or after.")
@click.option("--until", callback=_moment, help="Trước lúc / handed over before.")
@click.option("--dossier", help="Mã hồ sơ / a dossier's code or id.")
@click.option("--procedure", help="Mã thủ tục / a procedure's code.")
@click.option("--parked", is_flag=True, help="Chỉ thông điệp đang để riêng / only what is parked.")
@click.option("--as-of", callback=_moment, help="Trạng thái lúc đó / scratch: as recorded by then.")
@click.option("--name", help="Tên bảng tạm / the scratch's name.")
@click.option("--reason", help="Vì sao / why: is recorded.")
@click.option("--rate", type=click.IntRange(1), default=USUAL_RATE, show_default=True, help="/s.")
@click.option("--follow", "follows", is_flag=True, help="Theo dõi đến khi xong / watch it to its end.")
@click.option("--dry-run", is_flag=True, help="Chỉ nói sẽ làm gì / only say what would be done.")
@click.option("--yes", is_flag=True, help="Không hỏi lại / do not ask.")
@click.option(
    "--accept-differences", is_flag=True, help="Thay kể cả khi khác / swap even when figures differ."
)
@on_a_system
@as_json
@click.pass_context
def replay(context: click.Context, /, **asked: Any) -> None:
    """Chạy lại / replay what happened. Says first what it will do."""
    log_to_stderr(30)
    if context.invoked_subcommand is not None:
        return
    target = asked["target"]
    if target is None:
        fail("thiếu --to", "--to is missing", status=2)
    if target.startswith(AGENCY_PREFIX):
        _to_agency(target.removeprefix(AGENCY_PREFIX), asked)
    elif target == "scratch":
        _to_scratch(asked)
    elif target == "statistics" and asked["rebuild"]:
        _rebuild(asked)
    else:
        fail("dùng: --to statistics --rebuild", "use: --to statistics --rebuild", status=2)


def _to_agency(agency: str, asked: dict[str, Any]) -> None:
    if asked["embedded"] and not asked["dry_run"]:
        fail(
            "hàng đợi của bản chạy trong một tiến trình mất khi tiến trình dừng: dùng --dry-run, hoặc gọi"
            " /v1/replays của bản đang chạy",
            "an embedded system's queues end with its process: use --dry-run, or call /v1/replays of the one"
            " that runs",
            status=2,
        )
    if not asked["reason"] and not asked["dry_run"]:
        fail("thiếu --reason: lý do được ghi lại", "--reason is missing: it is recorded", status=2)
    wanted = {
        "agency": agency,
        "from": asked["begin"],
        "until": asked["until"],
        "dossier": asked["dossier"],
        "procedure": asked["procedure"],
        "parked": asked["parked"],
        "rate": asked["rate"],
    }
    with reached_or_fail(asked["folder"], asked["embedded"]) as reached:
        client = reached.client("processing")
        outcome = client.post("/v1/replays/previews", wanted, "preview")
        if not asked["json_"]:
            show_preview(outcome)
        if not asked["dry_run"]:
            confirm(yes=asked["yes"], json=asked["json_"])
            begun = client.post("/v1/replays", {**wanted, "reason": asked["reason"]}, f"replay/{uuid4()}")
            outcome = client.get(f"/v1/replays/{begun['id']}")
            if asked["follows"]:
                outcome = follow(client, begun["id"], quiet=asked["json_"])
    if asked["json_"]:
        print_json(outcome)
    elif not asked["dry_run"]:
        show_replay(outcome)


def _to_scratch(asked: dict[str, Any]) -> None:
    if not asked["as_of"] or not asked["name"] or not asked["reason"]:
        fail("cần --as-of, --name và --reason", "--as-of, --name and --reason are needed", status=2)
    wanted = {key: asked[key] for key in ("name", "as_of", "reason")}
    with reached_or_fail(asked["folder"], asked["embedded"]) as reached:
        client = reached.client("statistics")
        ledger, moment = client.get("/health")["ledger"], local_text(wanted["as_of"])
        if not asked["json_"]:
            say(
                f"Dựng bảng số liệu tạm {wanted['name']} từ những gì đã ghi nhận đến {moment}, trong {number(ledger)} mục"
                " của sổ cái; bảng hiện hành không đổi."
            )
            say(
                f"Building the scratch state {wanted['name']} from what was recorded by {moment}, of {ledger:,}"
                " ledger entries; the live one stays as it is."
            )
        outcome: dict[str, Any] = {**wanted, "dry_run": True}
        if not asked["dry_run"]:
            outcome = client.post("/v1/scratches", wanted, "scratch")
    if asked["json_"]:
        print_json(outcome)
    elif not asked["dry_run"]:
        say(f"{number(outcome['rows'])} dòng / rows, sha256 {outcome['sha256']}")
        say(f"lienthong report NAME --scratch {wanted['name']} · lienthong replay drop {wanted['name']}")


def _rebuild(asked: dict[str, Any]) -> None:
    with reached_or_fail(asked["folder"], asked["embedded"]) as reached:
        client = reached.client("statistics")
        ledger = client.get("/health")["ledger"]
        if not asked["json_"]:
            screen.print(
                f"Dựng lại mô hình đọc từ {number(ledger)} mục của sổ cái; người đọc vẫn thấy bản hiện hành cho đến khi thay."
                f"\nBuilding the read model again from {ledger:,} ledger entries; readers see the live one until the swap.",
                highlight=False,
            )
        if asked["dry_run"]:
            outcome = {"ledger": ledger, "dry_run": True}
        else:
            query = "?wait=no" + ("&accept_differences=yes" if asked["accept_differences"] else "")
            client.post(f"/v1/rebuilds{query}", {}, "rebuild")
            outcome = watch_rebuild(client, quiet=asked["json_"])
    if asked["json_"]:
        print_json(outcome)
    elif not asked["dry_run"]:
        show_rebuild(outcome)
    if not asked["dry_run"] and not outcome["swapped"]:
        fail(
            "bản mới khác bản hiện hành nên chưa thay; xem lại, hoặc dùng --accept-differences",
            "the new version differs from the live one, which stays: look again, or use --accept-differences",
        )


@replay.command("list")
@click.option("--agency", help="Mã cơ quan / an agency's id.")
@run_folder
@as_json
def list_replays(agency: str | None, folder: Path, json_: bool) -> None:  # noqa: FBT001
    """Các lần gửi lại / the replays there were."""
    with reached_or_fail(folder, None) as reached:
        query = {"agency": agency} if agency else {}
        replays = reached.client("processing").get("/v1/replays", **query)["replays"]
    print_json(replays) if json_ else show_all(replays)


@replay.command("show")
@click.argument("replay_id")
@click.option("--follow", "follows", is_flag=True, help="Theo dõi đến khi xong / watch it to its end.")
@run_folder
@as_json
def show(replay_id: str, follows: bool, folder: Path, json_: bool) -> None:  # noqa: FBT001
    """Một lần gửi lại / how one replay stands."""
    with reached_or_fail(folder, None) as reached:
        client = reached.client("processing")
        stands = client.get(f"/v1/replays/{replay_id}")
        if follows:
            stands = follow(client, replay_id, quiet=json_)
    print_json(stands) if json_ else show_replay(stands)


def _steering(what: str, help_: str) -> None:
    @replay.command(what, help=help_)
    @click.argument("replay_id")
    @click.option("--reason", required=True, help="Vì sao / why: is recorded.")
    @run_folder
    @as_json
    def steer(replay_id: str, reason: str, folder: Path, json_: bool) -> None:  # noqa: FBT001
        with reached_or_fail(folder, None) as reached:
            client = reached.client("processing")
            client.post(f"/v1/replays/{replay_id}/{what}", {"reason": reason}, f"{what}/{uuid4()}")
            stands = client.get(f"/v1/replays/{replay_id}")
        print_json(stands) if json_ else show_replay(stands)


_steering("pause", "Tạm dừng / stop one for a while.")
_steering("resume", "Gửi tiếp / let one go on.")
_steering("cancel", "Huỷ phần còn lại / end one; what was sent is sent.")


@replay.command("scratches")
@on_a_system
@as_json
def scratches(folder: Path, embedded: Path | None, json_: bool) -> None:  # noqa: FBT001
    """Các bảng số liệu tạm / the scratch states there are."""
    with reached_or_fail(folder, embedded) as reached:
        found = reached.client("statistics").get("/v1/scratches")["scratches"]
    if json_:
        print_json(found)
        return
    for one in found:
        say(f"{one['name']}  {local_text(one['as_of'])}  {one['built_by']}: {one['reason']}")


@replay.command("drop")
@click.argument("name")
@click.option("--reason", required=True, help="Vì sao / why: is recorded.")
@on_a_system
@as_json
def drop(name: str, reason: str, folder: Path, embedded: Path | None, json_: bool) -> None:  # noqa: FBT001
    """Xoá một bảng số liệu tạm / drop a scratch state."""
    with reached_or_fail(folder, embedded) as reached:
        dropped = reached.client("statistics").post(f"/v1/scratches/{name}/drop", {"reason": reason}, "drop")
    print_json(dropped) if json_ else say(f"Đã xoá / dropped: {name}")
