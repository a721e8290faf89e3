"""The command line, `lienthong`: one module a group of verbs."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command line."""
    # Both before psycopg and sockets are imported: its C wait functions would block green threads.
    os.environ.setdefault("PSYCOPG_WAIT_FUNC", "wait_select")
    if len(sys.argv) > 1 and sys.argv[1] in {"serve", "demo"}:
        import warnings

        warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
        import eventlet

        eventlet.monkey_patch()
    from deploy.cli.root import lienthong

    lienthong()
