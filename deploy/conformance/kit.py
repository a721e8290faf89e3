"""One run of the kit: sandbox, connector, story, report."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from deploy.conformance.desk import Desk
from deploy.conformance.program import Program
from deploy.conformance.proxy import Proxy
from deploy.conformance.report import Report
from deploy.conformance.sandbox import Sandbox, Server, make, remove
from deploy.conformance.story import Said, Story
from deploy.connector.settings import AGENCY, BROKER
from deploy.containers.management import Management

STORE = "LIENTHONG_STORE"
CONFIG = "LIENTHONG_CONFIG"


@dataclass(frozen=True, slots=True)
class RemoteServer:
    """A broker that runs elsewhere, with its HTTP interface."""

    management: Management
    place: str
    """host:port of its AMQP door."""

    def control(self, *args: str, stdin: str | None = None) -> str:
        """Do what `rabbitmqctl` would do."""
        return self.management.control(*args, stdin=stdin)

    def url(self, vhost: str, user: str, password: str) -> str:
        """Return the AMQP address of a virtual host for an account."""
        return f"amqp://{user}:{password}@{self.place}/{vhost.replace('/', '%2F')}"


@dataclass(frozen=True, slots=True)
class Trial:
    """What is tried, and how."""

    command: Sequence[str]
    """The connector's command line; empty when somebody else runs it."""
    listen: tuple[str, int] = ("127.0.0.1", 0)
    patience: float = 10.0
    """Seconds for an answer."""
    connect_seconds: float = 30.0


def run(server: Server, trial: Trial, *, said: Said, announce: Callable[[Mapping[str, str]], None]) -> Report:
    """Try a connector and return the report; `announce` is told how it connects.

    Raises OSError when there is no such program or the address to listen at is taken.
    """
    sandbox = make(server)
    try:
        with tempfile.TemporaryDirectory(prefix="conformance-") as folder:
            return _try(sandbox, trial, Path(folder), said, announce)
    finally:
        remove(server, sandbox)


def _try(
    sandbox: Sandbox,
    trial: Trial,
    folder: Path,
    said: Said,
    announce: Callable[[Mapping[str, str]], None],
) -> Report:
    broker = urlsplit(sandbox.kit_url)
    desk = Desk(sandbox)
    proxy = Proxy((str(broker.hostname), int(broker.port or 5672)), trial.listen)
    settings = {AGENCY: sandbox.agency, BROKER: sandbox.address(proxy.place)}
    announce(settings)
    program = _program(trial.command, settings, folder)
    try:
        if program:
            program.start()
        story = Story(sandbox.agency, desk, proxy, program, patience=trial.patience, said=said)
        return story.play(trial.connect_seconds)
    finally:
        if program:
            program.kill()
        proxy.close()
        with suppress(OSError):
            desk.close()


def _program(command: Sequence[str], settings: Mapping[str, str], folder: Path) -> Program | None:
    """Return the program, with its settings in its environment and in a file."""
    if not command:
        return None
    config = folder / "agency.env"
    config.touch(mode=0o600)
    config.write_text("".join(f"{name}={value}\n" for name, value in settings.items()), encoding="utf-8")
    told = {**settings, CONFIG: str(config), STORE: str(folder / "store")}
    words = [word.replace("{config}", str(config)).replace("{agency}", settings[AGENCY]) for word in command]
    return Program([word.replace("{store}", told[STORE]) for word in words], told, folder / "connector.log")
