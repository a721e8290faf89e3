"""The audit of all stores at once: the ledger's chains first, then each log against the ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any
from uuid import UUID

import orjson

from deploy.audit.checkpoints import Checkpoint
from deploy.audit.findings import LEDGER, Finding
from deploy.audit.merkle import Tree
from deploy.audit.sealed import Ledger
from deploy.audit.store_check import BEGINNING, StoreCheck, StoreMark
from deploy.audit.stores import Stores
from services.statistics.ledger.verification import START, Document, Entry, Verification, verify
from shared.persistence.database import Database

Progress = Callable[[str, int, int], None]

_AT = "SELECT type, root_id FROM ledger WHERE sequence = :sequence"
_CODE = """
    SELECT body FROM ledger
    WHERE root_id = :root AND type = 'lienthong.intake.dossier-received' ORDER BY sequence LIMIT 1
"""


@dataclass(slots=True)
class Audit:
    """What an audit found."""

    since: int
    """The ledger's entry that it began behind."""
    ledger: Verification
    tree: Tree
    """Over all entries of the ledger, as far as they are whole."""
    stores: dict[str, StoreMark]
    waiting: int = 0
    """Events that are recorded and not in the ledger yet: no fault."""
    findings: list[Finding] = field(default_factory=list)
    unnamed: int = 0
    """Further findings, beyond a thousand a store."""

    @property
    def events(self) -> int:
        """How many entries were checked."""
        return self.ledger.upto - self.since


def audit(
    stores: Stores,
    since: Checkpoint | None = None,
    checkpoints: Sequence[Checkpoint] = (),
    on_progress: Progress = lambda _what, _done, _total: None,
) -> Audit:
    """Check the ledger and every store, from `since` on or from the beginning.

    `checkpoints` are further ones that must fit. Whether any of them is signed is for the caller to see to.
    """
    known = Ledger.now(stores.statistics)
    tree = Tree(since.sequence, since.peaks) if since else Tree()

    def observe(entry: Entry, document: Document | None) -> None:
        tree.append(entry.entry_hash)
        known.observe(document)

    fitting = [*checkpoints, *([since] if since else ())]
    mark = (since.sequence, since.head) if since else START
    checked = verify(
        stores.statistics,
        [(one.sequence, one.head) for one in fitting],
        partial(on_progress, LEDGER),
        since=mark,
        observe=observe,
    )
    known.learnt()
    found = Audit(mark[0], checked, tree, {})
    found.findings = [_of_ledger(stores.statistics, one) for one in checked.all_broken]
    for name, database in stores.databases.items():
        check = StoreCheck(name, database, known, since.stores.get(name, BEGINNING) if since else BEGINNING)
        check.marks = _marks(name, fitting, check.since)
        found.stores[name] = check.run(partial(on_progress, name))
        found.waiting += check.waiting
        found.unnamed += check.unnamed
        found.findings += check.found
    found.findings = _with_codes(stores.statistics, found.findings)
    return found


def _marks(name: str, fitting: Iterable[Checkpoint], since: StoreMark) -> dict[int, bytes]:
    marks = (one.stores[name] for one in fitting if name in one.stores)
    return {mark.position: mark.chain for mark in marks if mark.position > since.position}


def _of_ledger(database: Database, broken: Any) -> Finding:
    with database.transaction() as tx:
        rows = tx.execute(_AT, {"sequence": broken.sequence})
    event, root = rows[0] if rows else (None, None)
    return Finding(
        LEDGER,
        broken.sequence,
        broken.reason,
        broken.vi,
        broken.en,
        event,
        str(root) if root else None,
        to=broken.to if broken.to > broken.sequence else None,
    )


def _with_codes(database: Database, findings: Sequence[Finding]) -> list[Finding]:
    """Say the dossiers' codes, as far as the ledger knows them."""
    codes: dict[str, str | None] = {}
    for root in {one.root for one in findings if one.root}:
        codes[root] = _code(database, root)
    return [replace(one, dossier=codes.get(one.root or "")) for one in findings]


def _code(database: Database, root: str) -> str | None:
    try:
        with database.transaction() as tx:
            rows = tx.execute(_CODE, {"root": UUID(root)})
        code: str | None = orjson.loads(rows[0][0])["data"].get("code") if rows else None
    except (ValueError, KeyError, AttributeError):
        return None  # what was tampered with may say anything
    return code
