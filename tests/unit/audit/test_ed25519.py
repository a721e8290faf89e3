"""The offline verifier's own Ed25519 says what a proven library says, and keeps to RFC 8032."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.offline.verify_proof import ORDER, P, is_signed
from shared.signing import is_signed as library_says

# RFC 8032, section 7.1: public key, message, signature.
VECTORS = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]


@pytest.mark.parametrize(("public", "message", "signature"), VECTORS)
def test_the_vectors_of_the_rfc(public: str, message: str, signature: str) -> None:
    assert is_signed(bytes.fromhex(public), bytes.fromhex(signature), bytes.fromhex(message))


@settings(max_examples=40, deadline=None)
@given(
    seed=st.binary(min_size=32, max_size=32),
    message=st.binary(max_size=200),
    bit=st.integers(0, 64 * 8 - 1),
    spoil_key=st.booleans(),
)
def test_it_agrees_with_the_library_about_true_and_spoiled_signatures(
    seed: bytes, message: bytes, bit: int, *, spoil_key: bool
) -> None:
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = key.public_key().public_bytes_raw(), key.sign(message)
    assert is_signed(public, signature, message)
    assert not is_signed(public, signature, message + b"!")
    spoiled = bytearray(public if spoil_key else signature)
    spoiled[bit // 8 % len(spoiled)] ^= 1 << bit % 8
    pair = (bytes(spoiled), signature) if spoil_key else (public, bytes(spoiled))
    assert is_signed(*pair, message) is library_says(*pair, message) is False


def test_what_is_no_key_and_no_signature_is_refused() -> None:
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    public, signature = key.public_key().public_bytes_raw(), key.sign(b"x")
    too_large = signature[:32] + (int.from_bytes(signature[32:], "little") + ORDER).to_bytes(32, "little")
    no_point = P.to_bytes(32, "little")
    for wrong_key, wrong_signature in (
        (public[:31], signature),
        (public, signature[:63]),
        (public, too_large),
        (no_point, signature),
        (public, no_point + signature[32:]),
    ):
        assert not is_signed(wrong_key, wrong_signature, b"x")
