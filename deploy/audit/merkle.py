"""Merkle trees as RFC 6962, section 2.1 has them, over leaves that come one after the other.

A tree of any size stands on at most one whole subtree of each power of two, its peaks. They are kept,
not the leaves: a tree of a million leaves goes on from twenty hashes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256

Node = tuple[int, int]
"""A whole subtree: its level, and which one of its level it is from the left."""


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of two subtrees put together."""
    return sha256(b"\x01" + left + right).digest()


class Tree:
    """A tree that grows at its right. `wanted` subtrees' hashes are kept while they pass."""

    def __init__(self, size: int = 0, peaks: Sequence[bytes] = (), wanted: Iterable[Node] = ()) -> None:
        if len(peaks) != size.bit_count():
            msg = f"a tree of {size} leaves has {size.bit_count()} peaks, not {len(peaks)}"
            raise ValueError(msg)
        self.size = size
        self._peaks = list(peaks)
        self._wanted = frozenset(wanted)
        self.kept: dict[Node, bytes] = {}

    @property
    def peaks(self) -> tuple[bytes, ...]:
        """The whole subtrees' hashes, the largest first."""
        return tuple(self._peaks)

    def append(self, data: bytes) -> None:
        """Add a leaf."""
        found, level, index = leaf_hash(data), 0, self.size
        self._keep((level, index), found)
        while index & 1:
            found, level, index = node_hash(self._peaks.pop(), found), level + 1, index >> 1
            self._keep((level, index), found)
        self._peaks.append(found)
        self.size += 1

    def root(self) -> bytes:
        """Return the hash of the whole tree."""
        if not self._peaks:
            return sha256().digest()
        *others, root = self._peaks
        for peak in reversed(others):
            root = node_hash(peak, root)
        return root

    def _keep(self, node: Node, found: bytes) -> None:
        if node in self._wanted:
            self.kept[node] = found


def path_nodes(index: int, size: int) -> list[list[Node]]:
    """Return what a leaf's audit path consists of, from the leaf up: each step the peaks of one subtree."""
    steps: list[list[Node]] = []
    first, after = 0, size
    while after - first > 1:
        middle = first + _largest_power_below(after - first)
        if index < middle:
            steps.append(_whole(middle, after))
            after = middle
        else:
            steps.append(_whole(first, middle))
            first = middle
    return steps[::-1]


def path_from(index: int, size: int, kept: dict[Node, bytes]) -> list[bytes]:
    """Return a leaf's audit path, once all of its nodes were kept."""
    path = []
    for step in path_nodes(index, size):
        *others, found = [kept[node] for node in step]
        for peak in reversed(others):
            found = node_hash(peak, found)
        path.append(found)
    return path


def _whole(first: int, after: int) -> list[Node]:
    """Return the whole subtrees that cover leaves `first` to before `after`, from the left."""
    nodes = []
    while first < after:
        size = 1 << ((after - first).bit_length() - 1)
        nodes.append((size.bit_length() - 1, first // size))
        first += size
    return nodes


def _largest_power_below(size: int) -> int:
    return 1 << ((size - 1).bit_length() - 1)
