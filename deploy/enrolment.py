"""What an agency's own system comes in with: a broker account and an HTTP token, made, renewed, taken away.

Every step may be done again: whoever is interrupted half-way renews. Secrets are shown once and kept by
nobody: the broker holds a hash, the token file a digest.
"""

from __future__ import annotations

import fcntl
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from deploy.provision import VHOST, RabbitControl, account_definitions, agency_policy
from shared.access import TokenFile
from shared.topology import COMMANDS, agency_queue

ROLE = "agency-system"
LIMITS = {"max-connections": 10, "max-channels": 50}
"""What one agency may open at once: enough for a few machines, too little to be a burden."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """Everything an agency's system needs to connect; shown once."""

    agency: str
    broker: str
    """The AMQP address, with account and password; or without, for who comes in by a certificate."""
    token: str
    processing: str
    """The address of processing's HTTP doors."""
    certified: bool = False
    """Whether the agency comes in by a certificate, and has no password."""

    @property
    def account(self) -> str:
        """The broker account: also what `user_id` must say on every command."""
        return agency_queue(self.agency)

    def as_values(self) -> dict[str, str]:
        """Return them as variables of an environment, as `lienthong agency listen` and our examples read them."""
        files = {"CA": "ca.pem", "CERTIFICATE": f"{self.account}.pem", "KEY": f"{self.account}.key"}
        return {
            "LIENTHONG_AGENCY": self.agency,
            "LIENTHONG_BROKER": self.broker,
            **({f"LIENTHONG_{name}": file for name, file in files.items()} if self.certified else {}),
            "LIENTHONG_QUEUE": agency_queue(self.agency),
            "LIENTHONG_EXCHANGE": COMMANDS,
            "LIENTHONG_USER_ID": self.account,
            "LIENTHONG_PROCESSING": self.processing,
            "LIENTHONG_TOKEN": self.token,
        }


class Enrolment:
    """Issues and withdraws what agencies' systems come in with."""

    def __init__(self, rabbit: RabbitControl, tokens: TokenFile) -> None:
        self._rabbit = rabbit
        self._tokens = tokens

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Let nobody else change accounts meanwhile: what is recorded last is then what holds last.

        Whoever shares the file of tokens waits; a process that dies lets go.
        """
        with self._tokens.beside("accounts.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def issue(
        self, agency: str, max_length: int | None = None, *, certified: bool = False
    ) -> tuple[str | None, str]:
        """Give an agency a new password and a new token, and return both; what it had opens nothing any more.

        `max_length` is how many messages its queue may hold, where that is not as usual. Who is `certified`
        has no password: the broker lets in whoever shows a certificate with the account's name.
        """
        account, password = agency_queue(agency), None if certified else secrets.token_urlsafe(24)
        self._tokens.revoke(ROLE, agency)
        definitions = account_definitions(agency, password)
        if max_length is not None:
            definitions["policies"] = [agency_policy(agency, max_length)]
        self._rabbit.control("import_definitions", stdin=json.dumps(definitions))
        self._rabbit.control("set_user_limits", account, json.dumps(LIMITS))
        self._rabbit.control("close_all_user_connections", account, "new secrets")
        return password, self._tokens.issue(ROLE, account, agency)

    def withdraw(self, agency: str) -> None:
        """Take an agency's account and token away, and close its connections; its queue stays as it is."""
        account = agency_queue(agency)
        self._tokens.revoke(ROLE, agency)
        known = {line.split("\t")[0] for line in self._rabbit.control("list_users").splitlines()}
        if account in known:
            self._rabbit.control("close_all_user_connections", account, "retired")
            self._rabbit.control("delete_user", account)
        policies = json.loads(
            self._rabbit.control("list_policies", "-p", VHOST, "--formatter", "json") or "[]"
        )
        if any(policy["name"] == account for policy in policies):
            self._rabbit.control("clear_policy", "-p", VHOST, account)
