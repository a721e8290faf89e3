"""Who sent a command, and because of what: an agency can only be itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from shared.acts import HISTORIAN
from shared.contracts.envelope import MalformedMessageError, Message
from shared.messaging.broker import Delivery

SOURCE = "/agencies/"
"""The CloudEvents source of an agency is this and its id."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command whose sender is known."""

    delivery: Delivery
    message: Message
    agency: str
    historical: bool = False
    """Whether the historian sent it, whose times are believed however old."""

    @property
    def identity(self) -> tuple[str, str]:
        """What tells a duplicate: never by a claimed source, or one agency could use up another's ids."""
        return f"{SOURCE}{self.agency}", self.message.id

    @property
    def name(self) -> str:
        """The command, such as `accept-leg`."""
        return self.message.type.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class Senders:
    """How a sender is told: by its broker account, or, where there are no accounts, by its word."""

    verify: bool = True
    account_prefix: str = "agency."
    """A broker account is this and the agency's id."""
    historian_account: str = "historian"
    """The account that imports history: it speaks for any agency, and its commands say that they are history."""

    def is_historian(self, delivery: Delivery, message: Message) -> bool:
        """Say whether a message comes from the historian, whose times are believed however old."""
        if self.verify:
            return delivery.user_id == self.historian_account
        return message.actorrole == HISTORIAN

    def agency_of(self, delivery: Delivery, message: Message) -> str:
        """Return the agency that sent a message; whether its source says the same is another question.

        Raises MalformedMessageError with `unverified-sender` when that cannot be told.
        """
        if not self.verify or self.is_historian(delivery, message):
            claimed = claimed_agency(message)
            if claimed is None:
                raise MalformedMessageError("unverified-sender", "source names no agency")
            return claimed
        account = delivery.user_id or ""
        agency = account.removeprefix(self.account_prefix)
        if not account.startswith(self.account_prefix) or not agency:
            raise MalformedMessageError("unverified-sender", f"user-id {delivery.user_id!r}")
        return agency


def claimed_agency(message: Message) -> str | None:
    """Return the agency that a message's source names, or None."""
    agency = message.source.removeprefix(SOURCE)
    return agency if message.source.startswith(SOURCE) and agency else None


def cause_of(message: Message) -> str | None:
    """Return the id of the hand-over that a command answers, if it names one.

    Some systems name a cause by source and id together; ids of hand-overs are UUIDs.
    """
    try:
        return str(UUID((message.causationid or "").rpartition("/")[2]))
    except ValueError:
        return None


def storable(delivery: Delivery) -> Delivery:
    """Return the delivery without what cannot be stored: zero bytes, halves of characters."""
    return replace(
        delivery,
        message_id=_clean(delivery.message_id) if delivery.message_id else None,
        user_id=_clean(delivery.user_id) if delivery.user_id else None,
        headers={_clean(name): _clean(str(value)) for name, value in delivery.headers.items()},
    )


def _clean(text: str) -> str:
    return text.encode(errors="replace").decode().replace("\0", " ")
