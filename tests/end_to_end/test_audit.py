"""The audit on the full stack: by the auditor's own role, while everything runs."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

from deploy.provision import AUDIT, DATABASE
from deploy.stack import Stack
from tests.builders.doors import agency, leg, procedure, process
from tests.end_to_end.command_line import Said, lienthong
from tests.end_to_end.province import at, submission
from tests.end_to_end.records import rows, settled

pytestmark = [pytest.mark.end_to_end, pytest.mark.slow, pytest.mark.timeout(240)]

VERIFIER = Path(__file__).parents[2] / "deploy" / "offline" / "verify_proof.py"
LOOKS = 6
DESK, OFFICE, PROCEDURE = "H63.20.11", "H63.12", "SX-KIEMTOAN"


REGISTER = {
    "agencies": [agency(DESK, level="commune", kind="test-desk"), agency(OFFICE, kind="test-office")],
    "processes": [
        process(process="test.kiem-toan", procedure=PROCEDURE, legs=[leg({"id": OFFICE}, term=None)])
    ],
}


@contextmanager
def filing(stack: Stack) -> Iterator[None]:
    """Have dossiers filed all the while, of a procedure and agencies that no other test looks at."""
    with at(stack, "routing", "administrator") as routing, at(stack, "intake", "administrator") as intake:
        routing.put("/v1/reference", REGISTER, "audited/routing")
        intake.put(
            "/v1/reference", {"procedures": [procedure(procedure=PROCEDURE, components=[])]}, "audited/intake"
        )
    settled(stack)
    enough = threading.Event()
    filed = submission(procedure=PROCEDURE, desk=DESK, components=[])

    def file() -> int:
        numbers = count()
        with at(stack, "intake", "receiving_officer", DESK) as desk:
            while not enough.wait(0.05):
                desk.post("/v1/submissions", filed, f"audited/{next(numbers)}")
        return next(numbers)

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(file)
        try:
            yield
        finally:
            enough.set()
    assert done.result() > LOOKS


def audit(stack: Stack, *words: str | Path) -> Said:
    return lienthong("audit", *words, "--run", stack.directory, "--json")


@contextmanager
def tampered(stack: Stack, *statements: str) -> Iterator[None]:
    """Change something behind everybody's back, and put it back afterwards: others use the stack too."""
    with psycopg.connect(stack.postgres.admin_dsn(DATABASE)) as connection:
        connection.execute("CREATE TABLE public.kept AS SELECT * FROM intake.event")
        for statement in statements:
            connection.execute(statement)
        connection.commit()
        try:
            yield
        finally:
            connection.execute("TRUNCATE intake.event")
            connection.execute("INSERT INTO intake.event SELECT * FROM public.kept")
            connection.execute("DROP TABLE public.kept")


def test_a_stack_under_load_is_always_found_whole_and_a_change_is_named(stack: Stack, tmp_path: Path) -> None:
    with filing(stack):
        looks: list[dict[str, Any]] = [audit(stack, "verify").json for _ in range(LOOKS)]
        first = audit(stack, "checkpoint", "--out", tmp_path / "first.json")
    settled(stack)
    assert [look["findings"] for look in looks] == [[]] * LOOKS, "events on their way are no fault"
    assert looks[0]["ledger"]["sequence"] < looks[-1]["ledger"]["sequence"], "there was load"
    assert first.status == 0, first.words

    newer = audit(stack, "verify", "--since", tmp_path / "first.json").json
    whole = audit(stack, "verify", "--checkpoint", tmp_path / "first.json").json
    assert newer["since"] == first.json["ledger"]["sequence"]
    assert (newer["whole"], newer["waiting"], newer["ledger"]) == (True, 0, whole["ledger"])

    last = "(SELECT max(position) FROM intake.event)"
    with tampered(stack, f"UPDATE intake.event SET state = '{{}}' WHERE position = {last} - 7"):
        said = audit(stack, "verify")
    [finding] = said.json["findings"]
    assert (said.status, finding["store"], finding["code"]) == (1, "intake", "event-changed")
    assert audit(stack, "verify").status == 0


def test_a_dossier_of_the_stack_is_proven_offline(stack: Stack, tmp_path: Path) -> None:
    [(code,)] = rows(
        stack, "SELECT code FROM statistics.dossier_v1 WHERE code IS NOT NULL ORDER BY code LIMIT 1"
    ) or pytest.skip("no dossier yet")
    said = audit(stack, "prove", code, "--out", tmp_path / "proof.json")
    assert said.status == 0, said.words
    key = audit(stack, "key").json["public_key"]
    shutil.copy(VERIFIER, tmp_path)
    outside = [sys.executable, "-I", "-S", VERIFIER.name, "proof.json", "--public-key", key]
    proven = subprocess.run(outside, cwd=tmp_path, env={}, capture_output=True, check=False, encoding="utf-8")
    assert (proven.returncode, code in proven.stdout) == (0, True), proven.stderr

    stack_reader = lienthong("history", code, "--run", stack.directory, "--json")
    assert stack_reader.status == 0
    [*_, newest] = audit(stack, "access", code).json
    assert (newest["door"], newest["subject"]) == ("history", "cli-administrator")


def test_the_auditors_role_cannot_write(stack: Stack) -> None:
    with psycopg.connect(stack.dsn(AUDIT), autocommit=True) as connection:
        for table in ("intake.event", "statistics.ledger", "statistics.dossier_head"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"DELETE FROM {table}")


def test_what_is_asked_wrongly_is_answered_in_both_languages(stack: Stack, tmp_path: Path) -> None:
    unknown = lienthong("audit", "access", "H00.00-000000-0000", "--run", stack.directory)
    assert (unknown.status, "H00.00-000000-0000" in unknown.words) == (1, True)
    (tmp_path / "x.json").write_text(json.dumps({"checkpoint": {}}))
    no_checkpoint = lienthong("audit", "verify", "--since", tmp_path / "x.json", "--run", stack.directory)
    assert no_checkpoint.status == 1
    assert "this is no checkpoint" in no_checkpoint.words
    assert "không phải là một mốc niêm phong" in no_checkpoint.words
