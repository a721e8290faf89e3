"""The accounts of agencies' own systems: who made, renewed or ended them. Secrets are never known here."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from services.processing.domain.account import AgencyAccount, account_key
from services.processing.ports import Agencies
from services.processing.problems import (
    ACCOUNT_HAS_UNANSWERED,
    AGENCY_HAS_NO_SYSTEM,
    NOT_ENROLLED,
    UNKNOWN_AGENCY,
)
from shared.acts import Act
from shared.errors import RefusedError
from shared.event_sourcing import Application


class Accounts:
    """Records what is done with agencies' accounts, before it is done on the broker."""

    def __init__(self, application: Application, agencies: Agencies) -> None:
        self._application = application
        self._agencies = agencies

    def enrol(self, agency: str, reason: str, act: Act) -> dict[str, Any]:
        """Record that an agency's system gets an account; one that was retired may come back.

        Raises RefusedError: `unknown-agency` (also one that has ended), `agency-has-no-system`,
        `already-enrolled`.
        """
        known = self._agencies.get(agency)
        if known is None or not known.is_in_being(act.happened_at):
            raise RefusedError(UNKNOWN_AGENCY, agency=agency)
        if not known.connected:
            raise RefusedError(AGENCY_HAS_NO_SYSTEM, agency=agency)
        account, act = self._found(agency), act.on(root=account_key(agency))
        if account is None:
            account = AgencyAccount.enrol(agency, reason, act)
            self._application.add(account)
        else:
            account.enrol_again(reason, act)
        return account.standing()

    def rotate(self, agency: str, reason: str, act: Act) -> dict[str, Any]:
        """Record that an account gets new secrets. Raises RefusedError with `not-enrolled`."""
        account = self._enrolled(agency)
        account.rotate(reason, act.on(root=account.id))
        return account.standing()

    def retire(self, agency: str, reason: str, unanswered: int, accept: bool, act: Act) -> dict[str, Any]:  # noqa: FBT001
        """Record that an account ends; ended already, it stays so.

        `unanswered` hand-overs lie before its system: they go nowhere then, which must be accepted.
        Raises RefusedError: `not-enrolled`, `account-has-unanswered`.
        """
        account = self._found(agency)
        if account is None:
            raise RefusedError(NOT_ENROLLED, agency=agency)
        if account.active and unanswered and not accept:
            raise RefusedError(ACCOUNT_HAS_UNANSWERED, agency=agency, unanswered=unanswered)
        account.retire(reason, act.on(root=account.id))
        return account.standing()

    def standing(self, agency: str) -> dict[str, Any]:
        """Return how an account stands. Raises RefusedError with `not-enrolled`."""
        account = self._found(agency)
        if account is None:
            raise RefusedError(NOT_ENROLLED, agency=agency)
        return account.standing()

    def all(self, now: datetime) -> list[dict[str, Any]]:
        """Return how every account stands, by agency, and whether the agency still has a system of its own."""
        return [
            {**account.standing(), "has_system": self._has_system(agency, now)}
            for agency in self._agencies.ids()
            if (account := self._found(agency)) is not None
        ]

    def _has_system(self, agency: str, now: datetime) -> bool:
        known = self._agencies.get(agency)
        return known is not None and known.connected and known.is_in_being(now)

    def _enrolled(self, agency: str) -> AgencyAccount:
        account = self._found(agency)
        if account is None or not account.active:
            raise RefusedError(NOT_ENROLLED, agency=agency)
        return account

    def _found(self, agency: str) -> AgencyAccount | None:
        return cast("AgencyAccount | None", self._application.find_afresh(account_key(agency)))
