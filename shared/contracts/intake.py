"""What intake makes known: procedures offered, and a dossier's life at the one-stop desk."""

from __future__ import annotations

from marshmallow import fields

from shared.contracts.fields import Moment, TolerantSchema, name, one_of, term, text

CHANNELS = ("direct", "online", "post")
"""DOMAIN codes 1 direct (trực tiếp), 2 online (trực tuyến), 3 public post (BCCI)."""
VERDICTS = ("early", "on_time", "late", "none")
OUTCOMES = ("completed", "refused", "stopped")


class ProcedurePublished(TolerantSchema):
    """A procedure of the catalogue in the version that holds from `valid_from` on."""

    procedure = text(60)
    version = fields.Integer(required=True, strict=True)
    name = name()
    sector = text(100)
    service_level = fields.Integer(required=True)
    valid_from = Moment(required=True)
    limit = term(allow_none=True)
    limit_online = term(required=False, allow_none=True)


class DossierSubmitted(TolerantSchema):
    """Somebody filed a dossier; it is not accepted yet (status 1)."""

    procedure = text(60)
    desk = text(60)
    channel = one_of(*CHANNELS)
    applicant_kind = one_of("citizen", "organisation", "agency")
    area = text(60, required=False, allow_none=True)
    foreign_code = text(100, required=False, allow_none=True)


class DossierReceived(TolerantSchema):
    """The desk accepted a complete dossier and gave its receipt (status 2, form 01)."""

    code = text(60)
    procedure = text(60)
    desk = text(60)
    channel = one_of(*CHANNELS)
    applicant_kind = one_of("citizen", "organisation", "agency")
    area = text(60, required=False, allow_none=True)
    limit = term(allow_none=True)
    due_at = Moment(required=True, allow_none=True)
    foreign_code = text(100, required=False, allow_none=True)


class DossierRefused(TolerantSchema):
    """The desk did not accept it (status 3, form 03)."""

    procedure = text(60)
    desk = text(60)
    channel = one_of(*CHANNELS)
    reason = text(2000)


class DossierResolved(TolerantSchema):
    """Every agency has done its part (status 9); the verdict is intake's."""

    code = text(60)
    due_at = Moment(required=True, allow_none=True)
    verdict = one_of(*VERDICTS)


class DossierStopped(TolerantSchema):
    """The desk ended it without a result (status 8)."""

    code = text(60)
    reason = text(2000)


class DossierSentOn(TolerantSchema):
    """The desk sent a dossier that an agency had returned on its way again."""

    code = text(60)
    note = text(2000)


class ResultHandedBack(TolerantSchema):
    """The applicant has the result (status 10)."""

    code = text(60)
    manner = one_of("direct", "post", "online")
