"""What a backup says of itself: which version made it, how far each log was, and every file's SHA-256."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from hashlib import file_digest
from importlib.metadata import version
from pathlib import Path
from typing import Any

from deploy.backup import problems
from deploy.composition.parts import migration_sets
from deploy.names import SERVICES
from deploy.stack import KEYS_MIGRATIONS
from shared.errors import RefusedError
from shared.persistence.migrations import read

FORMAT = "lienthong-backup/1"
MANIFEST = "manifest.json"
KEYS = "keys"
"""The folder of keys: whoever has it and the database can read who the applicants are."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of a backup."""

    bytes: int
    sha256: str

    @classmethod
    def of(cls, path: Path) -> StoredFile:
        """Return what a file is now."""
        with path.open("rb") as file:
            return cls(path.stat().st_size, file_digest(file, "sha256").hexdigest())


@dataclass(frozen=True, slots=True)
class LogPlace:
    """How far a service's log was."""

    source: str
    """The epoch that it was in."""
    position: int
    published: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """The first file that a restore reads, and the last that a backup writes."""

    id: str
    made_at: str
    """When the databases were as they are in here."""
    version: str
    postgresql: str
    migrations: Mapping[str, Mapping[str, str]]
    """Schema to the names of its migrations and their SHA-256."""
    logs: Mapping[str, LogPlace]
    ledger: int
    """The last entry of statistics' ledger."""
    files: Mapping[str, StoredFile]
    """By path, with `/` between its parts. Those under `keys/` may be kept in another place."""

    def write(self, folder: Path) -> None:
        """Write it."""
        text = json.dumps({"format": FORMAT, **asdict(self)}, indent=1, ensure_ascii=False)
        (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """Return a backup's manifest. Raises RefusedError `no-backup`."""
        try:
            return _manifest(json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise RefusedError(problems.NO_BACKUP, folder=folder, reason=error) from error

    def check_version(self) -> None:
        """Refuse (`backup-of-another-version`) what this code's migrations did not make."""
        ours = code_migrations()
        for schema in ours.keys() | self.migrations.keys():
            different = ours.get(schema, {}).items() ^ self.migrations.get(schema, {}).items()
            if different:
                name = min(name for name, _digest in different)
                raise RefusedError(
                    problems.BACKUP_OF_ANOTHER_VERSION, made_by=self.version, difference=f"{schema}: {name}"
                )

    def check_files(self, folder: Path, keys: Path) -> None:
        """Refuse (`backup-damaged`) a backup with a file that is missing or not as it was written."""
        for name, said in self.files.items():
            path = place_of(name, folder, keys)
            if not path.is_file():
                raise _damaged(name, "không có", "is missing")
            if StoredFile.of(path) != said:
                raise _damaged(name, "không còn như khi được ghi", "is not as it was written")


def _manifest(document: dict[str, Any]) -> Manifest:
    if document.pop("format") != FORMAT:
        msg = f"its format is not {FORMAT}"
        raise ValueError(msg)
    document["logs"] = {name: LogPlace(**place) for name, place in document["logs"].items()}
    document["files"] = {name: StoredFile(**said) for name, said in document["files"].items()}
    return Manifest(**document)


def place_of(name: str, folder: Path, keys: Path) -> Path:
    """Return where a file of a backup lies."""
    first, _, rest = name.partition("/")
    return keys / rest if first == KEYS and rest else folder / name


def code_migrations() -> dict[str, dict[str, str]]:
    """Return the migrations of this code, as a manifest names them."""
    sets = {name: migration_sets(name) for name in SERVICES} | {KEYS: [KEYS_MIGRATIONS]}
    return {
        schema: {f"{one.set_name}/{one.name}": one.digest for each in wanted for one in read(each)}
        for schema, wanted in sets.items()
    }


def code_version() -> str:
    """Return the version of this code."""
    return version("lienthong")


def files_in(folder: Path, names: Iterable[Path]) -> dict[str, StoredFile]:
    """Return what files of a folder are now, by path."""
    return {path.relative_to(folder).as_posix(): StoredFile.of(path) for path in sorted(names)}


def _damaged(file: str, vi: str, en: str) -> RefusedError:
    return RefusedError(problems.BACKUP_DAMAGED, file=file, vi=vi, en=en)
