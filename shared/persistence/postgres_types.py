"""How Python's values go to PostgreSQL where psycopg's own way is not strict enough."""

from __future__ import annotations

from datetime import datetime

from psycopg import adapters
from psycopg.adapt import AdaptersMap, Dumper, PyFormat
from psycopg.types.datetime import DatetimeBinaryDumper


class _AwareDumper(DatetimeBinaryDumper):
    def upgrade(self, obj: datetime, format: PyFormat) -> Dumper:  # noqa: A002 - psycopg's name
        if obj.tzinfo is None:
            msg = f"a time needs an offset: {obj!r}"
            raise ValueError(msg)
        return super().upgrade(obj, format)


def strict_adapters() -> AdaptersMap:
    """Return psycopg's adapters, but with a time without an offset refused instead of taken for UTC."""
    own = AdaptersMap(adapters)
    own.register_dumper(datetime, _AwareDumper)
    return own
