"""Routing's application over a log in memory, with a directory in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import pytest
from eventsourcing.popo import POPOApplicationRecorder

from services.routing.application.routing import Routing
from services.routing.rules.structure import Registry
from shared.working_time.vietnam import vietnam_calendar
from tests.builders.routing import AGENCIES, DOSSIER, UP_AND_ACROSS, act_at, process

CALENDAR = vietnam_calendar()


class Directory:
    """Agencies and versions of processes in two dictionaries."""

    def __init__(self) -> None:
        self.agencies: dict[str, Mapping[str, Any]] = {}
        self.processes: list[Mapping[str, Any]] = []

    def registry(self) -> Registry:
        return Registry.of(self.agencies.values())

    def versions(self, procedure: str) -> Sequence[Mapping[str, Any]]:
        return [version for version in self.processes if version["procedure"] == procedure]

    def version(self, process: str, version: int) -> Mapping[str, Any] | None:
        found = [one for one in self.processes if (one["process"], one["version"]) == (process, version)]
        return found[-1] if found else None

    def put_agency(self, facts: Mapping[str, Any]) -> None:
        self.agencies[facts["agency"]] = facts

    def put_process(self, definition: Mapping[str, Any]) -> None:
        self.processes.append(definition)


class Office:
    """Given, when, then: runs each step as a unit of its own and returns the new events."""

    def __init__(self) -> None:
        self.directory = Directory()
        self.recorder = POPOApplicationRecorder()
        self.routing = self.another()
        for facts in AGENCIES:
            self.when("register_agency", facts, act_at())
        self.when("publish_process", process(UP_AND_ACROSS), act_at())

    def another(self) -> Routing:
        """A process that knows nothing but the log and the directory."""
        return Routing(self.recorder, self.directory, CALENDAR)

    def when(self, method: str, *arguments: Any) -> list[Any]:
        before = self.recorder.max_notification_id() or 0
        try:
            getattr(self.routing, method)(*arguments)
            self.routing.flush()
        except Exception:
            self.routing.abandon_unit()
            raise
        self.routing.close_unit()
        new = self.recorder.select_notifications(start=before + 1, limit=100)
        return [self.routing.mapper.to_domain_event(stored) for stored in new]

    def itinerary(self, dossier: UUID = DOSSIER) -> Any:
        return self.routing.find(dossier)


@pytest.fixture
def office() -> Office:
    return Office()
