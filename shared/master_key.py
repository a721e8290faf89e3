"""The master key: 32 random bytes in a file that its owner alone may read; everything else derives from it."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
_OTHERS = 0o077


class MasterKeyError(Exception):
    """The master key's file is missing, open to others, or holds no key."""


def read_master_key(path: Path) -> bytes:
    """Return the key of the file. Raises MasterKeyError."""
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            key = file.read(KEY_BYTES + 1)
    except OSError as error:
        msg = f"the master key cannot be read: {error}"
        raise MasterKeyError(msg) from error
    if mode & _OTHERS:
        msg = f"others than its owner may use the master key's file {path}: its mode must be 0600"
        raise MasterKeyError(msg)
    if len(key) != KEY_BYTES:
        msg = f"the master key's file {path} must hold exactly {KEY_BYTES} bytes"
        raise MasterKeyError(msg)
    return key


def create_master_key(path: Path) -> bytes:
    """Write a new key, durably, with mode 0600, and return it; one that is there already stays and is returned.

    Of several processes that start at once, all get the same key. Raises MasterKeyError.
    """
    if path.exists():
        return read_master_key(path)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        # A link never replaces: the first process wins, whole or not at all.
        _link(draft, path)
    finally:
        draft.unlink()
    return read_master_key(path)


def derived(master: bytes, purpose: bytes) -> bytes:
    """Return the 256-bit key for one purpose (HKDF-SHA256): knowing it says nothing of the others."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=purpose).derive(master)


def _link(draft: Path, path: Path) -> None:
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
