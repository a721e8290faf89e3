"""What of intake's events becomes public, and in which words. Nothing here knows a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from services.intake.domain.dossier import Dossier
from services.intake.domain.procedure import Procedure

_FILED = ("procedure", "desk", "channel")
_APPLICANT = ("applicant_kind", "area", "foreign_code")


def _data(*names: str) -> Callable[[Any], dict[str, Any]]:
    return lambda event: {name: getattr(event, name) for name in names}


_edition = _data(
    "procedure", "version", "name", "sector", "service_level", "valid_from", "limit", "limit_online"
)

TRANSLATIONS: Mapping[type[Any], tuple[str, Callable[[Any], dict[str, Any]]]] = {
    Procedure.Published: ("lienthong.intake.procedure-published", _edition),
    Procedure.Revised: ("lienthong.intake.procedure-published", _edition),
    Dossier.Submitted: ("lienthong.intake.dossier-submitted", _data(*_FILED, *_APPLICANT)),
    Dossier.Received: (
        "lienthong.intake.dossier-received",
        _data("code", *_FILED, *_APPLICANT, "limit", "due_at"),
    ),
    Dossier.Refused: ("lienthong.intake.dossier-refused", _data(*_FILED, "reason")),
    Dossier.Resolved: ("lienthong.intake.dossier-resolved", _data("code", "due_at", "verdict")),
    Dossier.Stopped: ("lienthong.intake.dossier-stopped", _data("code", "reason")),
    Dossier.SentOn: ("lienthong.intake.dossier-sent-on", _data("code", "note")),
    Dossier.HandedBack: ("lienthong.intake.result-handed-back", _data("code", "manner")),
}
"""Event class to message type and the function that gives its data; other events stay inside."""
