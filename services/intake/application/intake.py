"""The one-stop desk: all of intake's use cases in one unit of work."""

from __future__ import annotations

from services.intake.application.catalogue import Catalogue
from services.intake.application.desk import DeskActs
from services.intake.application.filing import Filings
from services.intake.application.way import Way


class Intake(Catalogue, Filings, DeskActs, Way):
    """The one-stop desk."""

    name = "intake"
