"""Tokens: only their digests are kept, and a bad one is told nothing."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from shared.access import TokenFile, digest, require
from shared.acts import Actor
from shared.errors import RefusedError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "tokens.json"


@pytest.fixture
def tokens(path: Path) -> TokenFile:
    return TokenFile(path)


def refused(tokens: TokenFile, authorization: str | None) -> dict[str, object]:
    with pytest.raises(RefusedError) as refusal:
        tokens.holder(authorization)
    return refusal.value.details()


def test_a_token_names_its_holder(tokens: TokenFile) -> None:
    token = tokens.issue("agency", "an", "H47.1")
    assert tokens.holder(f"Bearer {token}") == Actor("agency", "an", "H47.1")
    assert tokens.holder(f"bearer  {token} ") == Actor("agency", "an", "H47.1")


def test_only_the_digest_of_a_token_is_kept(tokens: TokenFile, path: Path) -> None:
    token = tokens.issue("agency", "an")
    kept = path.read_text()
    assert token not in kept
    assert list(json.loads(kept)) == [digest(token)]
    assert not [file for file in path.parent.iterdir() if token in file.read_text()]


def test_the_file_is_its_owner_s_alone(tokens: TokenFile, path: Path) -> None:
    tokens.issue("agency", "an")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_no_two_tokens_are_alike_and_none_can_be_guessed(tokens: TokenFile) -> None:
    issued = {tokens.issue("agency", "an") for _ in range(10)}
    assert len(issued) == 10
    assert min(map(len, issued)) >= 43, "256 bits"


def test_a_digest_is_no_token(tokens: TokenFile) -> None:
    token = tokens.issue("agency", "an")
    refused(tokens, f"Bearer {digest(token)}")


def test_every_bad_token_is_told_the_same(tokens: TokenFile) -> None:
    token = tokens.issue("agency", "an")
    bad = [
        None,
        "",
        "Bearer",
        "Bearer ",
        token,
        f"Basic {token}",
        f"Bearer {token}x",
        f"Bearer {token[:-1]}",
        f"Bearer {token.swapcase()}",
        "Bearer ế",
        "Bearer " + "x" * 100_000,
    ]
    answers = [refused(tokens, authorization) for authorization in bad]
    assert all(answer == answers[0] for answer in answers)
    assert (answers[0]["code"], answers[0]["status"], answers[0]["facts"]) == ("unauthenticated", 401, {})


def test_a_token_that_another_process_issued_is_known_at_once(tokens: TokenFile, path: Path) -> None:
    refused(tokens, "Bearer x")
    token = TokenFile(path).issue("auditor", "binh")
    assert tokens.holder(f"Bearer {token}").role == "auditor"


def test_a_token_that_was_taken_out_of_the_file_is_refused_at_once(tokens: TokenFile, path: Path) -> None:
    token, other = tokens.issue("agency", "an"), tokens.issue("agency", "ba")
    tokens.holder(f"Bearer {token}")
    left = {key: value for key, value in json.loads(path.read_text()).items() if key != digest(token)}
    path.write_text(json.dumps(left))
    refused(tokens, f"Bearer {token}")
    assert tokens.holder(f"Bearer {other}").subject == "ba"


def test_an_exchanged_file_is_read_even_when_it_looks_as_new_and_as_long(
    tokens: TokenFile, path: Path
) -> None:
    token = tokens.issue("agency", "an")
    tokens.holder(f"Bearer {token}")
    times = path.stat().st_atime_ns, path.stat().st_mtime_ns
    fresh = path.with_suffix(".other")
    fresh.write_text(path.read_text().replace(digest(token), digest("another")))
    os.utime(fresh, ns=times)
    fresh.replace(path)
    refused(tokens, f"Bearer {token}")
    assert tokens.holder("Bearer another").subject == "an"


def test_without_the_file_nobody_is_known_until_it_is_back(tokens: TokenFile, path: Path) -> None:
    token = tokens.issue("agency", "an")
    tokens.holder(f"Bearer {token}")
    away = path.rename(path.with_suffix(".away"))
    refused(tokens, f"Bearer {token}")
    away.rename(path)
    assert tokens.holder(f"Bearer {token}").subject == "an"


def test_one_of_several_roles_is_enough() -> None:
    require(Actor("auditor", "binh"), "administrator", "auditor")


def test_who_has_none_of_the_roles_is_told_so() -> None:
    with pytest.raises(RefusedError) as refusal:
        require(Actor("agency", "an"), "administrator", "auditor")
    assert (refusal.value.code, refusal.value.problem.status) == ("forbidden", 403)
