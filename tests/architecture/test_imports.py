"""The import contracts of .importlinter hold, and would not hold if somebody broke them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.tracked import ROOT

PACKAGES = ("deploy", "services", "shared")


def lint_imports(directory: Path) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command as lint; lint()",
        "--no-cache",
    ]
    return subprocess.run(command, cwd=directory, check=False, capture_output=True, text=True)


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("imports")
    shutil.copy(ROOT / ".importlinter", copy)
    for package in PACKAGES:
        shutil.copytree(ROOT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


def test_every_import_contract_is_kept(original: Path) -> None:
    result = lint_imports(original)

    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("services/routing/tables.py", "import services.intake.domain", "Services never import each other"),
        ("shared/acts.py", "import services.routing.rules", "services use shared, never the reverse"),
        ("services/routing/rules/planning.py", "import nameko", "Decisions know no broker"),
        (
            "services/routing/application/routing.py",
            "import shared.persistence.database",
            "Decisions know no broker",
        ),
        (
            "services/routing/rules/planning.py",
            "import services.routing.application.routing",
            "edges point inwards",
        ),
        ("services/routing/utils.py", "", "services.routing.utils"),
        ("shared/messaging/broker.py", "import nameko", "Only the entrypoints"),
        ("shared/contracts/envelope.py", "import shared.messaging.broker", "mechanics sit above words"),
        ("services/routing/api/reference.py", "import psycopg", "know a driver"),
        ("deploy/instances/ports.py", "import shared.clock", "Private instances know nothing"),
        ("shared/clock.py", "import tests.conftest", "Nothing imports the tests"),
    ],
)
def test_a_planted_violation_is_found(
    original: Path, tmp_path: Path, file: str, line: str, contract: str
) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(original, broken)
    with (broken / file).open("a", encoding="utf-8") as module:
        module.write(f"\n{line}\n")

    result = lint_imports(broken)

    assert result.returncode == 1
    report = result.stdout.partition("Broken contracts")[2]
    assert contract in report
