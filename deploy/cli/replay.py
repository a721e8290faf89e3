"""The verb replay: rebuild a read model from the ledger."""

from __future__ import annotations

from pathlib import Path

import click

from deploy.cli.output import as_json, fail, log_to_stderr, print_json, screen
from deploy.cli.reaching import on_a_system, reached_or_fail

AGENCY_PREFIX = "agency."


@click.command()
@click.option("--to", "target", required=True, help="statistics, or agency.<id>.")
@click.option("--rebuild", is_flag=True, help="Dựng lại từ sổ cái / build again from the ledger and swap.")
@click.option("--dry-run", is_flag=True, help="Chỉ nói sẽ làm gì / only say what would be done.")
@click.option(
    "--accept-differences", is_flag=True, help="Thay kể cả khi khác / swap even when figures differ."
)
@on_a_system
@as_json
def replay(
    target: str,
    rebuild: bool,  # noqa: FBT001
    dry_run: bool,  # noqa: FBT001
    accept_differences: bool,  # noqa: FBT001
    folder: Path,
    embedded: Path | None,
    json_: bool,  # noqa: FBT001
) -> None:
    """Chạy lại / replay what happened. Says first what it will do."""
    log_to_stderr(30)
    if target.startswith(AGENCY_PREFIX):
        if embedded:
            fail(
                "gửi lại cho một cơ quan chỉ có ở hệ thống đầy đủ (RabbitMQ)",
                "replay to an agency is the full stack's alone (RabbitMQ)",
                status=2,
            )
        fail(
            "gửi lại cho một cơ quan chưa có trong phiên bản này",
            "replay to an agency is not in this version yet",
            status=2,
        )
    if target != "statistics" or not rebuild:
        fail("dùng: --to statistics --rebuild", "use: --to statistics --rebuild", status=2)
    with reached_or_fail(folder, embedded) as reached:
        client = reached.client("statistics")
        ledger = client.get("/health")["ledger"]
        if not json_:
            screen.print(
                f"Dựng lại mô hình đọc từ {ledger:,} mục của sổ cái; người đọc vẫn thấy bản hiện hành cho đến khi thay."
                f"\nBuilding the read model again from {ledger:,} ledger entries; readers see the live one until the swap.",
                highlight=False,
            )
        if dry_run:
            outcome = {"ledger": ledger, "dry_run": True}
        else:
            query = "?accept_differences=yes" if accept_differences else ""
            outcome = client.post(f"/v1/rebuilds{query}", {}, "rebuild")
    if json_:
        print_json(outcome)
    elif not dry_run:
        same = outcome["sha256"] == outcome["previous_sha256"]
        word = "giống hệt bản trước / identical to the one before" if same else "khác bản trước / different"
        screen.print(
            f"v{outcome['version']}: {outcome['rows']:,} dòng / rows, {word}, sha256 {outcome['sha256']}"
        )
