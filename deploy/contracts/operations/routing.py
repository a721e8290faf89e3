"""routing's doors."""

from __future__ import annotations

from deploy.contracts.operations.answers import Health, ItineraryAnswer, ReferenceTaken, Register
from deploy.contracts.operations.model import TERMS, Operation, json_of
from services.routing.schemas import ReferenceSchema
from shared.errors import FORBIDDEN, NOT_FOUND

OPERATIONS = (
    Operation("routingHealth", "GET", "/health", "Say how routing is.", json_of(Health), open=True),
    Operation(
        "putReference",
        "PUT",
        "/v1/reference",
        "Take in agencies and processes; what is known already changes nothing.",
        json_of(ReferenceTaken),
        body=json_of(ReferenceSchema),
        roles=("administrator",),
        refuses=(FORBIDDEN, *TERMS),
    ),
    Operation("listAgencies", "GET", "/v1/agencies", "List the register of agencies.", json_of(Register)),
    Operation(
        "showItinerary",
        "GET",
        "/v1/itineraries/<dossier>",
        "Show the way of a dossier, with the reason for each choice.",
        json_of(ItineraryAnswer),
        refuses=(NOT_FOUND,),
    ),
)
"""Every operation at routing's doors."""
