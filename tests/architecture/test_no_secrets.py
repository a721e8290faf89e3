"""No tracked file holds a secret: those are made at first start and stay out of the repository."""

from __future__ import annotations

import re

import pytest

from tests.architecture.tracked import ROOT, tracked_files, tracked_lines

SECRETS = {
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY"),
    "a cloud or forge token": re.compile(r"\b(?:AKIA[0-9A-Z]{16}|gh[pousr]_\w{30,}|glpat-[\w-]{20,})"),
    "a signed web token": re.compile(r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}"),
}
ASSIGNED = re.compile(
    r"(?i)\b[\w-]*(?:password|passwd|secret|token|api_?key)\b[\"']?\s*[:=]\s*[\"']?(?![\"'$({<\[\s])([\w+/=!@#%-]{12,})"
)
IN_AN_ADDRESS = re.compile(r"\b\w+://[\w-]+:(?![{$<%])[^\s{}$<>/@\"']+@")
SETTINGS = {".yml", ".yaml", ".toml", ".ini", ".conf", ".cfg", ".json", ".env", ".sh", ""}
KEY_FILES = re.compile(r"(?:\.pem|\.key|\.p12|\.pfx|\.jks|id_rsa|id_ed25519|\.erlang\.cookie|(?:^|/)\.env)$")


def test_no_file_holds_a_key_or_token() -> None:
    found = [
        f"{place}: {what}"
        for place, line in tracked_lines()
        for what, looks in SECRETS.items()
        if looks.search(line)
    ]

    assert found == []


def test_no_setting_is_given_a_secret() -> None:
    found = [
        place
        for place, line in tracked_lines()
        if "." + place.split(":")[0].rpartition(".")[2] in SETTINGS or "." not in place.split(":")[0]
        if ASSIGNED.search(line)
    ]

    assert found == []


def test_no_address_outside_the_tests_carries_a_password() -> None:
    found = [
        place
        for place, line in tracked_lines()
        if not place.startswith("tests/") and IN_AN_ADDRESS.search(line)
    ]

    assert found == []


def test_no_key_file_is_tracked() -> None:
    names = [str(path.relative_to(ROOT)) for path in tracked_files()]

    assert [name for name in names if KEY_FILES.search(name)] == []


@pytest.mark.parametrize(
    "line",
    [
        "POSTGRES_PASSWORD: " + "Zx81kPq0aQ7d",
        "api_key = '" + "0123456789abcdef" + "'",
        "export LIENTHONG_TOKEN=" + "abcdefghijkl",
    ],
)
def test_a_secret_in_a_setting_would_be_found(line: str) -> None:
    assert ASSIGNED.search(line)


@pytest.mark.parametrize(
    "line",
    ["PASSWORD: ${PASSWORD}", "PASSWORD_FILE: /run/secrets/password", "password: <made at first start>"],
)
def test_a_reference_to_a_secret_is_none(line: str) -> None:
    assert not ASSIGNED.search(line)


def test_a_password_in_an_address_would_be_found() -> None:
    assert IN_AN_ADDRESS.search("amqp://desk:" + "s3cret@broker/")
    assert not IN_AN_ADDRESS.search("amqp://{user}:{password}@{host}/")


def test_a_key_would_be_found() -> None:
    assert SECRETS["a private key"].search("-----BEGIN OPENSSH " + "PRIVATE KEY-----")
