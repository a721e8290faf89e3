"""Nothing in the repository depends on one machine or on one registry's address."""

from __future__ import annotations

import re

import pytest

from tests.architecture.tracked import ROOT, tracked_lines

LOCKS = sorted((ROOT / "deploy" / "requirements").glob("*.txt"))

# Written in pieces, so that this file does not find itself.
REGISTRIES = re.compile(
    "|".join(
        re.escape(".".join(parts))
        for parts in (
            ("pypi", "org"),
            ("pythonhosted", "org"),
            ("npmjs", "org"),
            ("npmjs", "com"),
            ("yarnpkg", "com"),
            ("jsdelivr", "net"),
            ("unpkg", "com"),
            ("cdnjs", "cloudflare"),
        )
    )
)
MACHINE_PATHS = re.compile(
    r"(?<![\w./}~-])/(?:root/|home/\w|tmp/\w|Users/\w|wor" + r"k/(?:main|shared|\.)|opt/(?:wheels|pypi))"
)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_file_names_no_address_and_pins_every_package_by_hash(lock: object) -> None:
    text = (ROOT / "deploy" / "requirements" / str(lock)).read_text(encoding="utf-8")
    packages = re.findall(r"^[A-Za-z0-9][^\n]*(?:\n    --hash[^\n]*)*", text, re.MULTILINE)

    assert "://" not in text
    assert "--index-url" not in text
    assert packages
    for package in packages:
        assert re.match(r"[\w.-]+(\[[\w,]+\])?==", package), package
        assert "--hash=sha256:" in package, package


def test_each_list_of_packages_has_its_lock() -> None:
    lists = sorted((ROOT / "deploy" / "requirements").glob("*.in"))

    assert [path.stem for path in lists] == [path.stem for path in LOCKS]


def test_no_tracked_file_names_a_package_registry() -> None:
    found = [place for place, line in tracked_lines() if REGISTRIES.search(line)]

    assert found == []


def test_no_tracked_file_names_a_path_of_somebodys_machine() -> None:
    found = [f"{place}: {line.strip()}" for place, line in tracked_lines() if MACHINE_PATHS.search(line)]

    assert found == []


@pytest.mark.parametrize("path", ["root/x", "home/an/x", "tmp/data", "Users/an"])
def test_a_path_of_somebodys_machine_would_be_found(path: str) -> None:
    assert MACHINE_PATHS.search(f'open("/{path}")')


def test_a_registry_would_be_found() -> None:
    assert REGISTRIES.search("https://files." + "pythonhosted" + ".org/packages")
