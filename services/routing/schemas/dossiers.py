"""A dossier that does not exist, for asking which way it would go."""

from __future__ import annotations

from marshmallow import fields

from shared.contracts.fields import Moment, StrictSchema, one_of, text
from shared.contracts.intake import CHANNELS


class ExplainSchema(StrictSchema):
    """A dossier as the desk would receive it."""

    procedure = text(60)
    desk = text(60)
    received_at = Moment(required=True)
    area = text(60, required=False, allow_none=True)
    channel = one_of(*CHANNELS, required=False)
    applicant_kind = one_of("citizen", "organisation", "agency", required=False)
    applicant_agency = text(60, required=False, allow_none=True)
    remote = fields.Boolean(truthy={True}, falsy={False})
    facts = fields.Dict(keys=text(60))
