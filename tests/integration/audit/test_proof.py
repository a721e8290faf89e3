"""A dossier's proof is believed by a bare Python in an empty folder, and nothing else is."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from deploy.audit.checkpoints import Checkpoint, signed
from deploy.audit.making import checkpoint_of, write
from deploy.audit.proving import OutdatedCheckpointError, prove, root_of
from deploy.audit.verifying import audit
from deploy.files import SIGNING_KEY
from shared.clock import SetClock
from shared.errors import RefusedError
from shared.signing import Signer, as_text
from tests.builders.audited import NOW
from tests.contract.messages import story
from tests.integration.audit.conftest import Audited

pytestmark = pytest.mark.integration

VERIFIER = Path(__file__).parents[3] / "deploy" / "offline" / "verify_proof.py"

Proof = dict[str, Any]


def checkpoint(audited: Audited) -> Checkpoint:
    return checkpoint_of(audited.stores, audit(audited.stores), SetClock(NOW), None)


def proof_of(audited: Audited, code: str = story.CODE) -> Proof:
    made = checkpoint(audited)
    database = audited.stores.statistics
    return prove(
        database, root_of(database, code), made, signed(made, Signer.of(audited.stores.home / SIGNING_KEY))
    )


def verified(folder: Path, proof: Any, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the verifier as an outsider does: a copied file, no packages, no environment."""
    folder.mkdir(exist_ok=True)
    shutil.copy(VERIFIER, folder)
    if not isinstance(proof, str):
        write(folder / "proof.json", proof)
    else:
        (folder / "proof.json").write_text(proof, encoding="utf-8")
    command = [sys.executable, "-I", "-S", VERIFIER.name, "proof.json", *options]
    return subprocess.run(command, cwd=folder, env={}, capture_output=True, check=False, encoding="utf-8")


def test_a_proof_is_verified_offline_and_says_whose_history_it_is(audited: Audited, tmp_path: Path) -> None:
    proof = proof_of(audited)
    key = as_text(Signer.of(audited.stores.home / SIGNING_KEY).public)
    said = verified(tmp_path / "away", proof, "--public-key", key, "--events")

    assert said.returncode == 0, said.stderr
    count = len(audited.sql("statistics", "SELECT 1 FROM ledger WHERE root_id = :r", r=story.DOSSIER))
    assert f"{count} sự kiện" in said.stdout
    assert f"{count} events, from " in said.stdout
    assert story.CODE in said.stdout
    assert "auditor nguyen-thi-ha" in said.stdout, "who read it is part of the history"
    assert {path.name for path in (tmp_path / "away").iterdir()} == {VERIFIER.name, "proof.json"}


def test_every_dossier_of_a_ledger_can_be_proven(audited: Audited, tmp_path: Path) -> None:
    roots = audited.sql("statistics", "SELECT DISTINCT root_id FROM ledger")
    assert len(roots) > 3
    for (root,) in roots:
        assert verified(tmp_path, proof_of(audited, str(root))).returncode == 0


def body(proof: Proof, number: int, change: Callable[[dict[str, Any]], object]) -> None:
    document = json.loads(base64.b64decode(proof["entries"][number]["body"]))
    change(document)
    proof["entries"][number]["body"] = base64.b64encode(json.dumps(document).encode()).decode()


SPOILERS: dict[str, tuple[Callable[[Proof], object], str]] = {
    "a changed event": (lambda p: body(p, 2, lambda d: d.update(time="2025-07-06T02:00:00Z")), "event 3"),
    "the first event left out": (lambda p: p["entries"].pop(0), "event 1"),
    "an event left out": (lambda p: p["entries"].pop(2), "event 3"),
    "the last event left out": (lambda p: p["entries"].pop(), "something after it was left out"),
    "all events left out": (lambda p: p["entries"].clear(), "something after it was left out"),
    "an event twice": (lambda p: p["entries"].insert(1, p["entries"][0]), "out of order"),
    "two events swapped": (lambda p: p["entries"].insert(0, p["entries"].pop(1)), "event 1"),
    "a moment of entry": (
        lambda p: p["entries"][1].update(entered_at="2025-01-01T00:00:00.000000Z"),
        "event 2",
    ),
    "another sequence": (lambda p: p["entries"][-1].update(sequence=10**6), "was changed"),
    "another dossier's name": (lambda p: p.update(dossier=str(story.REFUSED_DOSSIER)), "another dossier"),
    "a changed checkpoint": (
        lambda p: p["signed"]["checkpoint"].update(made_at="2030-01-01T00:00:00.000000Z"),
        "wrong signature",
    ),
    "another root": (
        lambda p: p["signed"]["checkpoint"]["ledger"].update(root="00" * 32),
        "wrong signature",
    ),
    "no path": (lambda p: p["entries"][0].pop("path"), "damaged"),
    "another format": (lambda p: p.update(format="x/2"), "no proof of this format"),
}


