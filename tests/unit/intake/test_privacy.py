from __future__ import annotations

import stat
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from shared.master_key import MasterKeyError, create_master_key, read_master_key
from shared.persistence.database import Database, UniqueViolationError
from shared.persistence.migrations import migrate
from shared.persistence.sqlite import SqliteDatabase
from shared.privacy import ErasedError, PersonalDataVault, UnreadableError
from tests.unit.intake.one_stop_desk import KEYS, MONDAY

MASTER = bytes(range(32))
GIANG = {"name": "Nguyễn Thị Hương Giang", "phone": "0905 123 456"}


@pytest.fixture
def keys(tmp_path: Path) -> Iterator[Database]:
    with closing(SqliteDatabase(tmp_path / "keys.sqlite")) as database:
        migrate(database, [KEYS])
        yield database


@pytest.fixture
def vault(keys: Database) -> PersonalDataVault:
    return PersonalDataVault(keys, MASTER)


def sealed(vault: PersonalDataVault, dossier_id: UUID) -> str:
    return vault.seal_many({dossier_id: GIANG})[dossier_id]


def test_what_was_sealed_opens_again(vault: PersonalDataVault) -> None:
    people = {uuid4(): {"name": f"Người {n}"} for n in range(5)}
    assert vault.open_many(vault.seal_many(people)) == people


def test_a_ciphertext_tells_nothing_of_the_length_of_a_name(vault: PersonalDataVault) -> None:
    people = {uuid4(): {"name": name} for name in ("Lê An", "Công Tằng Tôn Nữ Thị Hương Giang")}
    assert len({len(ciphertext) for ciphertext in vault.seal_many(people).values()}) == 1


def test_a_ciphertext_opens_for_its_own_dossier_alone(vault: PersonalDataVault) -> None:
    mine, other = uuid4(), uuid4()
    people = vault.seal_many({mine: GIANG, other: GIANG})
    with pytest.raises(UnreadableError):
        vault.open(other, people[mine])


@pytest.mark.parametrize("position", [0, 1, 20, -1])
def test_a_changed_ciphertext_does_not_open(vault: PersonalDataVault, position: int) -> None:
    dossier_id = uuid4()
    raw = bytearray(b64decode(sealed(vault, dossier_id)))
    raw[position] ^= 1
    with pytest.raises(UnreadableError):
        vault.open(dossier_id, b64encode(raw).decode())


def test_another_master_key_opens_nothing(keys: Database, vault: PersonalDataVault) -> None:
    dossier_id = uuid4()
    ciphertext = sealed(vault, dossier_id)
    with pytest.raises(UnreadableError):
        PersonalDataVault(keys, bytes(32)).open(dossier_id, ciphertext)


def test_a_dossier_without_a_key_is_told_from_an_erased_one(vault: PersonalDataVault) -> None:
    ciphertext = sealed(vault, uuid4())
    with pytest.raises(UnreadableError) as unreadable:
        vault.open(uuid4(), ciphertext)
    assert not isinstance(unreadable.value, ErasedError)


def test_erasing_destroys_one_key_for_good_and_no_other(keys: Database, vault: PersonalDataVault) -> None:
    erased, kept = uuid4(), uuid4()
    people = vault.seal_many({erased: GIANG, kept: GIANG})

    vault.erase(erased, MONDAY)
    vault.erase(erased, MONDAY)

    with pytest.raises(ErasedError):
        vault.open(erased, people[erased])
    assert vault.open_many(people) == {kept: GIANG}
    with keys.transaction() as tx:
        assert tx.execute("SELECT dossier_id FROM dossier_key") == [(kept,)]
        assert tx.execute("SELECT dossier_id, erased_at FROM erasure") == [(erased, MONDAY)]


def test_keys_that_a_backup_brought_back_are_destroyed_again(
    keys: Database, vault: PersonalDataVault
) -> None:
    dossier_id = uuid4()
    ciphertext = sealed(vault, dossier_id)
    with keys.transaction() as tx:
        [(wrapped,)] = tx.execute("SELECT wrapped_key FROM dossier_key")
    vault.erase(dossier_id, MONDAY)
    with keys.transaction() as tx:
        tx.execute("INSERT INTO dossier_key VALUES (:id, :key)", {"id": dossier_id, "key": wrapped})

    vault.erase_again()

    with pytest.raises(ErasedError):
        vault.open(dossier_id, ciphertext)


def test_a_dossier_has_one_key(vault: PersonalDataVault) -> None:
    dossier_id = uuid4()
    sealed(vault, dossier_id)
    with pytest.raises(UniqueViolationError):
        sealed(vault, dossier_id)


def test_one_number_in_many_spellings_has_one_index(keys: Database, vault: PersonalDataVault) -> None:
    index = vault.blind_index("064190001234")
    assert {
        vault.blind_index(it) for it in ("064 190 001 234", "064-190-001.234", "０６４１９０００１２３４")
    } == {index}
    assert vault.blind_index("B1234567") == vault.blind_index("b1234567")
    assert vault.blind_index("064190001235") != index
    assert PersonalDataVault(keys, bytes(32)).blind_index("064190001234") != index


def test_a_master_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    key = create_master_key(path)
    assert len(key) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert create_master_key(path) == read_master_key(path) == key
    assert list(tmp_path.iterdir()) == [path]


def test_a_master_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    create_master_key(path)
    path.chmod(0o640)
    with pytest.raises(MasterKeyError, match="0600"):
        read_master_key(path)


@pytest.mark.parametrize("content", [b"", bytes(31), bytes(33)])
def test_a_master_key_of_another_length_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "master.key"
    path.touch(mode=0o600)
    path.write_bytes(content)
    with pytest.raises(MasterKeyError, match="32 bytes"):
        create_master_key(path)


def test_a_missing_master_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MasterKeyError):
        read_master_key(tmp_path / "master.key")
