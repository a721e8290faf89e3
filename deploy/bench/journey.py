"""The journey that all contestants make: five durable actions a dossier, in this order.

An action is one accepted submission or command. It counts when what it did is committed where the
contestant keeps its history: with us the statistics ledger, behind everything else. What happens
inside between two actions (an itinerary planned, a leg closed) is never counted.
"""

from __future__ import annotations

ACTIONS = ("submit", "acknowledge-message", "accept-leg", "complete-leg", "hand-back")
STEPS = len(ACTIONS)

WORKERS = 4
"""Processes that do the work, for each contestant: with us one for each service."""
