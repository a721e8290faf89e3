"""Who connects, and where to: the settings that an agency gets when it is enrolled."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

AGENCY = "LIENTHONG_AGENCY"
BROKER = "LIENTHONG_BROKER"
CA = "LIENTHONG_CA"
CERTIFICATE = "LIENTHONG_CERTIFICATE"
KEY = "LIENTHONG_KEY"


class SettingsError(Exception):
    """Settings that cannot be used, said in both languages."""

    def __init__(self, vi: str, en: str) -> None:
        self.vi, self.en = vi, en
        super().__init__(en)


@dataclass(frozen=True, slots=True)
class Settings:
    """An agency's way to the broker."""

    agency: str
    """Its id, such as H47.12."""
    broker: str
    """amqp:// or amqps://, with account, password and virtual host."""
    ca: str | None = None
    """PEM file of who signed the broker's certificate; the system's own list where there is none."""
    certificate: str | None = None
    key: str | None = None

    @property
    def account(self) -> str:
        """The broker account, which is the queue's name too."""
        return f"agency.{self.agency}"

    @property
    def source(self) -> str:
        """How our messages name their sender."""
        return f"/agencies/{self.agency}"

    def tls(self) -> dict[str, Any] | bool:
        """Return what the client library wants to know for an encrypted connection."""
        if not self.broker.startswith("amqps:"):
            return False
        options = {"ca_certs": self.ca, "certfile": self.certificate, "keyfile": self.key}
        given = {name: value for name, value in options.items() if value}
        return {"cert_reqs": ssl.CERT_REQUIRED, **given}


def from_mapping(values: Mapping[str, str]) -> Settings:
    """Return settings from variables of the environment. Raises SettingsError when one is missing."""
    for name in (AGENCY, BROKER):
        if not values.get(name):
            raise SettingsError(f"thiếu {name}", f"{name} is missing")
    if not values[BROKER].startswith(("amqp://", "amqps://")):
        raise SettingsError(
            f"{BROKER} phải bắt đầu bằng amqp:// hoặc amqps://", f"{BROKER} is no amqp(s) address"
        )
    return Settings(
        values[AGENCY],
        values[BROKER],
        values.get(CA),
        values.get(CERTIFICATE),
        values.get(KEY),
    )


def from_file(path: Path) -> Settings:
    """Return settings from a file of NAME=value lines, as a shell or systemd reads them.

    Raises SettingsError when it cannot be read or lacks something.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"không đọc được {path}", f"{path} cannot be read: {error}") from None
    return from_mapping(dict(_assignments(lines)))


def _assignments(lines: list[str]) -> list[tuple[str, str]]:
    pairs = []
    for line in lines:
        name, equals, value = line.strip().removeprefix("export ").partition("=")
        if equals and not name.startswith("#"):
            pairs.append((name.strip(), value.strip().strip("\"'")))
    return pairs
