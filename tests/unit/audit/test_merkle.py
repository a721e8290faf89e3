"""The trees are those of RFC 6962, whatever their size, and go on from their peaks."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

import pytest

from deploy.audit.merkle import Tree, leaf_hash, node_hash, path_from, path_nodes
from deploy.offline.verify_proof import root_from

SIZES = [*range(35), 100]
# The leaves and roots that certificate transparency logs test with.
PUBLISHED_LEAVES = [
    bytes.fromhex(leaf)
    for leaf in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
PUBLISHED_ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


def leaves(size: int) -> list[bytes]:
    return [number.to_bytes(2) for number in range(size)]


def tree_of(data: Sequence[bytes], indices: Sequence[int] = ()) -> Tree:
    wanted = [node for index in indices for step in path_nodes(index, len(data)) for node in step]
    tree = Tree(wanted=wanted)
    for leaf in data:
        tree.append(leaf)
    return tree


def by_definition(data: Sequence[bytes]) -> bytes:
    """Section 2.1 of the RFC, word for word."""
    if not data:
        return sha256().digest()
    if len(data) == 1:
        return leaf_hash(data[0])
    split = max(power for power in (2**n for n in range(10)) if power < len(data))
    return node_hash(by_definition(data[:split]), by_definition(data[split:]))


@pytest.mark.parametrize("size", SIZES)
def test_a_root_is_as_defined(size: int) -> None:
    assert tree_of(leaves(size)).root() == by_definition(leaves(size))


@pytest.mark.parametrize("size", PUBLISHED_ROOTS)
def test_a_root_is_the_published_one(size: int) -> None:
    assert tree_of(PUBLISHED_LEAVES[:size]).root().hex() == PUBLISHED_ROOTS[size]


@pytest.mark.parametrize("size", SIZES[1:])
def test_each_leaf_s_path_leads_to_the_root_and_no_other_leaf_s_does(size: int) -> None:
    data = leaves(size)
    tree = tree_of(data, range(size))
    for index, leaf in enumerate(data):
        path = path_from(index, size, tree.kept)
        assert root_from(leaf, index, size, path) == tree.root()
        assert root_from(b"forged", index, size, path) != tree.root()
        assert root_from(leaf, index, size, [*path, bytes(32)]) is None
        assert size == 1 or root_from(leaf, index, size, path[:-1]) != tree.root()
        assert root_from(leaf, size, size, path) is None


@pytest.mark.parametrize("size", SIZES)
def test_a_tree_goes_on_from_its_peaks(size: int) -> None:
    begun = tree_of(leaves(size))
    later = Tree(begun.size, begun.peaks)
    for leaf in leaves(200)[size:]:
        later.append(leaf)
    assert later.root() == tree_of(leaves(200)).root()


def test_peaks_that_do_not_belong_to_a_size_are_refused() -> None:
    with pytest.raises(ValueError, match="2 peaks"):
        Tree(3, [bytes(32)])
