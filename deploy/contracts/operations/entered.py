"""processing's doors on figures that no dossier yields."""

from __future__ import annotations

from marshmallow import Schema, fields

from deploy.contracts.operations.model import TIMES, Operation, json_of
from services.processing import problems
from services.processing.api.entered import (
    CHECKERS,
    ENTERERS,
    LOCKERS,
    ConfirmSchema,
    CorrectionSchema,
    FigureSchema,
    MatterSchema,
)
from shared.contracts.fields import one_of
from shared.errors import FORBIDDEN


class FigureAnswer(Schema):
    """An entered figure; `version`: how often it was said otherwise, from 1."""

    figure = fields.String(required=True)
    agency = fields.String(required=True)
    first = fields.Date(required=True)
    last = fields.Date(required=True)
    value = fields.Integer(required=True)
    evidence = fields.String(required=True)
    version = fields.Integer(required=True)
    state = one_of("entered", "checked", "locked")
    entered_by = fields.String(required=True)


_USUAL = (FORBIDDEN, *TIMES, problems.NOT_YOUR_FIGURE)
_STANDING = (*_USUAL, problems.NO_FIGURE, problems.BEFORE_THE_FIGURE)

ENTERED_OPERATIONS = (
    Operation(
        "showFigure",
        "GET",
        "/v1/figures",
        "Say how an entered figure of a unit and period stands.",
        json_of(FigureAnswer),
        query=MatterSchema,
        roles=("any token",),
        refuses=(problems.NO_FIGURE,),
    ),
    Operation(
        "enterFigure",
        "POST",
        "/v1/figures",
        "Enter a figure that no dossier yields, with its evidence; the same again changes nothing.",
        json_of(FigureAnswer),
        body=json_of(FigureSchema),
        roles=ENTERERS,
        keyed=True,
        refuses=(
            *_USUAL,
            problems.UNKNOWN_AGENCY,
            problems.FIGURE_PERIOD_INVALID,
            problems.FIGURE_ENTERED,
        ),
    ),
    Operation(
        "correctFigure",
        "POST",
        "/v1/figures/correct",
        "Correct a figure: a new version, to be checked anew; once it is locked, by an administrator only.",
        json_of(FigureAnswer),
        body=json_of(CorrectionSchema),
        roles=ENTERERS,
        keyed=True,
        refuses=(*_STANDING, problems.FIGURE_LOCKED),
    ),
    Operation(
        "checkFigure",
        "POST",
        "/v1/figures/check",
        "Confirm a figure that somebody else entered: it counts from now on.",
        json_of(FigureAnswer),
        body=json_of(ConfirmSchema),
        roles=CHECKERS,
        keyed=True,
        refuses=(*_STANDING, problems.FIGURE_CHECKED, problems.FIGURE_CHECKED_BY_ITS_AUTHOR),
    ),
    Operation(
        "lockFigure",
        "POST",
        "/v1/figures/lock",
        "Close a checked figure.",
        json_of(FigureAnswer),
        body=json_of(ConfirmSchema),
        roles=LOCKERS,
        keyed=True,
        refuses=(*_STANDING, problems.FIGURE_LOCKED, problems.FIGURE_NOT_CHECKED),
    ),
)
"""The operations on entered figures."""
