"""All documents of the contracts, as texts by their place under `docs/contracts/`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from deploy.contracts import asyncapi, openapi, problems, refusals
from deploy.contracts.doors import services_with_doors
from deploy.contracts.envelope import envelope_document
from deploy.contracts.messages import readers, schema_files, sender
from deploy.contracts.schemas import standing_alone
from services.routing.schemas import ProcessSchema
from shared.contracts.registry import ALL

VERSION = "1.0.0"
"""Version of the contracts as a whole: the first number for what breaks, the second for additions."""

README = "README.md"
MESSAGES = "messages"
PROBLEMS = "problems"
DEFINITION = "process-definition.json"


def documents() -> dict[str, str]:
    """Return every generated document: its path below the folder, and its text."""
    found = {"asyncapi.yaml": as_yaml(asyncapi.document(VERSION))}
    for service in services_with_doors():
        found[f"openapi/{service}.yaml"] = as_yaml(openapi.document(service, VERSION))
    found["refusals.md"] = refusals.page()
    found["schemas/envelope.v1.json"] = _json(envelope_document())
    found[f"schemas/{DEFINITION}"] = _json(
        standing_alone(ProcessSchema, title="A process definition, as a file or PUT /v1/reference brings it")
    )
    return found | {f"schemas/{name}": _json(schema) for name, schema in schema_files()}


def with_tables(page: str) -> str:
    """Return the page with its generated tables made anew. Raises ValueError without their marks."""
    return _between(_between(page, MESSAGES, messages_table()), PROBLEMS, problems.table())


def write(folder: Path) -> list[Path]:
    """Write every document into the folder, and the tables of its README if there is one; say what changed.

    Schemas of older versions that lie there stay.
    """
    wanted = documents()
    readme = folder / README
    if readme.exists():
        wanted[README] = with_tables(readme.read_text(encoding="utf-8"))
    changed: list[Path] = []
    for name, text in wanted.items():
        path = folder / name
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        changed.append(path)
    return changed


def messages_table() -> str:
    """Return who sends and who acts on each message type as a Markdown table."""
    lines = ["| type | version | from | acted on by |", "| --- | --- | --- | --- |"]
    for contract in ALL.values():
        kind = f"[`{contract.type}`](schemas/{contract.type}.v{contract.version}.json)"
        lines.append(
            f"| {kind} | {contract.version} | {sender(contract)} | {', '.join(readers(contract.type))} |"
        )
    return "\n".join(lines)


def _between(page: str, name: str, text: str) -> str:
    begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
    before, begun, rest = page.partition(begin)
    _, ended, after = rest.partition(end)
    if not begun or not ended:
        msg = f"the page lacks {begin} or {end}"
        raise ValueError(msg)
    return f"{before}{begin}\n{text}\n{end}{after}"


class _Dumper(yaml.SafeDumper):
    """YAML for people: no anchors, long texts as blocks, lists indented."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        """Write everything out."""
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
        """Indent lists below their key."""
        super().increase_indent(flow, False)  # noqa: FBT003


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    style = "|" if "\n" in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)


def as_yaml(value: Any) -> str:
    """Return a value as YAML for people."""
    return yaml.dump(value, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
