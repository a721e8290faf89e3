"""The full stack on this machine: private PostgreSQL and RabbitMQ, and one process per service.

Everything lives under one folder (`.run` by default). Only what was started from that folder is
ever stopped.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Any

from deploy.composition.parts import migration_sets
from deploy.files import PASSWORDS, SIGNING_KEY
from deploy.instances.accounts import Account
from deploy.instances.errors import InstanceError, with_tail
from deploy.instances.ports import LOOPBACK, free_port, is_free
from deploy.instances.postgres import PrivatePostgres
from deploy.instances.processes import launch, recall, remember
from deploy.instances.rabbitmq import PrivateRabbit
from deploy.instances.state import locked
from deploy.instances.waiting import until
from deploy.names import SERVICES
from deploy.own_tokens import own_token
from deploy.provision import (
    DATABASE,
    SERVICES_ACCOUNT,
    VHOST,
    Passwords,
    provision_agency,
    provision_broker,
    provision_database,
    role_of,
)
from shared.persistence.migrations import MigrationSet, Phase, migrate
from shared.persistence.postgres import PostgresDatabase
from shared.signing import Signer

READY_SECONDS = 60.0
RESTORING = "restoring"
"""Lies in a folder while a backup is being restored into it; half of one starts nothing."""
TOLERANCE = "LIENTHONG_TOLERANCE_HOURS"
"""What an operator may set for a while: see docs/backup.md."""
PROJECT = Path(__file__).parent.parent
KEYS_MIGRATIONS = MigrationSet("keys", PROJECT / "shared" / "persistence" / "keys_migrations")

_HANDED_ON = ("OTEL_", "LIENTHONG_LOG")

Report = Callable[[str], None]


@dataclass(slots=True)
class Stack:
    """A full stack under one folder."""

    directory: Path
    report: Report = field(default=lambda _line: None)
    postgres: PrivatePostgres = field(init=False)
    rabbit: PrivateRabbit = field(init=False)

    def __post_init__(self) -> None:
        self.directory = self.directory.resolve()
        self.postgres = PrivatePostgres(self.directory / "postgres")
        self.rabbit = PrivateRabbit(self.directory / "rabbitmq")

    @property
    def home(self) -> Path:
        """The folder of secrets."""
        return self.directory / "home"

    @property
    def passwords(self) -> Passwords:
        """Passwords of roles and accounts."""
        return Passwords(self.home / PASSWORDS)

    def urls(self) -> dict[str, str]:
        """Return where each service listens."""
        return {name: f"http://{LOOPBACK}:{port}" for name, port in self._ports().items()}

    def token(self, role: str) -> str:
        """Return the command line's own token for a role."""
        return own_token(self.home, role)

    def dsn(self, schema: str) -> str:
        """Return the database address of a schema's own role."""
        role = role_of(schema)
        return self.postgres.dsn(DATABASE, role, self.passwords.of(role))

    def broker_url(self, account: str = SERVICES_ACCOUNT) -> str:
        """Return the broker address of an account."""
        return self.rabbit.url(VHOST, account, self.passwords.of(account))

    def enrol(self, agency: str) -> str:
        """Make an agency's broker account and return its broker address."""
        provision_agency(self.rabbit, self.passwords, agency)
        return self.broker_url(f"agency.{agency}")

    def start(self) -> None:
        """Start what does not run, in order, and return when every service answers.

        A port that somebody else took meanwhile is replaced. Raises InstanceError, with the end of the
        log, when something does not come up.
        """
        if (self.directory / RESTORING).exists():
            msg = f"a restore into {self.directory} did not come to its end: delete the folder, restore again"
            raise InstanceError(msg)
        self.home.mkdir(parents=True, exist_ok=True)
        self.home.chmod(0o700)
        Signer.of(self.home / SIGNING_KEY)
        with locked(self.directory):
            self.start_servers()
            self._replace_lost_ports()
            for name in SERVICES:
                self.start_service(name)
            for name in SERVICES:
                self._await(name)

    def start_servers(self) -> None:
        """Start PostgreSQL and RabbitMQ, with roles, schemas, migrations and accounts in place."""
        self.report("PostgreSQL ...")
        self.postgres.start()
        provision_database(self.postgres.admin_dsn(), self.passwords)
        self.report("RabbitMQ ...")
        self.rabbit.start()
        provision_broker(self.rabbit, self.passwords)
        self.report("migrations ...")
        self.migrate()

    def migrate(self, phase: Phase = "all") -> None:
        """Bring every schema to the newest migration, or only to those of a phase of an upgrade."""
        os.environ.setdefault("PSYCOPG_WAIT_FUNC", "wait_select")
        sets = {name: migration_sets(name) for name in SERVICES} | {"keys": [KEYS_MIGRATIONS]}
        for schema, wanted in sets.items():
            database = PostgresDatabase(self.dsn(schema), schema, 1)
            try:
                migrate(database, wanted, phase)
            finally:
                database.close()

    def start_service(self, name: str) -> None:
        """Start one service's process if it does not run."""
        if recall(self._pid_file(name)):
            return
        self.report(f"{name} ...")
        process = launch(
            [sys.executable, "-m", "deploy.cli", "serve", name],
            account=Account(),
            environment=self._environment(name),
            directory=PROJECT,
            log=self.log(name),
        )
        remember(process, self._pid_file(name))

    def stop_service(self, name: str, how: signal.Signals = signal.SIGTERM) -> None:
        """Stop one service's process if it runs."""
        process = recall(self._pid_file(name))
        if process and not process.end((how, 20), (signal.SIGKILL, 5)):
            msg = f"{name} (process {process.pid}) cannot be stopped"
            raise InstanceError(msg)
        self._pid_file(name).unlink(missing_ok=True)

    def stop(self) -> None:
        """Stop the services, then the servers; only what this folder's stack started."""
        with locked(self.directory):
            for name in SERVICES:
                self.stop_service(name)
            self.rabbit.stop()
            self.postgres.stop()

    def log(self, name: str) -> Path:
        """Return where a service writes."""
        return self.directory / f"{name}.log"

    def status(self) -> dict[str, dict[str, Any]]:
        """Return how every part is."""
        urls = self.urls()
        return {
            "postgresql": {"status": "ok" if self.postgres.is_running() else "down"},
            "rabbitmq": {"status": "ok" if self.rabbit.is_running() else "down"},
            **{name: health(urls[name]) for name in SERVICES},
        }

    def _await(self, name: str) -> None:
        def is_settled() -> bool:
            return health(self.urls()[name])["status"] == "ok" or not recall(self._pid_file(name))

        until(is_settled, READY_SECONDS)
        if health(self.urls()[name])["status"] != "ok":
            msg = f"{name} did not become ready"
            raise with_tail(msg, self.log(name))

    def _pid_file(self, name: str) -> Path:
        return self.directory / f"{name}.pid.json"

    def _ports(self) -> dict[str, int]:
        path = self.directory / "ports.json"
        ports: dict[str, int] = json.loads(path.read_text()) if path.exists() else {}
        for name in SERVICES:
            if name not in ports:
                ports[name] = free_port(list(ports.values()))
        self._keep_ports(ports)
        return ports

    def _replace_lost_ports(self) -> None:
        """Give services that do not run another port where theirs is taken."""
        ports = self._ports()
        for name in SERVICES:
            if not recall(self._pid_file(name)) and not is_free(ports[name]):
                ports[name] = free_port(list(ports.values()))
        self._keep_ports(ports)

    def _keep_ports(self, ports: dict[str, int]) -> None:
        """Write them whole: other processes read the file at any moment."""
        self.directory.mkdir(parents=True, exist_ok=True)
        path = self.directory / "ports.json"
        text = json.dumps(ports)
        if path.exists() and path.read_text() == text:
            return
        fresh = path.with_suffix(f".{os.getpid()}.new")
        fresh.write_text(text)
        fresh.replace(path)

    def _environment(self, name: str) -> dict[str, str]:
        ports = self._ports()
        environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "LANG": "C.UTF-8",
            "PYTHONUNBUFFERED": "1",
            "LIENTHONG_DATABASE": self.dsn(name),
            "LIENTHONG_BROKER": self.broker_url(),
            "LIENTHONG_HTTP": f"{LOOPBACK}:{ports[name]}",
            "LIENTHONG_HOME": str(self.home),
            "LIENTHONG_PUBLIC_URL": f"http://{LOOPBACK}:{ports['intake']}",
        }
        # How it logs, and to whom it tells its traces, is for whoever starts it to say.
        environment |= {key: value for key, value in os.environ.items() if key.startswith(_HANDED_ON)}
        if tolerance := os.environ.get(TOLERANCE):
            environment[TOLERANCE] = tolerance
        if name == "intake":
            environment["LIENTHONG_KEYS_DATABASE"] = self.dsn("keys")
        return environment


def health(url: str) -> dict[str, Any]:
    """Return what a service says of itself, or that it is down."""
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=5) as response:  # noqa: S310
            answer: dict[str, Any] = json.load(response)
            return answer
    except urllib.error.HTTPError as error:
        return {"status": f"HTTP {error.code}"}
    except (OSError, HTTPException):
        return {"status": "down"}
    except ValueError:
        return {"status": "not ours"}
