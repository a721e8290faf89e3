"""Who is competent for a procedure, where, from when to when, and by which instrument. Topics are durable."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from services.routing.domain.keys import competence_key
from services.routing.domain.refusals import VALIDITY_OVERLAPS
from shared.acts import Act
from shared.errors import RefusedError
from shared.event_sourcing import Aggregate

Row = dict[str, Any]
"""procedure, area or None, agency or kind and level, valid_from, valid_to or None, basis."""


class Competence(Aggregate):
    """The rows of the competence register for one procedure."""

    TOPIC: ClassVar[str] = "routing.competence"

    if TYPE_CHECKING:  # the library would make annotated attributes arguments of __init__
        rows: tuple[Row, ...]

    class Event(Aggregate.Event):
        """Base of the events of a procedure's competences."""

        TOPIC: ClassVar[str] = "routing.competence.event"

    class Registered(Event, Aggregate.Created):
        """The first row came."""

        TOPIC: ClassVar[str] = "routing.competence.registered"
        row: Row

        def apply(self, aggregate: Competence) -> None:
            """Assign."""
            aggregate.rows = (self.row,)

    class Added(Event):
        """A further row came."""

        TOPIC: ClassVar[str] = "routing.competence.added"
        row: Row

        def apply(self, aggregate: Competence) -> None:
            """Assign."""
            aggregate.rows = (*aggregate.rows, self.row)

    class Limited(Event):
        """A row that had no end got one."""

        TOPIC: ClassVar[str] = "routing.competence.limited"
        row: Row

        def apply(self, aggregate: Competence) -> None:
            """Assign."""
            others = tuple(row for row in aggregate.rows if _place(row) != _place(self.row))
            aggregate.rows = (*others, self.row)

    class Corrected(Event):
        """An end that was said wrongly was said anew, by the instrument that the row names now."""

        TOPIC: ClassVar[str] = "routing.competence.corrected"
        row: Row

        def apply(self, aggregate: Competence) -> None:
            """Assign."""
            others = tuple(row for row in aggregate.rows if _place(row) != _place(self.row))
            aggregate.rows = (*others, self.row)

    @classmethod
    def register(cls, row: Row, act: Act) -> Competence:
        """Register who is competent for a procedure that had nobody."""
        return cls.begin(cls.Registered, competence_key(row["procedure"]), act, row=row)

    def put(self, row: Row, act: Act) -> None:
        """Add a row, give one that is known its end, or correct that end; nothing when it is known as it is.

        What was planned by then stays as it was planned. Raises RefusedError with `validity-overlaps`
        when another row holds for the same area meanwhile.
        """
        if row in self.rows:
            return
        known = next((other for other in self.rows if _place(other) == _place(row)), None)
        ends = known is not None and _whom(known) == _whom(row) and known["valid_to"] != row["valid_to"]
        for other in self.rows:
            if other["area"] == row["area"] and _overlap(other, row) and not (ends and other is known):
                what = f"{row['procedure']} {row['area'] or ''}".strip()
                raise RefusedError(
                    VALIDITY_OVERLAPS, what=what, since=row["valid_from"], known=other["valid_from"]
                )
        limits = self.Corrected if known is not None and known["valid_to"] else self.Limited
        self.record(limits if ends else self.Added, act, row=row)


def _whom(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return who is competent by a row, whatever its end and the instrument that sets it."""
    return {name: value for name, value in row.items() if value and name not in {"valid_to", "basis"}}


def _place(row: Mapping[str, Any]) -> tuple[Any, Any]:
    return row["area"], row["valid_from"]


def _overlap(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    begins_before_end = not other["valid_to"] or one["valid_from"] < other["valid_to"]
    return begins_before_end and (not one["valid_to"] or other["valid_from"] < one["valid_to"])
