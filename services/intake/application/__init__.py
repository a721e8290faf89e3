"""Intake's use cases: filing, the acts of the desk, and what follows from a dossier's way.

They take values and acts, decide by `rules`, and record on aggregates.
"""

from services.intake.application.filing import Filing
from services.intake.application.intake import Intake

__all__ = ["Filing", "Intake"]
