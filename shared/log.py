"""What a log line says beside its sentence, for machines: which thing happened, about which dossier.

A line never names a person: no subject, no key, nothing that somebody wrote.
"""

from __future__ import annotations

import re
from uuid import UUID

_CODE = re.compile(r"[0-9A-Z.]{3,30}-[0-9]{6}-[0-9]{4,}")

FIELDS = ("dossier", "dossier_code", "correlation", "problem", "agency", "door", "status")
"""The fields that a line may have beside those that each has."""


def said(
    event: str,
    *,
    dossier: object = None,
    correlation: str | None = None,
    problem: str | None = None,
    **more: object,
) -> dict[str, object]:
    """Return a line's fields, as `extra`.

    `event` is a fixed name, `problem` a stable code. `dossier`, an id or a code, may be anything
    that somebody sent: what is neither is left out.
    """
    fields = {"event": event, **_named(dossier), "correlation": correlation, "problem": problem, **more}
    return {name: value for name, value in fields.items() if value is not None}


def _named(dossier: object) -> dict[str, str]:
    text = str(dossier or "")
    if _CODE.fullmatch(text):
        return {"dossier_code": text}
    try:
        return {"dossier": str(UUID(text))}
    except ValueError:
        return {}
