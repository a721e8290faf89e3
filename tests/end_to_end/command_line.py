"""`lienthong` in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PROGRAM = [sys.executable, "-W", "ignore", "-m", "deploy.cli"]
ENVIRONMENT = {
    "PATH": os.environ.get("PATH", os.defpath),
    "LANG": "C.UTF-8",
    "PYTHONPATH": str(ROOT),
    "COLUMNS": "300",
}


@dataclass(frozen=True, slots=True)
class Said:
    """How a command ended, and what it said; the words with single spaces between them."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it printed for machines."""
        assert self.out, self.err
        return json.loads(self.out)

    @property
    def words(self) -> str:
        """Everything it said, however the lines were broken."""
        return " ".join(f"{self.out} {self.err}".split())


def lienthong(*words: str | Path, seconds: float = 110) -> Said:
    """Run a verb to its end."""
    done = subprocess.run(
        [*PROGRAM, *map(str, words)],
        check=False,
        capture_output=True,
        text=True,
        timeout=seconds,
        cwd=ROOT,
        env=ENVIRONMENT,
    )
    return Said(done.returncode, done.stdout, done.stderr)


@contextmanager
def started(*words: str | Path) -> Iterator[subprocess.Popen[str]]:
    """Start a verb and leave it running while the block runs."""
    process = subprocess.Popen(
        [*PROGRAM, *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=ROOT,
        env=ENVIRONMENT,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()
