"""What was stored before facts, cutoffs and pauses is read as what it meant then."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import orjson

from services.intake.domain.dossier import Dossier
from services.intake.domain.procedure import Procedure, procedure_id
from shared.event_sourcing import JsonMapper, JsonTranscoder
from tests.unit.intake.one_stop_desk import OneStopDesk

NEW = {
    "facts",
    "applicant_agency",
    "remote",
    "cutoff",
    "hours",
    "limits",
    "extension",
    "notice",
    "class_version",
}


def as_stored_before(desk: OneStopDesk, aggregate_id: UUID) -> Any:
    """Return the aggregate made of its events without what they did not hold in version 1."""
    mapper, aggregate = JsonMapper(transcoder=JsonTranscoder()), None
    for stored in desk.recorder.select_events(aggregate_id):
        state = orjson.loads(stored.state)
        assert state["class_version"] >= 2
        older = {name: value for name, value in state.items() if name not in NEW}
        event: Any = mapper.to_domain_event(replace(stored, state=orjson.dumps(older)))
        aggregate = event.mutate(aggregate)
    return aggregate


def test_a_dossier_received_before_has_the_same_appointment_and_can_explain_it(desk: OneStopDesk) -> None:
    dossier_id = desk.received()

    older = as_stored_before(desk, dossier_id)

    assert isinstance(older, Dossier)
    assert vars(older) == vars(desk.live(dossier_id))
    assert desk.explained(dossier_id) == older.due_at


def test_a_procedure_published_before_asks_for_nothing(desk: OneStopDesk) -> None:
    older = as_stored_before(desk, procedure_id("1.001193"))

    assert isinstance(older, Procedure)
    (version,) = older.versions
    assert (version.facts, version.limits, version.cutoff) == ({}, (), None)
