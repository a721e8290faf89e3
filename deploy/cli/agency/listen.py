"""The verb `agency listen`: hand-overs as they come."""

from __future__ import annotations

import json
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Event, Timer
from typing import Any

import click
from rich.markup import escape

from deploy.cli.agency.connecting import as_an_agency, memory_of, settings_or_fail, told_when_broken
from deploy.cli.output import as_json, log_to_stderr, screen
from deploy.connector.client import Connector
from deploy.connector.link import linked
from deploy.connector.messages import (
    CARRIED_OUT,
    HAND_OVER,
    NOTICE,
    REQUEST,
    REQUEST_NOTICE,
    RESTORED,
    Incoming,
    answer,
)
from shared.clock import local_text


@click.command()
@click.argument("agency", metavar="ID")
@click.option(
    "--ack", is_flag=True, help="Trả lời acknowledge-message / answer hand-overs with acknowledge-message."
)
@click.option(
    "--count", type=click.IntRange(1), help="Dừng sau số thông điệp này / stop after so many messages."
)
@click.option(
    "--seconds", type=click.FloatRange(0.1), help="Dừng sau số giây này / stop after so many seconds."
)
@as_json
@as_an_agency
def listen(
    *,
    agency: str,
    folder: Path,
    config: Path | None,
    store: Path | None,
    json_: bool,
    count: int | None,
    seconds: float | None,
    ack: bool,
) -> None:
    """Nhận bàn giao của cơ quan ID / take the hand-overs of the agency ID in, and show them as they come.

    Mỗi thông điệp được lưu rồi mới xác nhận với broker; bản lặp không hiện lại. / Each message is stored
    before the broker hears of it; one that comes again is not shown again.
    """
    settings = settings_or_fail(agency, config, folder)
    log_to_stderr()
    with memory_of(agency, store, folder) as memory, told_when_broken():
        with linked(settings):
            pass  # wrong credentials are told at once; what fails later is tried again for ever
        stop = _stopped_by_signals(seconds)
        shower = Shower(agency, stop, ack=ack, count=count, as_json=json_)
        Connector(settings, memory, shower.take).run(stop)


class Shower:
    """Shows each message and answers as it was told to."""

    def __init__(self, agency: str, stop: Event, *, ack: bool, count: int | None, as_json: bool) -> None:
        self._agency, self._stop = agency, stop
        self._ack, self._left, self._as_json = ack, count, as_json

    def take(self, incoming: Incoming) -> Sequence[Mapping[str, Any]]:
        """Show a message; return the commands that answer it."""
        if self._as_json:
            click.echo(json.dumps(incoming.body, ensure_ascii=False))
        else:
            screen.print(in_words(incoming), highlight=False, soft_wrap=True)
        if self._left is not None:
            self._left -= 1
            if self._left <= 0:
                self._stop.set()
        if not self._ack or not (incoming.is_hand_over or incoming.is_request):
            return []
        name = "receive-request" if incoming.is_request else "acknowledge-message"
        return [answer(self._agency, incoming, name)]


def in_words(incoming: Incoming) -> str:
    """Return a message as people read it."""
    data = incoming.data
    if incoming.type == HAND_OVER:
        kind = "xin ý kiến / opinion" if incoming.is_opinion else "bàn giao / hand-over"
        words = [
            f"[b]{kind}[/b]",
            _text(data, "code"),
            f"{_text(data, 'from_agency')} → {_text(data, 'agency')}",
        ]
        words += [_name(data), f"đến hạn / due {_moment(data.get('due_at'))}", f"leg {_text(data, 'leg')}"]
    elif incoming.type == NOTICE:
        words = ["[b]thông báo / notice[/b]", _text(data, "code"), _text(data, "state")]
        words += [f"đến hạn / due {_moment(data.get('due_at'))}", f"leg {_text(data, 'leg')}"]
    elif incoming.type in {REQUEST, REQUEST_NOTICE}:
        words = ["[b]yêu cầu, đôn đốc / request[/b]", _text(data, "reference")]
        words += (
            [_text(data, "subject")] if incoming.is_request else [_text(data, "state"), _text(data, "note")]
        )
        words += [f"hạn / due {_text(data, 'due_on')}"] if incoming.is_request else []
        words += [f"request {_text(data, 'request')}"]
    elif incoming.type == CARRIED_OUT:
        words = [
            "[b green]đã thực hiện / carried out[/b green]",
            _text(data, "command"),
            _text(data, "state"),
        ]
    elif incoming.type == RESTORED:
        words = ["[b red]hệ thống được khôi phục / restored[/b red]"]
        words += [f"đến / as of {_moment(data.get('known_until'))}"]
        words += [f"gửi lại từ / sent again since {_moment(data.get('resend_since'))}"]
    else:
        words = ["[b red]từ chối / refused[/b red]", _text(data, "command"), _text(data, "code")]
        words += [_text(data, "title_vi"), _text(data, "title")]
    return "  ".join(words)


def _text(data: Mapping[str, Any], field: str) -> str:
    return escape(str(data.get(field, "?")))


def _name(data: Mapping[str, Any]) -> str:
    name = data.get("name")
    return escape(f"{name.get('vi')} / {name.get('en')}") if isinstance(name, dict) else "?"


def _moment(text: object) -> str:
    if not text:
        return "–"
    try:
        return local_text(str(text))
    except ValueError:
        return escape(str(text))


def _stopped_by_signals(seconds: float | None) -> Event:
    """Return what is set when the process is asked to end, or the time is over."""
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    if seconds:
        timer = Timer(seconds, stop.set)
        timer.daemon = True
        timer.start()
    return stop
