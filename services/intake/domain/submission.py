"""What an applicant files. Only the doors see a person in clear; a person never shows itself in logs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, repr=False)
class Person:
    """Who files. Becomes ciphertext before anything is stored."""

    name: str
    identity_number: str | None = None
    phone: str | None = None
    address: str | None = None
    email: str | None = None

    def __repr__(self) -> str:
        return "Person(...)"

    def plain(self) -> dict[str, str]:
        """Return the fields that are given, in clear: for the vault alone."""
        fields = {name: getattr(self, name) for name in Person.__slots__}
        return {name: value for name, value in fields.items() if value}


@dataclass(frozen=True, slots=True)
class Component:
    """A paper of the dossier as filed. `form` is original, certified or copy; it is digitised or not."""

    code: str
    copies: int = 1
    form: str | None = None
    digitised: bool = False

    def state(self) -> dict[str, Any]:
        """Return what an event stores."""
        state: dict[str, Any] = {"code": self.code, "copies": self.copies}
        if self.form:
            state["form"] = self.form
        if self.digitised:
            state["digitised"] = True
        return state

    @classmethod
    def of(cls, state: Mapping[str, Any]) -> Component:
        """Return the component of its plain state."""
        return cls(**state)


@dataclass(frozen=True, slots=True)
class Submission:
    """A dossier as it is filed at a desk."""

    procedure: str
    desk: str
    channel: str
    applicant_kind: str
    person: Person
    components: tuple[Component, ...] = ()
    area: str | None = None
    foreign_code: str | None = None
    """The code that another system gave it; the province gives its own."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """What the procedure asks about the case; nothing personal."""
    applicant_agency: str | None = None
    """The agency that files, if one does."""
