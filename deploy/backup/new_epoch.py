"""The new epoch that begins with a restore: every log goes on under another name, and everybody is told.

Positions behind the backup were given before, to events that are lost; agencies hold messages about them,
applicants hold receipts. So sources change, agencies are asked to say again what they said, and desks pass
over the numbers that they may have given.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from deploy.backup.erasures import Erasures
from deploy.names import SERVICES
from services.intake.rules.codes import local_date
from services.intake.tables.counters import DeskCounters
from services.intake.tables.lookups import DossierLookups
from services.processing.messages import Letters, Restored
from services.processing.tables.restoring import tell_of_restore
from shared.messaging.epochs import FIRST, epochs_of, read_epochs
from shared.persistence.database import Database
from shared.privacy import PersonalDataVault

_BEGIN = """
    INSERT INTO log_epoch (service, epoch, after_position, begun_at, backup)
    VALUES (:service, :epoch, :after, :now, :backup)
"""
_DESKS = "SELECT desk_code FROM desk_counter UNION SELECT code FROM agency"

Databases = Mapping[str, Database]


def begin(databases: Databases, backup: str, now: datetime) -> int:
    """Begin an epoch in every log, and let every service know all of them; return its number.

    It is the minute in which it begins: two restores of one backup, on two machines that know nothing
    of each other, begin two epochs.
    """
    heads = {name: _head(databases[name]) for name in SERVICES}
    epoch = max(int(now.timestamp()) // 60, 1 + max(_newest(databases[name]) for name in SERVICES))
    rows = [
        {"service": name, "epoch": epoch, "after": head, "now": now, "backup": backup}
        for name, head in heads.items()
    ]
    for name in SERVICES:
        with databases[name].transaction() as tx:
            tx.execute_many(_BEGIN, rows)
    return epoch


def tell_agencies(processing: Database, known_until: datetime, now: datetime) -> list[str]:
    """Let every agency's own system hear of the restore; return the agencies."""
    with processing.transaction() as tx:
        letters = Letters(epochs_of(read_epochs(tx), "processing").source)
        return tell_of_restore(tx, letters, Restored(known_until, now))


def pass_over_numbers(intake: Database, known_until: datetime, now: datetime, numbers: int) -> None:
    """Let no desk give a number again that it may have given between the backup and now."""
    with intake.transaction() as tx:
        desks = [desk for (desk,) in tx.execute(_DESKS)]
        for day in _days(local_date(known_until), local_date(now)):
            DeskCounters(intake).take({(desk, day): numbers for desk in desks})


def erase_again(intake: Database, vault: PersonalDataVault, erasures: Erasures) -> None:
    """Destroy the keys of everybody who was erased, also after the backup, and what leads to them."""
    lookups = DossierLookups(intake)
    for dossier, at in erasures.items():
        vault.erase(dossier, at)
        lookups.forget_person(dossier)
    with intake.transaction() as tx:
        lookups.flush(tx)
    vault.erase_again()


def _head(database: Database) -> int:
    with database.transaction() as tx:
        [(position,)] = tx.execute("SELECT position FROM event_head")
    return int(position)


def _newest(database: Database) -> int:
    with database.transaction() as tx:
        [(epoch,)] = tx.execute("SELECT max(epoch) FROM log_epoch")
    return int(epoch or FIRST)


def _days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=number) for number in range((last - first).days + 1))
