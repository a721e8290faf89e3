"""statistics' doors on reports that went out, and what they answer."""

from __future__ import annotations

from marshmallow import Schema, fields

from deploy.contracts.operations.model import Content, Operation, json_of
from deploy.contracts.operations.statistics_answers import ReportAnswer
from services.statistics import problems
from services.statistics.api.publications import PUBLISHERS
from services.statistics.api.wired import READERS
from services.statistics.papers.formats import FORMATS
from services.statistics.schemas import PaperQuery, PublicationSchema, PublicationsQuery
from shared.contracts.fields import Moment, name
from shared.errors import FORBIDDEN


class Published(Schema):
    """A report that went out, without its content."""

    id = fields.UUID(required=True)
    number = fields.String(required=True)
    report = fields.String(required=True)
    first = fields.Date(required=True, data_key="from")
    last = fields.Date(required=True, data_key="to")
    published_at = Moment(required=True)
    published_by = fields.String(required=True)
    digest = fields.String(required=True)
    corrects = fields.String(required=True, allow_none=True)
    corrected_by = fields.String(required=True, allow_none=True)


class PublicationList(Schema):
    """Reports that went out, the newest first, and the public key that signs them now, in base64."""

    key = fields.String(required=True)
    publications = fields.List(fields.Nested(Published), required=True)


class PublishedDocument(Schema):
    """The very text that went out, and what proves it.

    The signature is Ed25519 over the line `lienthong/publication/1` with its line feed, and the document.
    """

    number = fields.String(required=True)
    corrected_by = fields.String(required=True, allow_none=True)
    document = fields.String(required=True)
    digest = fields.String(required=True)
    signature = fields.String(required=True)
    key = fields.String(required=True)


class OnPaper(Schema):
    """Under which number a report went out, and what became of it."""

    number = fields.String(required=True)
    published_at = Moment(required=True)
    corrects = fields.String(required=True, allow_none=True)
    corrected_by = fields.String(required=True, allow_none=True)
    digest = fields.String(required=True)


class PublishedAnswer(ReportAnswer):
    """A report as it went out."""

    publication = fields.Nested(OnPaper, required=True)


class ChangedFigure(Schema):
    """A figure that is another one today; `row` is empty for the sum of all rows."""

    row = fields.List(fields.String(), required=True)
    figure = fields.String(required=True)
    vi = fields.String(required=True)
    en = fields.String(required=True)
    then = fields.Raw(required=True, allow_none=True)
    now = fields.Raw(required=True, allow_none=True)


class LateActor(Schema):
    """Who did it."""

    role = fields.String(required=True, allow_none=True)
    subject = fields.String(required=True, allow_none=True)


class LateEntry(Schema):
    """An entry that the ledger had not when the report went out."""

    sequence = fields.Integer(required=True)
    type = fields.String(required=True)
    happened_at = Moment(required=True)
    recorded_at = Moment(required=True, allow_none=True)
    entered_at = Moment(required=True)
    actor = fields.Nested(LateActor, required=True)
    description = name()


class ChangedDossier(Schema):
    """A dossier that counts otherwise today, and why."""

    dossier = fields.UUID(required=True)
    code = fields.String(required=True, allow_none=True)
    figures = fields.List(fields.Nested(ChangedFigure), required=True)
    entries = fields.List(fields.Nested(LateEntry), required=True)


class ChangesAnswer(Schema):
    """What a report says otherwise today. Of the dossiers with late entries, so many were examined."""

    number = fields.String(required=True)
    report = fields.String(required=True)
    as_of = Moment(required=True)
    published_sequence = fields.Integer(required=True)
    known_sequence = fields.Integer(required=True)
    figures = fields.List(fields.Nested(ChangedFigure), required=True)
    candidates = fields.Integer(required=True)
    examined = fields.Integer(required=True)
    dossiers = fields.List(fields.Nested(ChangedDossier), required=True)
    reference = fields.List(fields.Nested(LateEntry), required=True)


_FILE = {"description": "The report as a file, named by Content-Disposition."}
_FILES = tuple(
    Content(lambda _schemas: _FILE, wanted.media_type) for wanted in FORMATS.values() if wanted.is_file
)
_READ_MODEL = (problems.READ_MODEL_UNDEFINED, problems.READ_MODEL_OUTDATED)

PUBLICATION_OPERATIONS = (
    Operation(
        "publishReport",
        "POST",
        "/v1/publications",
        "Freeze a report under a number, signed; what turns out wrong is corrected by another one.",
        json_of(Published),
        body=json_of(PublicationSchema),
        roles=PUBLISHERS,
        keyed=True,
        refuses=(
            FORBIDDEN,
            problems.PUBLICATION_EXISTS,
            problems.PUBLICATION_UNSUITABLE,
            problems.PUBLICATION_TOO_LONG,
            problems.UNKNOWN_PUBLICATION,
            problems.UNKNOWN_REPORT,
            problems.UNKNOWN_DIMENSION,
            problems.PERIOD_INVALID,
            problems.PERIOD_UNKNOWN,
            problems.PERIOD_NOT_BEGUN,
            *_READ_MODEL,
        ),
    ),
    Operation(
        "listPublications",
        "GET",
        "/v1/publications",
        "List the reports that went out, the newest first; one of them by its number.",
        json_of(PublicationList),
        query=PublicationsQuery,
    ),
    Operation(
        "showPublication",
        "GET",
        "/v1/publications/<publication>",
        "Give the very document that went out, with its digest, signature and key.",
        json_of(PublishedDocument),
        refuses=(problems.UNKNOWN_PUBLICATION,),
    ),
    Operation(
        "printPublication",
        "GET",
        "/v1/publications/<publication>/paper",
        "Give a report that went out, as JSON or as a file.",
        json_of(PublishedAnswer),
        files=_FILES,
        query=PaperQuery,
        refuses=(problems.UNKNOWN_PUBLICATION, problems.UNKNOWN_FORMAT, problems.REPORT_TOO_LONG),
    ),
    Operation(
        "showPublicationChanges",
        "GET",
        "/v1/publications/<publication>/changes",
        "Say what the same question is answered today, and which late events of which dossiers made the difference.",
        json_of(ChangesAnswer),
        roles=READERS,
        refuses=(FORBIDDEN, problems.UNKNOWN_PUBLICATION, *_READ_MODEL),
    ),
)
"""The operations on publications."""
