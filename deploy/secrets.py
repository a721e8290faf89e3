"""Secrets: made at first start, readable by their owner alone, never in a repository."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

MASTER_KEY = "master.key"
TOKENS = "tokens.json"


def master_key(home: Path) -> bytes:
    """Return the key that wraps the dossiers' keys; it is made when it is not there.

    Whoever loses this file can never read personal data again: back it up apart from the database.
    """
    path = home / MASTER_KEY
    if not path.exists():
        home.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{os.getpid()}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(32))
        try:
            os.link(fresh, path)  # whoever comes first; never over a key that is there
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_bytes()
