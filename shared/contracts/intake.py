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
    cutoff = fields.String(allow_none=True)
    """Such as "15:00": what comes later that day counts from the next working day."""
    limits = fields.List(fields.Dict())
    """Exceptions to the limit, `{when, term}`; the first whose condition holds applies."""


class DossierSubmitted(TolerantSchema):
    """Somebody filed a dossier; it is not accepted yet (status 1)."""

    procedure = text(60)
    desk = text(60)
    channel = one_of(*CHANNELS)
    applicant_kind = one_of("citizen", "organisation", "agency")
    area = text(60, required=False, allow_none=True)
    foreign_code = text(100, required=False, allow_none=True)
    facts = fields.Dict(keys=fields.String())
    """What its way and its limit depend on, such as the services chosen; nothing personal."""
    applicant_agency = text(60, required=False, allow_none=True)
    """The agency that files, if one does."""


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
    facts = fields.Dict(keys=fields.String())
    applicant_agency = text(60, required=False, allow_none=True)
    remote = fields.Boolean()
    """Whether the area counts as remote."""


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


class DossierPaused(TolerantSchema):
    """The clock stops: papers to be completed (status 5), money to be paid (6), or a public notice."""

    code = text(60)
    pause = fields.String(required=True)
    kind = one_of("supplement", "payment", "posting")
    reason = text(2000)


class DossierResumed(TolerantSchema):
    """The clock goes on; the appointment moved by as much as it stood still."""

    code = text(60)
    pause = fields.String(required=True)
    kind = one_of("supplement", "payment", "posting")
    due_at = Moment(required=True, allow_none=True)


class DossierExtended(TolerantSchema):
    """The dossier has more time: its process gives it, or the desk in writing."""

    code = text(60)
    by = term()
    reason = text(2000)
    due_at = Moment(required=True, allow_none=True)
    notice = text(200, required=False, allow_none=True)
    """The desk's letter to the applicant."""


class DossierWithdrawn(TolerantSchema):
    """The applicant took the dossier back (status 7)."""

    code = text(60)
    reason = text(2000)
