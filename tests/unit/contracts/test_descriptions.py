"""Whoever connects a system reads what each field is in the schemas: none is left without a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from deploy.contracts.messages import schema_files
from shared.contracts.registry import COMMANDS, HAND_OVERS, Contract

AGENCIES = [*HAND_OVERS.values(), *COMMANDS.values()]
SCHEMAS = dict(schema_files())


def fields_of(schema: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every field of a schema and of what it defines, with its place."""
    for name, field in schema.get("properties", {}).items():
        yield f"{path}{name}", field
    for name, definition in schema.get("$defs", {}).items():
        yield from fields_of(definition, f"{name}.")


@pytest.mark.parametrize("contract", AGENCIES, ids=lambda contract: str(contract.type))
def test_every_field_that_an_agency_reads_or_writes_is_described(contract: Contract) -> None:
    schema = SCHEMAS[f"{contract.type}.v{contract.version}.json"]
    found = dict(fields_of(schema))

    assert set(contract.schema().fields) <= set(found)
    assert [name for name, field in found.items() if not field.get("description", "").endswith(".")] == []
    assert schema["description"].endswith(".")
