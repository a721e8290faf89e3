"""The verbs publication publish, list, show, changes and verify: reports that went out, signed."""

from __future__ import annotations

import json
from base64 import b64decode
from contextlib import closing
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

import click
from rich.table import Table

from deploy.cli.output import as_json, fail, log_to_stderr, print_json, screen
from deploy.cli.reaching import on_a_system, reached_or_fail
from deploy.cli.report import print_report
from deploy.cli.report_file import put, wanted_file
from deploy.play.client import Client
from services.statistics.domain.publication import DOMAIN
from services.statistics.papers.formats import FORMATS
from services.statistics.papers.numbers import NO_DATA, day
from shared.clock import local_text
from shared.signing import SigningKeyError, fingerprint, is_signed, read_public

DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def publication() -> None:
    """Báo cáo đã công bố / reports that went out, frozen and signed."""


@publication.command()
@click.argument("number")
@click.argument("report")
@click.option("--from", "first", type=DAY, required=True, help="Ngày đầu / first day, YYYY-MM-DD.")
@click.option("--to", "last", type=DAY, required=True, help="Ngày cuối / last day, YYYY-MM-DD.")
@click.option("--by", help="Chia theo / one row for each.")
@click.option(
    "--as-of", metavar="TIME", help="Tính đến thời điểm này / as things stood at this RFC 3339 time."
)
@click.option(
    "--trial", type=click.Choice(["only", "without"]), help="Quy trình thử nghiệm / processes on trial."
)
@click.option(
    "--structure", type=click.Choice(["then", "now"]), help="Đơn vị khi đó hay hiện nay / units then or now."
)
@click.option("--corrects", metavar="NUMBER", help="Đính chính báo cáo số này / takes that report's place.")
@on_a_system
@as_json
def publish(
    number: str,
    report: str,
    first: datetime,
    last: datetime,
    corrects: str | None,
    folder: Path,
    embedded: Path | None,
    *,
    json_: bool,
    **more: str | None,
) -> None:
    """Công bố báo cáo REPORT với số NUMBER / send a report out under its document's number.

    It never changes again; what turns out wrong is corrected by another report, with --corrects.
    """
    log_to_stderr(30)
    question = {"from": f"{first:%Y-%m-%d}", "to": f"{last:%Y-%m-%d}"}
    question |= {word: value for word, value in more.items() if value}
    content = {"number": number, "report": report, "question": question}
    content |= {"corrects": corrects} if corrects else {}
    with reached_or_fail(folder, embedded) as reached, closing(reached.client("statistics")) as client:
        said = client.post("/v1/publications", content, f"cli/{uuid4()}")
    if json_:
        print_json(said)
        return
    at = local_text(said["published_at"])
    screen.print(f"Đã công bố / published: {number}, {at}\nSHA-256 {said['digest']}", highlight=False)


@publication.command("list")
@on_a_system
@as_json
def list_(folder: Path, embedded: Path | None, *, json_: bool) -> None:
    """Liệt kê báo cáo đã công bố / list the reports that went out."""
    log_to_stderr(30)
    with reached_or_fail(folder, embedded) as reached, closing(reached.client("statistics")) as client:
        found = client.get("/v1/publications")
    if json_:
        print_json(found)
        return
    table = Table(box=None, header_style="bold")
    for heading in (
        "Số\nnumber",
        "Báo cáo\nreport",
        "Kỳ\nperiod",
        "Công bố\npublished",
        "Người\nby",
        "Đính chính\ncorrections",
    ):
        table.add_column(heading, overflow="fold")
    for one in found["publications"]:
        corrections = [f"của / of {one['corrects']}"] if one["corrects"] else []
        corrections += [f"bằng / by {one['corrected_by']}"] if one["corrected_by"] else []
        period = f"{day(one['from'])} – {day(one['to'])}"
        at, who = local_text(one["published_at"]), one["published_by"]
        table.add_row(one["number"], one["report"], period, at, who, "\n".join(corrections))
    screen.print(table)