@pytest.mark.parametrize("spoiler", SPOILERS)
def test_a_spoiled_proof_is_refused_and_says_why(audited: Audited, tmp_path: Path, spoiler: str) -> None:
    spoil, why = SPOILERS[spoiler]
    proof = proof_of(audited)
    spoil(proof)
    said = verified(tmp_path, proof)

    assert said.returncode == 1, said.stdout
    assert "NOT PROVEN" in said.stderr
    assert "KHÔNG ĐÚNG" in said.stderr
    assert why in said.stderr
    assert said.stdout == ""


def test_a_proof_signed_by_another_key_is_refused(audited: Audited, tmp_path: Path) -> None:
    stranger = as_text(Signer.of(tmp_path / "stranger" / SIGNING_KEY).public)
    said = verified(tmp_path, proof_of(audited), "--public-key", stranger)

    assert said.returncode == 1
    assert "another key" in said.stderr


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"format": "lienthong-proof/1"}', "\x00"])
def test_a_file_that_is_no_proof_is_refused(tmp_path: Path, text: str) -> None:
    said = verified(tmp_path, text)

    assert (said.returncode, said.stdout) == (1, "")
    assert "Traceback" not in said.stderr


def test_a_truncated_file_is_refused(audited: Audited, tmp_path: Path) -> None:
    whole = json.dumps(proof_of(audited))
    for length in (len(whole) // 3, len(whole) - 1):
        said = verified(tmp_path, whole[:length])
        assert said.returncode == 1
        assert "cannot be read" in said.stderr


def test_a_key_that_is_none_is_wrong_use(audited: Audited, tmp_path: Path) -> None:
    assert verified(tmp_path, proof_of(audited), "--public-key", "hello").returncode == 2


def test_a_proof_rests_on_the_published_checkpoint_alone(audited: Audited, tmp_path: Path) -> None:
    proof = proof_of(audited)
    write(tmp_path / "published.json", proof["signed"])
    assert verified(tmp_path, proof, "--checkpoint", "published.json").returncode == 0
    other = json.loads(json.dumps(proof["signed"]))
    other["checkpoint"]["ledger"]["sequence"] += 1
    write(tmp_path / "published.json", other)
    said = verified(tmp_path, proof, "--checkpoint", "published.json")
    assert said.returncode == 1
    assert "not the published one" in said.stderr


def test_an_old_checkpoint_proves_what_was_until_then(audited: Audited, tmp_path: Path) -> None:
    made = checkpoint(audited)
    envelope = signed(made, Signer.of(audited.stores.home / SIGNING_KEY))
    database = audited.stores.statistics
    before = prove(database, story.DOSSIER, made, envelope)
    with closing(audited.history()) as history:
        history.read()
        history.settle()

    assert prove(database, story.DOSSIER, made, envelope) == before
    assert len(proof_of(audited)["entries"]) == len(before["entries"]) + 1
    assert verified(tmp_path, before).returncode == 0


def test_nothing_is_proven_from_a_ledger_that_was_tampered_with(audited: Audited) -> None:
    made = checkpoint(audited)
    audited.sql("statistics", "DELETE FROM ledger WHERE sequence = 5")
    with pytest.raises(OutdatedCheckpointError):
        prove(audited.stores.statistics, story.DOSSIER, made, {})


def test_a_dossier_that_nobody_knows_is_refused(audited: Audited) -> None:
    with pytest.raises(RefusedError) as refusal:
        proof_of(audited, "H47.65-250707-9999")
    assert refusal.value.code == "not-found"
