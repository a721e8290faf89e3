"""Makes the examples in other languages ready to run, outside the tree, once for each state of their sources."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
EXAMPLES = ROOT / "deploy" / "connector" / "examples"
JARS = [Path("/usr/share/java") / f"{name}.jar" for name in ("amqp-client", "gson", "slf4j-api")]
SECONDS = 240


def java_connector() -> list[str]:
    """Return the command line of the Java example, compiled."""
    _need("javac", "java")
    for jar in JARS:
        _need_that(jar.exists(), f"{jar} is missing")
    classpath = os.pathsep.join(map(str, JARS))

    def compile_(folder: Path) -> None:
        sources = [str(path) for path in sorted(folder.glob("*.java"))]
        _run("javac", "-Xlint:all", "-Werror", "-d", str(folder), "-cp", classpath, *sources)

    built = _built(EXAMPLES / "java", compile_)
    return ["java", "-cp", f"{built}{os.pathsep}{classpath}", "Connector"]


def node_connector() -> list[str]:
    """Return the command line of the Node example, with its packages."""
    _need("node")
    return ["node", str(node_packages(EXAMPLES / "node") / "connector.js")]


def node_packages(sources: Path) -> Path:
    """Return a copy of a folder with the packages that its package-lock.json names."""
    _need("npm")
    install = ("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix")
    return _built(sources, lambda folder: _run(*install, str(folder)))


def _built(sources: Path, build: Callable[[Path], None]) -> Path:
    """Return a folder with the sources and what was built from them."""
    digest = hashlib.sha256()
    for path in sorted(sources.iterdir()):
        if path.is_file():
            digest.update(path.name.encode() + path.read_bytes())
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "lienthong"
    wanted = cache / f"{sources.name}-{digest.hexdigest()[:16]}"
    if not wanted.exists():
        cache.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(dir=cache))
        files = shutil.ignore_patterns("node_modules")
        shutil.copytree(sources, fresh, ignore=files, dirs_exist_ok=True)
        build(fresh)
        if not wanted.exists():  # else another process was faster
            fresh.rename(wanted)
    return wanted


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"


def _need(*programs: str) -> None:
    for program in programs:
        _need_that(shutil.which(program) is not None, f"{program} is missing")


def _need_that(there: bool, otherwise: str) -> None:
    """Skip where something cannot be had, but not where everything must run."""
    if there:
        return
    words = f"{otherwise}: deploy/install/test-packages.sh installs what the examples need"
    if os.environ.get("CI"):
        pytest.fail(words)
    pytest.skip(words)
