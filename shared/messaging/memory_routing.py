"""Which queues a message of the in-memory broker belongs in, by the rules of AMQP 0-9-1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shared.messaging.errors import TopologyRefusedError
from shared.topology import Binding, Exchange

_REMEMBERED_KEYS = 10_000


class Routing:
    """The exchanges and bindings of one broker."""

    def __init__(self) -> None:
        self._kinds: dict[str, str] = {}
        self._bindings: dict[str, list[Binding]] = {}
        self._by_key: dict[tuple[str, str], list[Binding]] = {}

    def add(self, exchange: Exchange) -> None:
        """Add an exchange unless it is there. Raises TopologyRefusedError if it is of another kind."""
        kind = self._kinds.setdefault(exchange.name, exchange.kind)
        if kind != exchange.kind:
            raise TopologyRefusedError(f"exchange {exchange.name} is {kind}, not {exchange.kind}")
        self._bindings.setdefault(exchange.name, [])

    def holds(self, exchange: str) -> bool:
        """Tell whether the exchange is there."""
        return exchange in self._kinds

    def bind(self, binding: Binding) -> None:
        """Add a binding unless it is there; both its ends must be."""
        bindings = self._bindings[binding.source]
        if binding not in bindings:
            bindings.append(binding)
            self._by_key.clear()

    def queues(self, exchange: str, routing_key: str, headers: Mapping[str, str]) -> list[str]:
        """Return the queues that a message reaches, each once. Raises KeyError without the exchange."""
        found: dict[str, None] = {}
        passed = [exchange]
        for name in passed:
            for binding in self._candidates(name, routing_key):
                if not binding.headers.items() <= headers.items():
                    continue
                if not binding.to_exchange:
                    found[binding.destination] = None
                elif binding.destination not in passed:
                    passed.append(binding.destination)
        return list(found)

    def _candidates(self, exchange: str, routing_key: str) -> list[Binding]:
        remembered = self._by_key.get((exchange, routing_key))
        if remembered is not None:
            return remembered
        kind = self._kinds[exchange]
        fitting = [
            binding
            for binding in self._bindings[exchange]
            if _key_fits(kind, binding.routing_key, routing_key)
        ]
        if len(self._by_key) >= _REMEMBERED_KEYS:
            self._by_key.clear()
        self._by_key[exchange, routing_key] = fitting
        return fitting


def _key_fits(kind: str, pattern: str, routing_key: str) -> bool:
    if kind == "topic":
        return topic_fits(pattern.split("."), routing_key.split("."))
    return kind != "direct" or pattern == routing_key


def topic_fits(pattern: Sequence[str], words: Sequence[str]) -> bool:
    """Tell whether the words match a topic pattern: `*` is any one word, `#` any number of them."""
    if not pattern:
        return not words
    first, rest = pattern[0], pattern[1:]
    if first == "#":
        return any(topic_fits(rest, words[skipped:]) for skipped in range(len(words) + 1))
    return bool(words) and first in ("*", words[0]) and topic_fits(rest, words[1:])
