"""Parts of the documentation that are made from the code: `python -m deploy.docs` writes them anew."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from shared.partitions import PARTITIONS
from shared.topology import (
    DEAD,
    SOURCES,
    Binding,
    Topology,
    agency_topology,
    input_queues,
    services_topology,
)

ROOT = Path(__file__).parent.parent
ARCHITECTURE = ROOT / "docs" / "architecture.md"
BEGIN = "<!-- topology:begin -->"
END = "<!-- topology:end -->"
AGENCY = "<agency id>"


def topology_table() -> str:
    """Return every exchange and queue, and where its messages come from, as two Markdown tables.

    The partitions of an input share a row; a parking queue stands beside the queue it belongs to.
    """
    topology = services_topology() + agency_topology(AGENCY)
    exchanges = [
        (f"`{exchange.name}`", exchange.kind, _sources(topology, exchange.name, to_exchange=True))
        for exchange in topology.exchanges
    ]
    parking = {queue.parking for queue in topology.queues}
    later_partitions = {name for service in SOURCES for name in input_queues(service)[1:]}
    queues = [
        (
            f"`{queue.name}`",
            _sources(topology, queue.name, to_exchange=False),
            "one at a time" if queue.single_active_consumer else "any number",
            f"`{queue.parking}`" if queue.parking else "",
        )
        for queue in topology.queues
        if queue.name not in parking | later_partitions
    ]
    note = (
        f"Each input has {PARTITIONS} partitions, 0 to {PARTITIONS - 1}; the table shows the first. "
        f"A parking queue is fed by `{DEAD}` under its own name."
    )
    tables = [
        _table(("exchange", "kind", "fed by"), exchanges),
        _table(("queue", "fed by", "consumers", "what it cannot handle lies in"), queues),
        note,
    ]
    return "\n\n".join(tables)


def with_topology(document: str) -> str:
    """Return `document` with the tables between its two marks. Raises ValueError without the marks."""
    before, begin, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        msg = f"the document lacks {BEGIN} or {END}"
        raise ValueError(msg)
    return f"{before}{BEGIN}\n{topology_table()}\n{END}{after}"


def _sources(topology: Topology, name: str, *, to_exchange: bool) -> str:
    bindings = [
        binding
        for binding in topology.bindings
        if binding.destination == name and binding.to_exchange == to_exchange
    ]
    return "<br>".join(_source(binding) for binding in bindings)


def _source(binding: Binding) -> str:
    condition = ", ".join(f"{key}={value}" for key, value in binding.headers.items()) or binding.routing_key
    return f"`{binding.source}`: `{condition}`"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


if __name__ == "__main__":
    ARCHITECTURE.write_text(with_topology(ARCHITECTURE.read_text(encoding="utf-8")), encoding="utf-8")
