"""A private PostgreSQL under one directory."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from deploy.instances.accounts import account_for, home_for, own_directory, write_private
from deploy.instances.errors import with_tail
from deploy.instances.ports import LOOPBACK
from deploy.instances.processes import Process, is_unburied, launch, open_log, recall, remember
from deploy.instances.programs import postgres_programs
from deploy.instances.state import Ports, locked
from deploy.instances.waiting import until

SUPERUSER = "lienthong_admin"
START_SECONDS = 60.0
ATTEMPTS = 3

_SETTINGS: Mapping[str, str] = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "password_encryption": "scram-sha-256",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


class PrivatePostgres:
    """One PostgreSQL server of our own; its data survive `stop` and `start`.

    `settings` are added to its configuration (`{"fsync": "off"}` for a throw-away one).
    """

    def __init__(self, directory: Path, settings: Mapping[str, str] | None = None) -> None:
        self._account = account_for("postgres")
        self._home = home_for(directory, self._account)
        self._settings = {**_SETTINGS, **(settings or {})}
        self._ports = Ports(self._home / "ports.json", ("sql",))
        self._pid_file = self._home / "server.pid.json"
        self._data = self._home / "data"
        self._password_file = self._home / "superuser-password"
        self.log = self._home / "server.log"

    @property
    def port(self) -> int:
        """The port it listens on, known from the first start on."""
        return self._ports["sql"]

    def is_running(self) -> bool:
        """Say whether the server that we started still runs."""
        return recall(self._pid_file) is not None

    def start(self) -> None:
        """Start it if it does not run, and return when it takes connections.

        Raises InstanceError with the end of the server's log when it does not come up.
        """
        with locked(self._home):
            if self.is_running():
                return
            if not self._data.exists():
                self._initialise()
            self._await_burial()
            for attempt in range(1, ATTEMPTS + 1):
                self._ports.choose(anew=attempt > 1)
                if self._launch():
                    return
            msg = f"PostgreSQL did not start in {ATTEMPTS} attempts"
            raise with_tail(msg, self.log)

    def stop(self) -> None:
        """Stop it if it runs: open transactions are rolled back, committed data are safe."""
        with locked(self._home):
            process = recall(self._pid_file)
            # PostgreSQL's words: SIGINT is a fast shutdown, SIGQUIT an immediate one (recovers later).
            if process and not process.end((signal.SIGINT, 30), (signal.SIGQUIT, 10), (signal.SIGKILL, 5)):
                msg = f"PostgreSQL (process {process.pid}) cannot be stopped"
                raise with_tail(msg, self.log)
            self._pid_file.unlink(missing_ok=True)

    def destroy(self) -> None:
        """Stop it and delete its data."""
        self.stop()
        shutil.rmtree(self._home)

    def dsn(self, dbname: str, user: str, password: str) -> str:
        """Return the address of a database for a role."""
        return f"postgresql://{quote(user)}:{quote(password, safe='')}@{LOOPBACK}:{self.port}/{quote(dbname)}"

    def admin_dsn(self, dbname: str = "postgres") -> str:
        """Return the address of a database for the superuser."""
        return self.dsn(dbname, SUPERUSER, self._password_file.read_text(encoding="ascii"))

    def _initialise(self) -> None:
        write_private(self._password_file, secrets.token_urlsafe(24), self._account)
        new = self._home / "data.new"
        shutil.rmtree(new, ignore_errors=True)
        own_directory(new, self._account)
        command = [
            str(postgres_programs() / "initdb"),
            f"--pgdata={new}",
            f"--username={SUPERUSER}",
            f"--pwfile={self._password_file}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
        ]
        with open_log(self.log) as output:
            done = subprocess.run(  # noqa: S603
                command,
                check=False,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self._home,
                env=self._environment(),
                **self._account.popen_arguments(),
            )
        if done.returncode:
            msg = "PostgreSQL's data directory could not be made"
            raise with_tail(msg, self.log)
        new.rename(self._data)

    def _await_burial(self) -> None:
        """Wait while a killed server still counts as running for PostgreSQL, which asks `kill(pid, 0)`."""
        lock = self._data / "postmaster.pid"
        if lock.exists():
            pid = int(lock.read_text(encoding="ascii").split()[0])
            until(lambda: not is_unburied(pid), START_SECONDS)

    def _launch(self) -> bool:
        """Start the server; False when another process took the port first."""
        options = [f"--{name}={value}" for name, value in {**self._settings, "port": str(self.port)}.items()]
        said_before = self.log.stat().st_size
        process = launch(
            [postgres_programs() / "postgres", "-D", self._data, *options],
            account=self._account,
            environment=self._environment(),
            directory=self._data,
            log=self.log,
        )
        remember(process, self._pid_file)
        until(lambda: self._is_ready() or not process.is_alive(), START_SECONDS)
        if process.is_alive() and self._is_ready():
            return True
        self._give_up(process)
        said = self.log.read_bytes()[said_before:]
        if b"in use" in said:
            return False
        msg = "PostgreSQL did not start"
        raise with_tail(msg, self.log)

    def _give_up(self, process: Process) -> None:
        process.end((signal.SIGQUIT, 5), (signal.SIGKILL, 5))
        self._pid_file.unlink(missing_ok=True)

    def _is_ready(self) -> bool:
        question = [str(postgres_programs() / "pg_isready"), "-q", "-h", LOOPBACK, "-p", str(self.port)]
        return subprocess.run(question, check=False, cwd="/").returncode == 0  # noqa: S603

    def _environment(self) -> dict[str, str]:
        return {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(self._home), "LC_ALL": "C.UTF-8"}
