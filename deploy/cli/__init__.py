"""The command line, `lienthong`: one module a group of verbs."""

from __future__ import annotations

import os
import sys
import warnings


def main() -> None:
    """Run the command line."""
    # Both before psycopg and sockets are imported: its C wait functions would block green threads.
    warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
    os.environ.setdefault("PSYCOPG_WAIT_FUNC", "wait_select")
    if _runs_services(sys.argv[1:]):
        import eventlet

        eventlet.monkey_patch()
    from deploy.cli.root import lienthong
    from deploy.cli.usage import run

    run(lienthong)


def _runs_services(words: list[str]) -> bool:
    """Say whether services or pages will run in this process, so that its threads must be green."""
    return bool(words) and (
        words[0] in {"serve", "demo", "console"} or any(word.startswith("--embedded") for word in words)
    )
