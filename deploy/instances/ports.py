"""Free TCP ports on loopback."""

from __future__ import annotations

import random
import socket
from collections.abc import Collection

LOOPBACK = "127.0.0.1"
FIRST, LAST = 20_000, 32_000
"""Below Linux's range for outgoing connections, so that a port kept for later is not lent out."""


def is_free(port: int) -> bool:
    """Say whether a server could listen on `port` of loopback now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def free_port(besides: Collection[int] = ()) -> int:
    """Return a port that is free now and not among `besides`.

    Another process may take it before it is used: whoever starts a server there must be ready to
    ask again.
    """
    candidates = random.SystemRandom().sample(range(FIRST, LAST), 500)
    for port in candidates:
        if port not in besides and is_free(port):
            return port
    msg = f"no free port found between {FIRST} and {LAST}"
    raise OSError(msg)
