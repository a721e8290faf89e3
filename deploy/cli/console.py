"""The verb console: the operations console in a browser."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from deploy.cli.output import errors, fail, log_to_stderr
from deploy.cli.reaching import on_a_system, reached_or_fail

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication


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
    from werkzeug.middleware.proxy_fix import ProxyFix

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
        pages: WSGIApplication = Console(reached.urls, secure=behind_tls)
        if behind_tls:  # else every visitor would have the proxy's address, and share its wrong tries
            pages = ProxyFix(pages, x_for=1)
        wsgi.server(socket, pages, log_output=False, debug=False)
