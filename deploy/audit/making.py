"""Making a checkpoint: only of what was just found whole."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from deploy.audit.checkpoints import Checkpoint, opened, signed
from deploy.audit.leaves import tree_of_heads
from deploy.audit.stores import Stores
from deploy.audit.verifying import Audit
from deploy.files import LAST_CHECKPOINT
from shared.clock import Clock, to_text
from shared.signing import Signer


def checkpoint_of(stores: Stores, found: Audit, clock: Clock, previous: Checkpoint | None) -> Checkpoint:
    """Return the checkpoint of an audit that found nothing wrong."""
    if found.findings:
        msg = "nothing is signed that was not found whole"
        raise ValueError(msg)
    dossiers = tree_of_heads(stores.statistics, found.ledger.upto)
    return Checkpoint(
        made_at=to_text(clock.now()),
        sequence=found.ledger.upto,
        head=found.ledger.head,
        peaks=found.tree.peaks,
        dossiers=dossiers.size,
        dossier_root=dossiers.root(),
        stores=found.stores,
        previous=previous.digest if previous else None,
    )


def last_checkpoint(home: Path, signer: Signer) -> Checkpoint | None:
    """Return the checkpoint that was made last here, if any. Raises BadCheckpointError for a changed one."""
    path = home / LAST_CHECKPOINT
    if not path.exists():
        return None
    return opened(json.loads(path.read_text(encoding="utf-8")), signer.public)[0]


def keep(home: Path, checkpoint: Checkpoint, signer: Signer) -> dict[str, Any]:
    """Sign a checkpoint, keep it as the last one, and return it as it is published."""
    envelope = signed(checkpoint, signer)
    write(home / LAST_CHECKPOINT, envelope)
    return envelope


def write(path: Path, value: Any) -> None:
    """Write a JSON file whole or not at all."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}.new")
    fresh.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    fresh.replace(path)
