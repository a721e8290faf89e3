"""Checkpoints: signed words about where every chain stood, to be published and kept outside.

Legal source: Law on Electronic Transactions 20/2023/QH15, article 10: a data message has the value of an
original when its integrity is assured from its first creation on.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from deploy.audit.merkle import Tree
from deploy.audit.store_check import StoreMark
from shared.signing import Signer, is_signed

FORMAT = "lienthong-checkpoint/1"


class BadCheckpointError(Exception):
    """A file holds no checkpoint, or one that its key did not sign. The text is English, `vi` Vietnamese."""

    def __init__(self, vi: str, en: str) -> None:
        self.vi = vi
        super().__init__(en)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Where every chain stood at one moment."""

    made_at: str
    sequence: int
    """The ledger's last entry."""
    head: bytes
    """Its hash."""
    peaks: tuple[bytes, ...]
    """Of the Merkle tree over all entries' hashes: a later check goes on from them."""
    dossiers: int
    dossier_root: bytes
    """The root of the Merkle tree over the last entry of each dossier, in order of the dossiers' ids."""
    stores: Mapping[str, StoreMark]
    previous: str | None = None
    """SHA-256 of the checkpoint before this one."""

    def document(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "format": FORMAT,
            "made_at": self.made_at,
            "ledger": {
                "sequence": self.sequence,
                "head": self.head.hex(),
                "peaks": [peak.hex() for peak in self.peaks],
                "root": Tree(self.sequence, self.peaks).root().hex(),
            },
            "dossiers": {"count": self.dossiers, "root": self.dossier_root.hex()},
            "stores": {
                name: {"position": mark.position, "chain": mark.chain.hex()}
                for name, mark in self.stores.items()
            },
            "previous": self.previous,
        }

    @property
    def digest(self) -> str:
        """What the next checkpoint says of this one."""
        return sha256(signed_bytes(self.document())).hexdigest()


def signed_bytes(document: Mapping[str, Any]) -> bytes:
    """Return the bytes that are signed: the document as JSON with sorted names, no spaces, plain ASCII."""
    return FORMAT.encode() + b"\n" + json.dumps(document, sort_keys=True, separators=(",", ":")).encode()


def signed(checkpoint: Checkpoint, signer: Signer) -> dict[str, Any]:
    """Return a checkpoint with its signature, as it is published."""
    document = checkpoint.document()
    return {
        "checkpoint": document,
        "public_key": signer.public.hex(),
        "signature": signer.sign(signed_bytes(document)).hex(),
    }


def read_signed(path: Path, public: bytes | None = None) -> tuple[Checkpoint, bytes]:
    """Return the checkpoint of a file and the public key that signed it: `public`, or else the file's own.

    Raises BadCheckpointError.
    """
    try:
        return opened(json.loads(path.read_text(encoding="utf-8")), public)
    except (OSError, ValueError) as error:
        raise BadCheckpointError(f"không đọc được {path}", f"{path} cannot be read: {error}") from error


def opened(envelope: Any, public: bytes | None = None) -> tuple[Checkpoint, bytes]:
    """Return a signed checkpoint's content and who signed it, as `read_signed` does."""
    try:
        document = envelope["checkpoint"]
        key, signature = bytes.fromhex(envelope["public_key"]), bytes.fromhex(envelope["signature"])
        checkpoint = _checkpoint(document)
    except (KeyError, TypeError, ValueError) as error:
        raise BadCheckpointError(
            "không phải là một mốc niêm phong", f"this is no checkpoint: {error!r}"
        ) from None
    if public is not None and key != public:
        raise BadCheckpointError(
            "mốc được ký bằng một khoá khác", "the checkpoint is signed by another key than the one given"
        )
    if not is_signed(key, signature, signed_bytes(document)):
        raise BadCheckpointError(
            "chữ ký không đúng: mốc đã bị sửa", "the signature is wrong: the checkpoint was changed"
        )
    return checkpoint, key


def _checkpoint(document: Mapping[str, Any]) -> Checkpoint:
    if document["format"] != FORMAT:
        msg = f"format {document['format']!r}"
        raise ValueError(msg)
    ledger = document["ledger"]
    peaks = tuple(bytes.fromhex(peak) for peak in ledger["peaks"])
    if Tree(ledger["sequence"], peaks).root().hex() != ledger["root"]:
        msg = "the root does not follow from the peaks"
        raise ValueError(msg)
    return Checkpoint(
        document["made_at"],
        ledger["sequence"],
        bytes.fromhex(ledger["head"]),
        peaks,
        document["dossiers"]["count"],
        bytes.fromhex(document["dossiers"]["root"]),
        {
            name: StoreMark(mark["position"], bytes.fromhex(mark["chain"]))
            for name, mark in document["stores"].items()
        },
        document["previous"],
    )
