"""All that whoever connects an agency's system needs of us, in a folder that stands alone.

The places below the folder are those of the repository, so links between pages hold; a link to what is not
handed over becomes plain words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path, PurePosixPath
from posixpath import normpath

import deploy
from deploy.contracts import agencies
from deploy.contracts.documents import VERSION, as_yaml, documents
from deploy.contracts.kit_readme import README, README_NAME
from shared.contracts.registry import COMMANDS, HAND_OVERS

PAGES = ("docs/contracts/agencies.md", "docs/delivery-guarantees.md", "docs/connect.md")
CONTRACTS = "docs/contracts"
EXAMPLES = f"{CONTRACTS}/examples"
CONNECTOR = "deploy/connector"
SUMS = "SHA256SUMS"
"""As `sha256sum --check` reads it."""
_WRITTEN = frozenset({".java", ".js", ".json", ".md", ".py"})
"""How names of what people wrote end; what a build leaves beside it is not handed over."""
_BUILT = frozenset({"node_modules", "__pycache__"})
_LINK = re.compile(r"\[(?P<words>[^\]]*)\]\((?P<target>[^)\s]+)\)")


class KitError(Exception):
    """The folder cannot be written, said in both languages."""

    def __init__(self, vi: str, en: str) -> None:
        self.vi, self.en = vi, en
        super().__init__(en)


def write(folder: Path) -> list[str]:
    """Write the kit into a folder and return the names of its files, in order.

    Raises KitError when the folder holds something already, or when this installation has no documents.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise KitError(f"{folder} không trống", f"{folder} is not empty")
    texts = contents()
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return sorted(texts)


def contents() -> dict[str, str]:
    """Return the kit: texts by their names. Raises KitError when this installation has no documents."""
    texts = {README_NAME: README.format(version=VERSION), f"{CONTRACTS}/asyncapi.yaml": _asyncapi()}
    texts |= {f"{CONTRACTS}/{name}": text for name, text in documents().items() if _is_theirs(name)}
    root = Path(deploy.__file__).parents[1]
    for path in (*(root / page for page in PAGES), *_files(root / EXAMPLES), *_files(root / CONNECTOR)):
        if not path.is_file():
            raise KitError(f"thiếu {path}", f"{path} is missing: this installation has no documents")
        texts[path.relative_to(root).as_posix()] = path.read_text(encoding="utf-8")
    linked = {name: _linked(name, text, texts) for name, text in texts.items()}
    sums = [f"{sha256(linked[name].encode()).hexdigest()}  {name}" for name in sorted(linked)]
    return linked | {SUMS: "\n".join(sums) + "\n"}


def _asyncapi() -> str:
    return as_yaml(agencies.document(VERSION))


def _is_theirs(name: str) -> bool:
    """Return whether a document below the contracts is about what agencies and we say to each other."""
    if name in {"refusals.md", "schemas/envelope.v1.json"}:
        return True
    of = PurePosixPath(name).name.rpartition(".v")[0]
    return name.startswith("schemas/") and (of in HAND_OVERS or of in COMMANDS)


def _files(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        yield folder
    for path in sorted(folder.rglob("*")):
        if path.suffix in _WRITTEN and not _BUILT & {*path.parts}:
            yield path


def _linked(name: str, text: str, texts: dict[str, str]) -> str:
    """Return a page without links to what is not there."""
    if not name.endswith(".md"):
        return text

    def keep(link: re.Match[str]) -> str:
        target = link["target"].partition("#")[0]
        place = normpath(f"{PurePosixPath(name).parent}/{target}")
        is_there = not target or "://" in target or any(f"{one}/".startswith(f"{place}/") for one in texts)
        return link[0] if is_there else link["words"]

    return _LINK.sub(keep, text)
