"""The command line's own tokens, so that an operator on the machine need not issue any first."""

from __future__ import annotations

import json
import os
from pathlib import Path

from deploy.files import KNOWN_TOKENS, TOKENS
from shared.access import TokenFile


def own_token(home: Path, role: str, agency: str | None = None) -> str:
    """Return the command line's token for a role, bound to an agency if one is named; it is issued when it is not there yet."""
    path = home / KNOWN_TOKENS
    known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    name = f"{role}@{agency}" if agency else role
    if name not in known:
        known[name] = TokenFile(home / TOKENS).issue(role, f"cli-{role}", agency)
        fresh = path.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(known, file, indent=1, sort_keys=True)
        fresh.replace(path)
    return known[name]
