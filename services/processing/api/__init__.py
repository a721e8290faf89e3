"""processing's HTTP doors."""

from __future__ import annotations

from werkzeug.wrappers import Request, Response

from services.processing.api.accounts import AccountDoors
from services.processing.api.deliveries import DeliveryDoors
from services.processing.api.entered import EnteredDoors
from services.processing.api.pulling import PullDoors
from services.processing.api.reminders import ReminderDoors
from services.processing.api.replays import ReplayDoors
from services.processing.api.requests import RequestDoors
from services.processing.api.targets import TargetDoors
from services.processing.api.works import (
    AGENCY_ROLES,
    FOR_ANY_AGENCY,
    LARGEST_PAGE,
    USUAL_PAGE,
    CommandLine,
    WorkDoors,
)
from shared.entrypoints.health import health_of, health_response
from shared.entrypoints.http import caller, door, json_response
from shared.entrypoints.metrics import MetricsDoor
from shared.entrypoints.parked import ParkedDoors

__all__ = ["AGENCY_ROLES", "FOR_ANY_AGENCY", "LARGEST_PAGE", "USUAL_PAGE", "CommandLine", "ProcessingApi"]


class ProcessingApi(
    WorkDoors,
    AccountDoors,
    ReplayDoors,
    DeliveryDoors,
    PullDoors,
    ReminderDoors,
    TargetDoors,
    EnteredDoors,
    RequestDoors,
    ParkedDoors,
    MetricsDoor,
):
    """The doors of processing."""

    @door("GET", "/health")
    def health(self, _request: Request) -> Response:
        """Say how processing is."""
        return health_response(health_of("processing", self.unit.database, self.progress))

    @door("GET", "/v1/caller")
    def who_calls(self, request: Request) -> Response:
        """Say whose token it is: for pages that people sign in to."""
        actor = caller(request, self.tokens)
        return json_response({"role": actor.role, "subject": actor.subject, "agency": actor.agency})
