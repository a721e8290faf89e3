"""Keys that sign what goes out: Ed25519, made at first start, in a file that its owner alone may read.

Whoever keeps only the public half, and what it signed, can tell later whether that was rewritten. Whoever
has the private half and all databases can write history anew, so what is signed is to be published: what
others hold, nobody takes back.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from shared.master_key import MasterKeyError, create_master_key

PUBLIC_BYTES = 32


class SigningKeyError(Exception):
    """The signing key cannot be used, or a public key is none."""


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs with one key."""

    _key: Ed25519PrivateKey

    @classmethod
    def of(cls, key: Path) -> Signer:
        """Return who signs with the key in this file, which is made when it is not there yet. Raises SigningKeyError."""
        try:
            key.parent.mkdir(parents=True, exist_ok=True)
            # An Ed25519 private key is any 32 random bytes (RFC 8032, section 5.1.5).
            return cls(Ed25519PrivateKey.from_private_bytes(create_master_key(key)))
        except (MasterKeyError, OSError) as error:
            msg = f"{key}: {error}"
            raise SigningKeyError(msg) from error

    @property
    def public(self) -> bytes:
        """The public half, 32 bytes."""
        return self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    def sign(self, message: bytes) -> bytes:
        """Return the signature of a message, 64 bytes."""
        return self._key.sign(message)


def is_signed(public: bytes, signature: bytes, message: bytes) -> bool:
    """Say whether the key's owner signed exactly this message."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def fingerprint(public: bytes) -> str:
    """Return what people compare of a public key: SHA-256, in groups of four."""
    text = sha256(public).hexdigest()
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def as_text(public: bytes) -> str:
    """Return a public key as it is published."""
    return b64encode(public).decode()


def read_public(given: str) -> bytes:
    """Return the public key that a text, or the file that it names, holds. Raises SigningKeyError."""
    path = Path(given)
    try:
        text = path.read_text(encoding="ascii").strip() if path.is_file() else given.strip()
        public = b64decode(text, validate=True)
    except (OSError, ValueError) as error:
        msg = f"no public key: {error}"
        raise SigningKeyError(msg) from error
    if len(public) != PUBLIC_BYTES:
        msg = f"a public key has {PUBLIC_BYTES} bytes in base64, not {len(public)}"
        raise SigningKeyError(msg)
    return public
