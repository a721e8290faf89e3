"""The only reader of the environment: typed, and failing at start with a sentence.

Each setting `X` may also be given as `X_FILE`, the path of a file that holds it, so that secrets
need not stand in the environment.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path


class SettingsError(Exception):
    """A setting is missing or makes no sense; the text says which and why."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What one process of one service must be told (the full stack)."""

    database: str
    """LIENTHONG_DATABASE: libpq connection string, with the service's own role."""
    keys_database: str | None
    """LIENTHONG_KEYS_DATABASE: the same with the role that reads dossier keys; intake alone has it."""
    broker: str
    """LIENTHONG_BROKER: amqp:// URL with the vhost."""
    http: str
    """LIENTHONG_HTTP: address:port to listen on."""
    home: Path
    """LIENTHONG_HOME: folder of tokens and of the master key."""
    public_url: str
    """LIENTHONG_PUBLIC_URL: where agencies reach intake, for links in hand-overs."""
    tolerance: timedelta
    """LIENTHONG_TOLERANCE_HOURS: how far back an asserted time is believed (24)."""
    verify_senders: bool
    """LIENTHONG_VERIFY_SENDERS: refuse commands without a broker-validated sender (yes)."""
    json_log: bool = False
    """LIENTHONG_LOG: `text` for people (the default), or `json`."""
    traces: bool = False
    """Whether OTEL_EXPORTER_OTLP_ENDPOINT, or OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, names a collector."""


_COLLECTOR = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Return the settings of this process. Raises SettingsError."""
    env = os.environ if environment is None else environment
    return Settings(
        database=_required(env, "LIENTHONG_DATABASE"),
        keys_database=_optional(env, "LIENTHONG_KEYS_DATABASE"),
        broker=_required(env, "LIENTHONG_BROKER"),
        http=_optional(env, "LIENTHONG_HTTP") or "127.0.0.1:8000",
        home=Path(_required(env, "LIENTHONG_HOME")),
        public_url=_optional(env, "LIENTHONG_PUBLIC_URL") or "http://127.0.0.1:8000",
        tolerance=timedelta(hours=_number(env, "LIENTHONG_TOLERANCE_HOURS", 24)),
        verify_senders=_switch(env, "LIENTHONG_VERIFY_SENDERS", default=True),
        json_log=_choice(env, "LIENTHONG_LOG", "text", "json") == "json",
        traces=any(env.get(name) for name in _COLLECTOR),
    )


def _optional(env: Mapping[str, str], name: str) -> str | None:
    value = env.get(name)
    if value:
        return value
    path = env.get(f"{name}_FILE")
    if not path:
        return None
    try:
        return Path(path).read_text().strip()
    except OSError as error:
        msg = f"{name}_FILE: {error}"
        raise SettingsError(msg) from error


def _required(env: Mapping[str, str], name: str) -> str:
    value = _optional(env, name)
    if value is None:
        msg = f"{name} (or {name}_FILE) must be set"
        raise SettingsError(msg)
    return value


def _number(env: Mapping[str, str], name: str, default: float) -> float:
    value = _optional(env, name)
    if value is None:
        return default
    try:
        return float(value)
    except ValueError as error:
        msg = f"{name} must be a number, not {value!r}"
        raise SettingsError(msg) from error


def _choice(env: Mapping[str, str], name: str, *choices: str) -> str:
    value = _optional(env, name) or choices[0]
    if value not in choices:
        msg = f"{name} must be {' or '.join(choices)}, not {value!r}"
        raise SettingsError(msg)
    return value


def _switch(env: Mapping[str, str], name: str, *, default: bool) -> bool:
    value = _optional(env, name)
    if value is None:
        return default
    if value.lower() not in {"yes", "no"}:
        msg = f"{name} must be yes or no, not {value!r}"
        raise SettingsError(msg)
    return value.lower() == "yes"
