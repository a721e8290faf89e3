"""Personal data as ciphertext: a key for each dossier, so that destroying a key erases a person.

Keys lie in a schema of their own, under a role of their own. AES-256-GCM throughout; the associated
data bind a ciphertext to its dossier and to the version of its field set. Only doors decrypt.
"""

from __future__ import annotations

import hmac
import os
import unicodedata
from base64 import b64decode, b64encode
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.master_key import derived
from shared.persistence.database import Database

FIELD_SET_VERSION = 1
"""Of name, identity_number, phone, address and email; the first byte of every ciphertext."""

_NONCE_BYTES = 12
_KEY_BITS = 256
_PADDED_TO = 128
"""Lengths tell nothing of names: plain text grows to a multiple of this many bytes."""

_INSERT = "INSERT INTO dossier_key (dossier_id, wrapped_key) VALUES (:dossier_id, :wrapped_key)"
_SELECT = "SELECT dossier_id, wrapped_key FROM dossier_key WHERE dossier_id IN :dossier_ids"
_ERASED = "SELECT dossier_id FROM erasure WHERE dossier_id IN :dossier_ids"
_TOMBSTONE = """
    INSERT INTO erasure (dossier_id, erased_at) VALUES (:dossier_id, :erased_at)
    ON CONFLICT (dossier_id) DO NOTHING
"""
_DESTROY = "DELETE FROM dossier_key WHERE dossier_id = :dossier_id"
_DESTROY_AGAIN = "DELETE FROM dossier_key WHERE dossier_id IN (SELECT dossier_id FROM erasure)"


class UnreadableError(Exception):
    """The ciphertext cannot be opened: its key is missing, or it belongs to other keys or another dossier."""


class ErasedError(UnreadableError):
    """The dossier's key was destroyed: the person is erased, for good."""


class PersonalDataVault:
    """Seals and opens the personal data of dossiers. `keys` is the database of the role for keys alone."""

    def __init__(self, keys: Database, master_key: bytes) -> None:
        self._keys = keys
        self._wrapping = AESGCM(derived(master_key, b"lienthong/wrap-dossier-key/1"))
        self._index_key = derived(master_key, b"lienthong/blind-index/1")

    def seal_many(self, people: Mapping[UUID, Mapping[str, str]]) -> dict[UUID, str]:
        """Return each new dossier's person as base64 ciphertext, under a fresh key each.

        The keys are durable when this returns, in one transaction of their own: the caller may fail
        after it, since a key without a dossier harms nobody. Raises DatabaseUnavailableError,
        and UniqueViolationError for a dossier that has a key already.
        """
        if not people:
            return {}
        fresh = {dossier_id: AESGCM.generate_key(_KEY_BITS) for dossier_id in people}
        rows = [
            {"dossier_id": dossier_id, "wrapped_key": _encrypt(self._wrapping, key, dossier_id.bytes)}
            for dossier_id, key in fresh.items()
        ]
        with self._keys.transaction() as tx:
            tx.execute_many(_INSERT, rows)
        return {
            dossier_id: _seal(AESGCM(fresh[dossier_id]), dossier_id, person)
            for dossier_id, person in people.items()
        }

    def open(self, dossier_id: UUID, sealed: str) -> dict[str, Any]:
        """Return the person of a dossier in clear. Raises ErasedError or UnreadableError."""
        opened = self.open_many({dossier_id: sealed})
        if dossier_id not in opened:
            raise ErasedError(str(dossier_id))
        return opened[dossier_id]

    def open_many(self, sealed: Mapping[UUID, str]) -> dict[UUID, dict[str, Any]]:
        """Return the people of several dossiers in clear; those erased are absent. Raises UnreadableError."""
        keys, erased = self._look_up(sealed.keys())
        if unknown := sealed.keys() - keys.keys() - erased:
            msg = f"no key for {len(unknown)} dossiers, such as {next(iter(unknown))}"
            raise UnreadableError(msg)
        return {
            dossier_id: _open(AESGCM(self._unwrapped(dossier_id, key)), dossier_id, sealed[dossier_id])
            for dossier_id, key in keys.items()
        }

    def erase(self, dossier_id: UUID, at: datetime) -> None:
        """Destroy the dossier's key, once for all: history, figures and proofs stay whole without it."""
        with self._keys.transaction() as tx:
            tx.execute(_TOMBSTONE, {"dossier_id": dossier_id, "erased_at": at})
            tx.execute(_DESTROY, {"dossier_id": dossier_id})

    def erase_again(self) -> None:
        """Destroy the keys that a restored backup brought back although their dossiers are erased."""
        with self._keys.transaction() as tx:
            tx.execute(_DESTROY_AGAIN)

    def blind_index(self, identity_number: str) -> bytes:
        """Return what stands for an identity number in look-ups: keyed, so that nobody can try numbers out."""
        return hmac.digest(self._index_key, _normalised(identity_number).encode(), "sha256")

    def _look_up(self, dossier_ids: Collection[UUID]) -> tuple[dict[UUID, bytes], set[UUID]]:
        asked = {"dossier_ids": list(dossier_ids)}
        with self._keys.transaction() as tx:
            keys = {dossier_id: bytes(wrapped) for dossier_id, wrapped in tx.execute(_SELECT, asked)}
            missing = len(keys) < len(dossier_ids)
            erased = {row[0] for row in tx.execute(_ERASED, asked)} if missing else set()
        return keys, erased

    def _unwrapped(self, dossier_id: UUID, wrapped: bytes) -> bytes:
        return _decrypt(self._wrapping, wrapped, dossier_id.bytes)


def _seal(cipher: AESGCM, dossier_id: UUID, person: Mapping[str, str]) -> str:
    plain = orjson.dumps(dict(person))
    padded = plain.ljust(-(-len(plain) // _PADDED_TO) * _PADDED_TO)
    version = bytes([FIELD_SET_VERSION])
    return b64encode(version + _encrypt(cipher, padded, dossier_id.bytes + version)).decode()


def _open(cipher: AESGCM, dossier_id: UUID, sealed: str) -> dict[str, Any]:
    raw = b64decode(sealed)
    version, ciphertext = raw[:1], raw[1:]
    if version != bytes([FIELD_SET_VERSION]):
        msg = f"unknown field set in {dossier_id}"
        raise UnreadableError(msg)
    person: dict[str, Any] = orjson.loads(_decrypt(cipher, ciphertext, dossier_id.bytes + version))
    return person


def _encrypt(cipher: AESGCM, plain: bytes, bound_to: bytes) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, plain, bound_to)


def _decrypt(cipher: AESGCM, ciphertext: bytes, bound_to: bytes) -> bytes:
    try:
        return cipher.decrypt(ciphertext[:_NONCE_BYTES], ciphertext[_NONCE_BYTES:], bound_to)
    except (InvalidTag, ValueError):
        msg = "the ciphertext belongs to another key or another dossier, or was changed"
        raise UnreadableError(msg) from None


def _normalised(identity_number: str) -> str:
    # One number in many spellings: 012 345 678 901, 012345678901, full-width digits, b1234567.
    composed = unicodedata.normalize("NFKC", identity_number).upper()
    return "".join(character for character in composed if character.isalnum())
