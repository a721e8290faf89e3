"""The verb `agency send`: a command of an agency, from a person or a script."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TextIO

import click

from deploy.cli.agency.connecting import as_an_agency, memory_of, settings_or_fail, told_when_broken
from deploy.cli.output import as_json, fail, print_json, screen
from deploy.connector.client import Connector
from deploy.connector.memory import Memory
from deploy.connector.messages import COMMANDS, ON_REQUESTS, command
from shared.clock import from_text, to_text

NEEDS_NO_HAND_OVER = "recall-leg"


@click.command()
@click.argument("agency", metavar="ID")
@click.argument("name", metavar="[COMMAND]", required=False, type=click.Choice(COMMANDS))
@click.option(
    "--leg", "--request", "leg", help="Mã công đoạn, hoặc mã yêu cầu / the leg's id, or the request's."
)
@click.option(
    "--answers",
    help="id của bàn giao được trả lời; nếu `listen` đã nhận thì không cần / id of the hand-over that this "
    "answers; not needed when `listen` took it in here.",
)
@click.option(
    "--field",
    "fields",
    multiple=True,
    metavar="NAME=VALUE",
    help="Trường dữ liệu; NAME:=JSON cho số / a field of the data; NAME:=JSON for numbers.",
)
@click.option(
    "--wants-answer",
    is_flag=True,
    help="Báo trên hàng đợi khi lệnh đã được thực hiện / have it told on the queue when it was carried out.",
)
@click.option("--id", "id_", help="id của lệnh, để gửi lại đúng lệnh đó / the command's id, to repeat it.")
@click.option(
    "--file",
    "file",
    type=click.File(encoding="utf-8"),
    help="JSON: một lệnh hoặc danh sách {command, leg | request, answers?, id?, data?} / one command or a list of them.",
)
@click.option(
    "--again-since",
    metavar="MOMENT",
    help="Gửi lại đúng như cũ mọi lệnh từ thời điểm đó (RFC 3339), sau khi hệ thống khôi phục / send again, as they "
    "were, all commands given since then: after a restore.",
)
@as_json
@as_an_agency
def send(
    *,
    agency: str,
    folder: Path,
    config: Path | None,
    store: Path | None,
    json_: bool,
    file: TextIO | None,
    wants_answer: bool,
    again_since: str | None,
    **given: Any,
) -> None:
    """Gửi lệnh của cơ quan ID / send a command of the agency ID.

    Lệnh đã được broker nhận khi mã thoát là 0; lời từ chối (nếu có) đến trên hàng đợi, xem `listen`. /
    Exit status 0: the broker has it. A refusal, if any, comes on the queue: see `listen`.
    """
    is_named = bool(given["name"] and given["leg"])
    if [is_named, file is not None, again_since is not None].count(True) != 1:
        fail(
            "cần COMMAND với --leg, hoặc --file, hoặc --again-since",
            "give COMMAND with --leg, or --file, or --again-since",
            status=2,
        )
    since = _moment(again_since) if again_since else None
    asked = _from_file(file) if file else [_asked(**given)] if is_named else []
    settings = settings_or_fail(agency, config, folder)
    with memory_of(agency, store, folder) as memory, told_when_broken():
        commands = (
            memory.given_since(since)
            if since
            else [_command(agency, each, memory, wants_answer=wants_answer) for each in asked]
        )
        try:
            Connector(settings, memory, lambda _incoming: []).send(*commands)
        except ValueError as error:
            fail("id này đã dùng cho lệnh khác", str(error))
    for sent in commands:
        if json_:
            print_json({"id": sent["id"], "command": sent["type"].rpartition(".")[2], "confirmed": True})
        else:
            screen.print(f"đã gửi / sent: {sent['id']}", highlight=False, markup=False, soft_wrap=True)


def _moment(text: str) -> str:
    try:
        return to_text(from_text(text))
    except ValueError:
        fail(f"{text} không phải thời điểm RFC 3339", f"{text} is no time as RFC 3339 writes it", status=2)


def _asked(
    *, name: str, leg: str, answers: str | None, fields: tuple[str, ...], id_: str | None
) -> dict[str, Any]:
    data = dict(_field(text) for text in fields)
    return {"command": name, "leg": leg, "answers": answers, "id": id_, "data": data}


def _field(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip(":"):
        fail(f"--field {text!r} không có dạng NAME=VALUE", f"--field {text!r} is not NAME=VALUE", status=2)
    if not name.endswith(":"):
        return name, value
    try:
        return name.removesuffix(":"), json.loads(value)
    except ValueError:
        fail(f"--field {text!r} không phải JSON", f"--field {text!r} holds no JSON after :=", status=2)


def _from_file(file: TextIO) -> list[dict[str, Any]]:
    try:
        value = json.load(file)
    except ValueError as error:
        fail("tệp không phải JSON", f"the file is no JSON: {error}", status=2)
    asked = value if isinstance(value, list) else [value]
    for number, each in enumerate(asked, 1):
        is_whole = isinstance(each, dict) and each.get("command") in COMMANDS and _about(each)
        if not is_whole or not isinstance(each.get("data", {}), dict):
            fail(
                f"lệnh thứ {number} cần command và leg hoặc request (và data là đối tượng)",
                f"command {number} needs command and leg or request (and an object as data)",
                status=2,
            )
    return asked


def _command(agency: str, asked: Mapping[str, Any], memory: Memory, *, wants_answer: bool) -> dict[str, Any]:
    """Return the command; one that was sent under the same id before as it was then."""
    if asked.get("id") and (before := memory.sent(asked["id"])):
        return _repeated(before, asked)
    name, leg = asked["command"], _about(asked)
    answers = asked.get("answers") or (None if name == NEEDS_NO_HAND_OVER else memory.hand_over_of(leg))
    if answers is None and name != NEEDS_NO_HAND_OVER:
        fail(
            f"không biết bàn giao của công đoạn {leg}; cho biết bằng --answers",
            f"the hand-over of the leg {leg} is not known here; name it with --answers",
            status=2,
        )
    return command(
        agency,
        name,
        leg,
        asked.get("data"),
        answers=answers,
        id_=asked.get("id"),
        wants_answer=wants_answer,
    )


def _about(asked: Mapping[str, Any]) -> Any:
    """Return the id of the leg, or of the request, that a command is about."""
    return asked.get("leg") or asked.get("request")


def _repeated(before: dict[str, Any], asked: Mapping[str, Any]) -> dict[str, Any]:
    kind = "request" if asked["command"] in ON_REQUESTS else "leg"
    data = {kind: _about(asked), **(asked.get("data") or {})}
    if before["data"] != data or before["type"] != f"lienthong.command.{asked['command']}":
        fail("id này đã dùng cho lệnh khác", f"the id {before['id']} belongs to another command")
    return before
