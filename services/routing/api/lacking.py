"""What the register lacks, said at a door: a message would wait for it, a person must be told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from services.routing.problems import NOT_IN_REGISTER
from services.routing.rules.structure import missing_in_words
from shared.errors import NotYetKnownError, RefusedError


@contextmanager
def lacking_refused() -> Iterator[None]:
    """Raise RefusedError with `not-in-register` where the block finds something unknown."""
    try:
        yield
    except NotYetKnownError as error:
        said = missing_in_words(error.reference)
        raise RefusedError(NOT_IN_REGISTER, what=error.reference, vi=said["vi"], en=said["en"]) from None
