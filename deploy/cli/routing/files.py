"""Reading what people write: YAML or JSON, with a clear word when it cannot be read."""

from __future__ import annotations

import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
import yaml

from deploy.cli.output import fail


def read_file(file: Path) -> Any:
    """Return what a YAML or JSON file holds, times as texts; ends the verb with status 2 if it cannot be read."""
    try:
        found = yaml.safe_load(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        fail(f"không đọc được {file}", f"{file} cannot be read: {error}", status=2)
    return _plain(found)


def content_key(what: str, value: Any) -> str:
    """Return an idempotency key that the same content always gets."""
    return f"cli/{what}/{sha256(orjson.dumps(value)).hexdigest()[:32]}"


def _plain(value: Any) -> Any:
    # YAML reads a bare time as a datetime; the doors take in RFC 3339 texts.
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, (datetime.datetime, datetime.date)) else value
