"""What of intake's events becomes public, and in which words. Nothing here knows a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from services.intake.domain.dossier import Dossier
from services.intake.domain.procedure import Procedure

_FILED = ("procedure", "desk", "channel")
_APPLICANT = ("applicant_kind", "area", "foreign_code", "facts", "applicant_agency")


def _data(*names: str) -> Callable[[Any], dict[str, Any]]:
    return lambda event: {name: getattr(event, name) for name in names}


_edition = _data(
    "procedure",
    "version",
    "name",
    "sector",
    "service_level",
    "valid_from",
    "limit",
    "limit_online",
    "cutoff",
    "limits",
)

TRANSLATIONS: Mapping[type[Any], tuple[str, Callable[[Any], dict[str, Any]]]] = {
    Procedure.Published: ("lienthong.intake.procedure-published", _edition),
    Procedure.Revised: ("lienthong.intake.procedure-published", _edition),
    Dossier.Submitted: ("lienthong.intake.dossier-submitted", _data(*_FILED, *_APPLICANT)),
    Dossier.Received: (
        "lienthong.intake.dossier-received",
        _data("code", *_FILED, *_APPLICANT, "limit", "due_at", "remote"),
    ),
    Dossier.Refused: ("lienthong.intake.dossier-refused", _data(*_FILED, "reason")),
    Dossier.Paused: ("lienthong.intake.dossier-paused", _data("code", "pause", "kind", "reason")),
    Dossier.Resumed: ("lienthong.intake.dossier-resumed", _data("code", "pause", "kind", "due_at")),
    Dossier.Extended: (
        "lienthong.intake.dossier-extended",
        _data("code", "by", "reason", "due_at", "notice"),
    ),
    Dossier.Resolved: ("lienthong.intake.dossier-resolved", _data("code", "due_at", "verdict")),
    Dossier.Withdrawn: ("lienthong.intake.dossier-withdrawn", _data("code", "reason")),
    Dossier.Stopped: ("lienthong.intake.dossier-stopped", _data("code", "reason")),
    Dossier.SentOn: ("lienthong.intake.dossier-sent-on", _data("code", "note")),
    Dossier.HandedBack: ("lienthong.intake.result-handed-back", _data("code", "manner")),
}
"""Event class to message type and the function that gives its data; other events stay inside."""
