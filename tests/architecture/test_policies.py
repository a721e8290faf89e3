"""Each queue falls under exactly the broker policy that is meant for it."""

from __future__ import annotations

import json
import re

from shared.topology import agency_topology, services_topology
from tests.architecture.tracked import ROOT

POLICIES = json.loads((ROOT / "deploy" / "rabbitmq" / "policies.json").read_text(encoding="utf-8"))[
    "policies"
]


def policy_of(queue: str) -> str | None:
    """Return the policy that RabbitMQ applies: of those that match, the one with the highest priority."""
    matching = [policy for policy in POLICIES if re.search(policy["pattern"], queue)]
    return max(matching, key=lambda policy: policy["priority"])["name"] if matching else None


def test_every_queue_has_the_policy_of_its_kind() -> None:
    queues = [*services_topology().queues, *agency_topology("H19.05").queues]
    parking = {queue.parking for queue in queues}

    for queue in queues:
        kind: str | None
        if queue.name in parking:
            kind = "parked"
        elif queue.name.startswith("agency."):
            kind = "agencies"
        else:
            kind = "inputs" if queue.parking else None
        assert policy_of(queue.name) == kind, queue.name


def test_no_policy_drops_messages() -> None:
    for policy in POLICIES:
        assert policy["definition"]["overflow"] == "reject-publish"
        assert "message-ttl" not in policy["definition"]
        assert "expires" not in policy["definition"]
