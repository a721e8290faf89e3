"""The folder that an agency's supplier is handed stands alone."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from posixpath import normpath
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from deploy.cli.agency.kit import kit
from deploy.contracts.kit import EXAMPLES, PAGES, SUMS, contents
from deploy.contracts.messages import name_in_documents
from shared.contracts.registry import COMMANDS, HAND_OVERS
from tests.contract.messages.examples import FOLDER

TYPES = {**HAND_OVERS, **COMMANDS}
KIT = contents()
ASYNCAPI = yaml.safe_load(KIT["docs/contracts/asyncapi.yaml"])
DOCUMENTS: Mapping[str, Any] = {
    "docs/contracts/asyncapi.yaml": ASYNCAPI,
    **{name: json.loads(text) for name, text in KIT.items() if name.endswith(".json")},
}
SCHEMAS = {
    value["$id"]: value for name, value in DOCUMENTS.items() if name.startswith("docs/contracts/schemas/")
}
ENVELOPE = "urn:lienthong:envelope:1"


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for part in value.values():
            yield from references(part)
    elif isinstance(value, list):
        for part in value:
            yield from references(part)


def found_at(document: Any, reference: str) -> Any:
    assert reference.startswith("#/"), f"{reference} leaves the document"
    for step in reference.removeprefix("#/").split("/"):
        document = document[step.replace("~1", "/").replace("~0", "~")]
    return document


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_reference_is_found_inside(name: str) -> None:
    for reference in references(DOCUMENTS[name]):
        assert found_at(DOCUMENTS[name], reference), reference


@pytest.mark.parametrize("kind", TYPES)
def test_every_message_has_a_schema_and_an_example_that_keeps_to_it(kind: str) -> None:
    contract = TYPES[kind]
    name = f"{kind}.v{contract.version}.json"
    example = DOCUMENTS[f"{EXAMPLES}/{name}"]

    assert DOCUMENTS[f"docs/contracts/schemas/{name}"]["$id"] == contract.dataschema
    checker = Draft202012Validator.FORMAT_CHECKER
    for schema, value in ((SCHEMAS[ENVELOPE], example), (SCHEMAS[example["dataschema"]], example["data"])):
        Draft202012Validator.check_schema(schema)
        Draft202012Validator(schema, format_checker=checker).validate(value)
    assert example["type"] == kind


def test_it_holds_an_example_of_nothing_else() -> None:
    examples = [PurePosixPath(name).name.rpartition(".v")[0] for name in KIT if name.startswith(EXAMPLES)]

    assert set(examples) == set(TYPES)


def test_its_examples_are_those_that_both_sides_are_held_to() -> None:
    held_to = [*FOLDER.glob("agency/*.json"), *FOLDER.glob("processing/lienthong.command.*.json")]

    for path in held_to:
        same = KIT[f"{EXAMPLES}/{path.name}"] == path.read_text(encoding="utf-8")
        assert same, f"copy {path.name} to {EXAMPLES}"


def test_asyncapi_is_about_the_agency_and_from_its_side() -> None:
    sent, read = (
        [PurePosixPath(one["$ref"]).name for one in ASYNCAPI["operations"][name]["messages"]]
        for name in ("command", "receive")
    )
    assert set(sent) == {name_in_documents(contract) for contract in COMMANDS.values()}
    assert set(read) == {name_in_documents(contract) for contract in HAND_OVERS.values()}
    assert {one["action"] for one in ASYNCAPI["operations"].values()} == {"send", "receive"}
    assert ASYNCAPI["operations"]["command"]["channel"]["$ref"].endswith("/commands")
    assert {message["name"] for message in ASYNCAPI["components"]["messages"].values()} == set(TYPES)
    assert "lienthong.events" not in KIT["docs/contracts/asyncapi.yaml"]


@pytest.mark.parametrize("name", [name for name in KIT if name.endswith(".md")])
def test_every_link_leads_to_something_that_is_there(name: str) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", KIT[name]):
        path, _, anchor = target.partition("#")
        if "://" in path:
            continue
        place = normpath(f"{PurePosixPath(name).parent}/{path}") if path else name
        assert any(f"{one}/".startswith(f"{place}/") for one in KIT), f"{name}: {target}"
        if anchor:
            headings = re.findall(r"^#+ (.*)$", KIT[place], re.MULTILINE)
            slugs = {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}
            assert anchor in slugs, f"{name}: {target}"


def test_links_to_what_is_not_handed_over_are_words() -> None:
    assert "[restore](backup.md)" not in KIT["docs/delivery-guarantees.md"]
    assert "A restore loses" in KIT["docs/delivery-guarantees.md"]


def test_it_begins_with_a_page_in_both_languages_that_leads_to_every_other() -> None:
    page = KIT["README.md"]

    assert "## Tiếng Việt" in page
    assert "## English" in page
    for name in (*PAGES, "docs/contracts/refusals.md", "docs/contracts/schemas", EXAMPLES):
        assert page.count(f"]({name})") == 2, name


def test_it_holds_the_connectors_and_nothing_that_was_built() -> None:
    for name in ("client.py", "examples/java/Connector.java", "examples/node/connector.js"):
        assert f"deploy/connector/{name}" in KIT
    assert not [name for name in KIT if "node_modules" in name or "__pycache__" in name]


def test_the_verb_writes_it_whole_into_a_folder_that_is_empty(tmp_path: Path) -> None:
    folder = tmp_path / "kit"
    done = CliRunner().invoke(kit, [str(folder), "--json"])

    assert done.exit_code == 0, done.output
    assert json.loads(done.output) == {"folder": str(folder), "files": sorted(KIT)}
    check = subprocess.run(["sha256sum", "--check", "--quiet", SUMS], cwd=folder, check=False)
    assert check.returncode == 0
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert files == set(KIT)

    again = CliRunner().invoke(kit, [str(folder)])
    assert again.exit_code == 1
    words = " ".join(again.output.split())
    assert "không trống" in words
    assert "is not empty" in words


def test_the_python_connector_in_it_runs_without_our_repository(tmp_path: Path) -> None:
    folder = tmp_path / "kit"
    assert CliRunner().invoke(kit, [str(folder)]).exit_code == 0
    packages = sysconfig.get_path("purelib")
    program = (
        "import sys; sys.path[:0] = sys.argv[1:]; from deploy.connector import client; print(client.__file__)"
    )

    # -S: without what makes this repository known to the interpreter.
    ran = subprocess.run(
        [sys.executable, "-S", "-c", program, str(folder), packages],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.stdout.strip() == str(folder / "deploy/connector/client.py"), ran.stderr
