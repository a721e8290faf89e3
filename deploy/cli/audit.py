"""The verbs of audit: verify every store, sign checkpoints, prove a dossier's history, who read it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.table import Table

from deploy.audit.access import readings
from deploy.audit.checkpoints import Checkpoint, opened, read_signed
from deploy.audit.findings import LEDGER, Finding
from deploy.audit.making import checkpoint_of, keep, last_checkpoint, write
from deploy.audit.proving import prove, root_of
from deploy.audit.stores import Stores
from deploy.audit.verifying import Audit, audit
from deploy.cli.audited import on_stores, opened_stores
from deploy.cli.output import log_to_stderr, print_json, progress, screen
from deploy.files import LAST_CHECKPOINT, SIGNING_KEY
from services.statistics.papers.numbers import number
from shared.clock import SystemClock, local_text
from shared.signing import Signer, as_text, fingerprint, read_public

Command = TypeVar("Command", bound=Callable[..., Any])

_FILE = click.Path(path_type=Path, dir_okay=False, exists=True)
SHOWN = 50


@click.group(name="audit")
def audit_verbs() -> None:
    """Kiểm toán: sổ cái, mốc niêm phong, chứng minh / audit: the ledger, checkpoints, proofs."""


@audit_verbs.command()
@click.option(
    "--since", type=_FILE, help="Chỉ kiểm tra phần mới hơn mốc này / only what is newer than this checkpoint."
)
@click.option(
    "--checkpoint", "fitting", type=_FILE, multiple=True, help="Mốc phải khớp / a checkpoint that must fit."
)
@click.option("--public-key", help="Khoá công khai, hoặc tệp chứa khoá / the public key, or a file with it.")
@on_stores
def verify(
    since: Path | None,
    fitting: Sequence[Path],
    public_key: str | None,
    json_: bool,  # noqa: FBT001
    **where: Any,
) -> None:
    """Kiểm tra mọi kho và sổ cái / find whatever was changed, removed, inserted or reordered in any store."""
    log_to_stderr(30)
    with opened_stores(**where) as stores:
        public = read_public(public_key) if public_key else None
        if public is None and (since or fitting):
            public = Signer.of(stores.home / SIGNING_KEY).public
        begun = read_signed(since, public)[0] if since else None
        kept = [read_signed(path, public)[0] for path in fitting]
        if (stores.home / LAST_CHECKPOINT).exists() and not public_key:
            kept += filter(None, [last_checkpoint(stores.home, Signer.of(stores.home / SIGNING_KEY))])
        found = audited(stores, begun, kept, quiet=json_)
    say_audit(found, json_=json_)
    raise SystemExit(1 if found.findings else 0)


@audit_verbs.command()
@click.option(
    "--since",
    type=_FILE,
    help="Mốc trước; mặc định là mốc gần nhất / the one before; else the last one made.",
)
@click.option("--full", is_flag=True, help="Kiểm tra lại từ đầu / verify from the first entry on.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="Tệp để công bố / the file to publish; - prints it.",
)
@on_stores
def checkpoint(since: Path | None, full: bool, out: Path, json_: bool, **where: Any) -> None:  # noqa: FBT001
    """Ký một mốc niêm phong sau khi kiểm tra / verify, then sign where every chain stands."""
    log_to_stderr(30)
    with opened_stores(**where) as stores:
        signer = Signer.of(stores.home / SIGNING_KEY)
        before = read_signed(since, signer.public)[0] if since else last_checkpoint(stores.home, signer)
        found = audited(stores, None if full else before, [before] if full and before else [], quiet=json_)
        if found.findings:
            say_audit(found, json_=json_)
            raise SystemExit(1)
        made = checkpoint_of(stores, found, SystemClock(), before)
        envelope = keep(stores.home, made, signer)
        put(out, envelope)
    if str(out) == "-":
        return
    if json_:
        print_json({"file": str(out), "public_key": as_text(signer.public), **made.document()})
        return
    screen.print(
        f"Đã ký mốc tại mục {number(made.sequence)} của sổ cái, {number(made.dossiers)} chuỗi hồ sơ và danh mục: {out}\n"
        f"Signed at entry {made.sequence:,} of the ledger, {made.dossiers:,} chains of dossiers and of reference data: {out}\n"
        f"Khoá / key {fingerprint(signer.public)}",
        highlight=False,
    )


@audit_verbs.command(name="prove")
@click.argument("code")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="Tệp chứng minh / the proof's file; - prints it.",
)
@click.option(
    "--checkpoint",
    "signed_file",
    type=_FILE,
    help="Mốc đã công bố / a published checkpoint; else one is made now.",
)
@on_stores
def prove_verb(code: str, out: Path, signed_file: Path | None, json_: bool, **where: Any) -> None:  # noqa: FBT001
    """Chứng minh toàn bộ lịch sử một hồ sơ / prove a dossier's whole history to an outsider.

    `deploy/offline/verify_proof.py` checks the file anywhere, with Python alone.
    """
    log_to_stderr(30)
    with opened_stores(**where) as stores:
        root = root_of(stores.statistics, code)
        made, envelope = signed_for_proof(stores, signed_file, quiet=json_)
        proof = prove(stores.statistics, root, made, envelope)
        put(out, proof)
    if str(out) == "-":
        return
    said = {
        "file": str(out),
        "dossier": str(root),
        "entries": len(proof["entries"]),
        "bytes": out.stat().st_size,
    }
    if json_:
        print_json(said)
        return
    screen.print(
        f"{out}: {said['entries']} sự kiện / events, {number(out.stat().st_size)} byte\n"
        f"Kiểm tra / check: python3 verify_proof.py {out.name} --public-key {as_text(bytes.fromhex(envelope['public_key']))}",
        highlight=False,
        soft_wrap=True,
    )


@audit_verbs.command()
@click.argument("code")
@on_stores
def access(code: str, json_: bool, **where: Any) -> None:  # noqa: FBT001
    """Ai đã xem hồ sơ / who read a dossier, when, through which door."""
    log_to_stderr(30)
    with opened_stores(**where) as stores:
        found = readings(stores, root_of(stores.statistics, code))
    if json_:
        print_json(found)
        return
    table = Table(box=None, header_style="bold")
    for title in ("Lúc / at", "Ai / who", "Xem gì / what"):
        table.add_column(title, overflow="fold")
    for one in found:
        who = " ".join(filter(None, (one["role"], one["subject"], one["agency"])))
        table.add_row(local_text(one["at"]), who, f"{one['vi']}\n[dim]{one['en']}[/dim]")
    screen.print(table)


@audit_verbs.command()
@on_stores
def key(json_: bool, **where: Any) -> None:  # noqa: FBT001
    """Khoá công khai để công bố / the public key, to be published."""
    with opened_stores(**where) as stores:
        public = Signer.of(stores.home / SIGNING_KEY).public
    if json_:
        print_json({"public_key": as_text(public), "sha256": fingerprint(public).replace(" ", "")})
        return
    screen.print(f"{as_text(public)}\nSHA-256 {fingerprint(public)}", highlight=False, soft_wrap=True)


def put(out: Path, value: Any) -> None:
    """Write what is to be handed on into a file, or print it where the file is `-`."""
    if str(out) == "-":
        print_json(value)
    else:
        write(out, value)


def audited(stores: Stores, since: Checkpoint | None, fitting: Sequence[Checkpoint], *, quiet: bool) -> Audit:
    """Return an audit, with a progress bar while a person watches."""
    with progress("audit", quiet=quiet) as bar:
        return audit(stores, since, fitting, lambda _what, done, total: bar(done, total))


def signed_for_proof(
    stores: Stores, signed_file: Path | None, *, quiet: bool
) -> tuple[Checkpoint, dict[str, Any]]:
    """Return the checkpoint that a proof rests on: a published one, or one made now of what is found whole."""
    if signed_file:
        made, _public = read_signed(signed_file)
        return made, json.loads(signed_file.read_text(encoding="utf-8"))
    signer = Signer.of(stores.home / SIGNING_KEY)
    before = last_checkpoint(stores.home, signer)
    found = audited(stores, before, [], quiet=quiet)
    if found.findings:
        say_audit(found, json_=quiet)
        raise SystemExit(1)
    envelope = keep(stores.home, checkpoint_of(stores, found, SystemClock(), before), signer)
    return opened(envelope)[0], envelope


def say_audit(found: Audit, *, json_: bool) -> None:
    """Say what an audit found."""
    if json_:
        print_json(
            {
                "whole": not found.findings,
                "since": found.since,
                "ledger": {"sequence": found.ledger.upto, "head": found.ledger.head.hex()},
                "stores": {name: mark.position for name, mark in found.stores.items()},
                "waiting": found.waiting,
                "unnamed": found.unnamed,
                "findings": [one.as_json() for one in found.findings],
            }
        )
        return
    screen.print(
        f"Sổ cái / ledger: {number(found.since + 1)} - {number(found.ledger.upto)}   "
        + "   ".join(f"{name}: {number(mark.position)}" for name, mark in found.stores.items()),
        highlight=False,
    )
    if found.waiting:
        screen.print(
            f"{number(found.waiting)} sự kiện chưa vào sổ cái / events not in the ledger yet", highlight=False
        )
    if not found.findings:
        screen.print("[green]Nguyên vẹn / whole[/green]")
        return
    screen.print(f"[red]{number(len(found.findings) + found.unnamed)} chỗ không nguyên vẹn / findings[/red]")
    for one in found.findings[:SHOWN]:
        screen.print(_line(one), highlight=False, markup=False)
    if (others := len(found.findings) + found.unnamed - SHOWN) > 0:
        screen.print(f"... {number(others)} (--json)", highlight=False)


def _line(one: Finding) -> str:
    place = f"{number(one.position)}" + (f" - {number(one.to)}" if one.to else "")
    what = "mục / entry" if one.store == LEDGER else "sự kiện / event"
    named = " ".join(filter(None, (one.event, one.dossier or one.root)))
    return f"{one.store}, {what} {place} {named}\n    {one.vi}\n    {one.en} ({one.code})"
