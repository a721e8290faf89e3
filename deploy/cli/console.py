"""The verb console: the operations console in a browser."""

from __future__ import annotations

from pathlib import Path

import click

from deploy.cli.output import errors, fail, log_to_stderr
from deploy.cli.reaching import on_a_system, reached_or_fail


@click.command()
@click.option(
    "--listen", default="127.0.0.1:8090", show_default=True, metavar="HOST:PORT", help="Ở đâu / where."
)
@click.option(
    "--behind-tls", is_flag=True, help="Sau máy chủ TLS / behind a TLS proxy: cookies travel over TLS alone."
)
@on_a_system
def console(listen: str, behind_tls: bool, folder: Path, embedded: Path | None) -> None:  # noqa: FBT001
    """Trang điều hành / the operations console, for a browser.

    People sign in with their token (`lienthong token --role administrator --subject WHO`).
    """
    import eventlet
    from eventlet import wsgi

    from deploy.console.app import Console

    log_to_stderr(30)
    host, _, port = listen.rpartition(":")
    if not host or not port.isdigit():
        fail(
            f"--listen cần MÁY:CỔNG, không phải {listen}", f"--listen needs HOST:PORT, not {listen}", status=2
        )
    try:
        socket = eventlet.listen((host, int(port)))
    except (OSError, OverflowError) as error:
        fail(f"không mở được {listen}", f"{listen} cannot be opened: {error}")
    with reached_or_fail(folder, embedded) as reached:
        errors.print(f"http://{host}:{socket.getsockname()[1]}", highlight=False)
        wsgi.server(socket, Console(reached.urls, secure=behind_tls), log_output=False)