@publication.command()
@click.argument("number")
@click.option("--format", "format_", type=click.Choice([*FORMATS]), help="Định dạng tệp / as which file.")
@click.option("--text", is_flag=True, help="Thành câu văn như trong văn bản / as sentences.")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="Ghi vào tệp này / into this file."
)
@click.option("--force", is_flag=True, help="Ghi đè tệp đã có / write over a file that is there.")
@click.option("--issuer", help="Đơn vị báo cáo, in trên đầu trang / whose report, above a paper.")
@click.option("--place", help="Địa danh, in trên chỗ ký / the place, above the signature.")
@on_a_system
@as_json
def show(  # noqa: PLR0913
    number: str,
    format_: str | None,
    out: Path | None,
    issuer: str | None,
    place: str | None,
    folder: Path,
    embedded: Path | None,
    *,
    text: bool,
    force: bool,
    json_: bool,
) -> None:
    """Xem báo cáo như đã công bố / show a report as it went out; --json with its signature, for `verify`."""
    log_to_stderr(30)
    wanted = wanted_file(format_, out, text=text, force=force)
    if wanted and json_:
        fail("chỉ dùng một trong --json và --format", "--json and --format exclude each other", 2)
    with reached_or_fail(folder, embedded) as reached, closing(reached.client("statistics")) as client:
        path = _path(client, number)
        if not wanted:
            shown = client.get(path)
        else:
            words = {"issuer": issuer, "place": place, "format": wanted.format}
            query = {word: value for word, value in words.items() if value}
            put(client.get_file(f"{path}/paper", **query), wanted.out)
            return
    if json_:
        print_json(shown)
        return
    print_report(json.loads(shown["document"])["answer"])
    if shown["corrected_by"]:
        screen.print(f"Đã được đính chính bằng / corrected by {shown['corrected_by']}", style="bold red")


@publication.command()
@click.argument("number")
@on_a_system
@as_json
def changes(number: str, folder: Path, embedded: Path | None, *, json_: bool) -> None:
    """So với số liệu hiện biết / what is known otherwise today, and by which late events."""
    log_to_stderr(30)
    with reached_or_fail(folder, embedded) as reached, closing(reached.client("statistics")) as client:
        found = client.get(f"{_path(client, number)}/changes")
    if json_:
        print_json(found)
        return
    if not found["figures"]:
        screen.print("Không có gì thay đổi / nothing is known otherwise today")
    for figure in found["figures"]:
        screen.print(f"{_figure(figure)}   {figure['vi']} / {figure['en']}", highlight=False)
    for dossier in found["dossiers"]:
        figures = "; ".join(_figure(figure) for figure in dossier["figures"])
        screen.print(f"\n{dossier['code'] or dossier['dossier']}: {figures}", style="bold", highlight=False)
        _print_entries(dossier["entries"])
    if found["reference"]:
        screen.print("\nDanh mục / register", style="bold")
        _print_entries(found["reference"])
    if found["examined"] < found["candidates"]:
        screen.print(
            f"\nMới xét {found['examined']} trong {found['candidates']} hồ sơ có sự kiện ghi nhận muộn"
            f" / {found['examined']} of {found['candidates']} dossiers with late events were examined"
        )


@publication.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--key", required=True, help="Khoá công khai, hoặc tệp chứa khoá / the public key, or its file."
)
@as_json
def verify(file: Path, key: str, *, json_: bool) -> None:
    """Kiểm tra chữ ký của tệp do `show --json` ghi ra / check a signature, offline.

    FILE is what `publication show NUMBER --json` printed. The key is the one that you know to be the province's.
    """
    try:
        public = read_public(key)
        shown = json.loads(file.read_text(encoding="utf-8"))
        document, signature = shown["document"].encode(), b64decode(shown["signature"], validate=True)
    except SigningKeyError as error:
        fail(f"khoá không dùng được: {error}", f"that is no public key: {error}", 2)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        fail(
            f"{file} không phải báo cáo đã công bố: {error}", f"{file} holds no published report: {error}", 2
        )
    said = {
        "signed": is_signed(public, signature, DOMAIN + document),
        "digest": sha256(document).hexdigest(),
        "key": fingerprint(public),
    }
    if json_:
        print_json(said)
    elif said["signed"]:
        screen.print(f"Chữ ký đúng / signed by {said['key']}\nSHA-256 {said['digest']}", highlight=False)
    if not said["signed"]:
        fail("chữ ký không đúng", "the signature is not that key's, or the document was changed")


def _path(client: Client, number: str) -> str:
    """Return the address of a publication. Ends the process when there is none under the number."""
    found: list[dict[str, Any]] = client.get("/v1/publications", number=number)["publications"]
    if not found:
        fail(f"không có báo cáo số {number}", f"no report was published under the number {number}")
    return f"/v1/publications/{found[0]['id']}"


def _figure(figure: dict[str, Any]) -> str:
    row = " ".join([*figure["row"], figure["figure"]])
    then, now = (NO_DATA[0] if figure[when] is None else figure[when] for when in ("then", "now"))
    return f"{row}: {then} → {now}"


def _print_entries(entries: list[dict[str, Any]]) -> None:
    for entry in entries:
        happened, entered = local_text(entry["happened_at"]), local_text(entry["entered_at"])
        said = entry["description"]
        screen.print(
            f"  #{entry['sequence']} {happened} (ghi nhận / recorded {entered}): {said['vi']} / {said['en']}",
            highlight=False,
        )
