"""A virtual host of the kit's own, with one agency in it, fenced in as the real ones are."""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote

from deploy.provision import RabbitControl

EVERYTHING = {"configure": ".*", "write": ".*", "read": ".*"}


class Server(RabbitControl, Protocol):
    """A broker that can be set up, and that says where an account finds it."""

    def url(self, vhost: str, user: str, password: str) -> str:
        """Return the AMQP address of a virtual host for an account."""
        ...


@dataclass(frozen=True, slots=True)
class Sandbox:
    """What the kit made on a broker."""

    vhost: str
    agency: str
    password: str
    kit_url: str
    kit_account: str

    @property
    def account(self) -> str:
        """The connector's account, and its queue."""
        return f"agency.{self.agency}"

    def address(self, place: tuple[str, int]) -> str:
        """Return the connector's address when it goes by way of `place`."""
        host, port = place
        account = f"{quote(self.account, safe='')}:{quote(self.password, safe='')}"
        return f"amqp://{account}@{host}:{port}/{quote(self.vhost, safe='')}"


def make(server: Server) -> Sandbox:
    """Make a sandbox on a broker; nothing of it has the name of anything that is there."""
    mark = secrets.token_hex(4)
    vhost, agency, kit = f"/conformance-{mark}", f"TEST.{mark}", f"conformance-{mark}"
    passwords = {name: secrets.token_urlsafe(18) for name in (f"agency.{agency}", kit)}
    own_queue = f"^agency\\.{re.escape(agency)}$"
    fence = {"configure": "^$", "write": r"^lienthong\.commands$", "read": own_queue}
    definitions = {
        "vhosts": [{"name": vhost}],
        "users": [{"name": name, "password": word, "tags": ""} for name, word in passwords.items()],
        "permissions": [_may(f"agency.{agency}", vhost, fence), _may(kit, vhost, EVERYTHING)],
    }
    server.control("import_definitions", stdin=json.dumps(definitions))
    kit_url = server.url(vhost, kit, passwords[kit])
    return Sandbox(vhost, agency, passwords[f"agency.{agency}"], kit_url, kit)


def remove(server: Server, sandbox: Sandbox) -> None:
    """Take it away with all that it holds."""
    server.control("delete_vhost", sandbox.vhost)
    for account in (sandbox.account, sandbox.kit_account):
        server.control("delete_user", account)


def _may(user: str, vhost: str, rights: dict[str, Any]) -> dict[str, Any]:
    return {"user": user, "vhost": vhost, **rights}
