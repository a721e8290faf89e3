"""A private RabbitMQ under one directory."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from deploy.instances.accounts import account_for, home_for, own_directory
from deploy.instances.errors import InstanceError, with_tail
from deploy.instances.ports import LOOPBACK
from deploy.instances.processes import Process, launch, recall, remember
from deploy.instances.programs import epmd, rabbit_programs
from deploy.instances.rabbitmq_files import ADMIN, RabbitFiles
from deploy.instances.state import Ports, locked
from deploy.instances.waiting import until

START_SECONDS = 90.0
CONTROL_SECONDS = 60.0
ATTEMPTS = 3

_AMQP_GREETING = b"AMQP\x00\x00\x09\x01"


class PrivateRabbit:
    """One RabbitMQ server of our own; its data survive `stop` and `start`.

    It has no `guest`: its only account at first is an administrator with a random password. It has
    a node name, an Erlang cookie and a port mapper of its own, so it never meets another instance.
    The management plugin (HTTP) is off unless `management` is set. `plugins` are others that it needs.
    """

    def __init__(
        self,
        directory: Path,
        *,
        management: bool = False,
        plugins: Sequence[str] = (),
    ) -> None:
        self._account = account_for("rabbitmq")
        self._home = home_for(directory, self._account)
        self._management = management
        self._ports = Ports(self._home / "ports.json", ("amqp", "distribution", "epmd", "management"))
        self._files = RabbitFiles(self._home, plugins)
        self._pid_file = self._home / "server.pid.json"
        self._epmd_pid_file = self._home / "epmd.pid.json"
        self.log = self._home / "server.log"

    @property
    def port(self) -> int:
        """The AMQP port it listens on, known from the first start on."""
        return self._ports["amqp"]

    def put_beside(self, name: str, text: str) -> Path:
        """Put a file beside its configuration, and return where: what is called .conf is read at the next start."""
        return self._files.put_beside(self._account, name, text)

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
            for attempt in range(1, ATTEMPTS + 1):
                self._end_port_mapper()
                self._ports.choose(anew=attempt > 1)
                self._write_files()
                if self._launch():
                    return
            msg = f"RabbitMQ did not start in {ATTEMPTS} attempts"
            raise with_tail(msg, self.log)

    def stop(self) -> None:
        """Stop it if it runs: durable queues keep their persistent messages."""
        with locked(self._home):
            process = recall(self._pid_file)
            if process and not process.end((signal.SIGTERM, 60), (signal.SIGKILL, 5)):
                msg = f"RabbitMQ (process {process.pid}) cannot be stopped"
                raise with_tail(msg, self.log)
            self._pid_file.unlink(missing_ok=True)
            self._end_port_mapper()

    def destroy(self) -> None:
        """Stop it and delete its data."""
        self.stop()
        shutil.rmtree(self._home)

    def control(self, *args: str, stdin: str | None = None) -> str:
        """Run `rabbitmqctl` against this instance and return what it prints.

        Passwords go through `stdin` (`control("add_user", name, stdin=password)`), since arguments
        are open to every user of the machine. Raises InstanceError when it fails.
        """
        try:
            done = subprocess.run(  # noqa: S603
                [str(rabbit_programs() / "rabbitmqctl"), "--quiet", "--node", self._files.node(), *args],
                check=False,
                capture_output=True,
                text=True,
                input=stdin or "",
                cwd=self._files.database,
                env=self._environment(),
                timeout=CONTROL_SECONDS,
                **self._account.popen_arguments(),
            )
        except subprocess.TimeoutExpired as late:
            msg = f"rabbitmqctl {args[0]} did not answer within {CONTROL_SECONDS:.0f} s"
            raise InstanceError(msg) from late
        if done.returncode:
            msg = f"rabbitmqctl {args[0]} failed: {(done.stderr or done.stdout).strip()}"
            raise InstanceError(msg)
        return str(done.stdout)

    def url(self, vhost: str, user: str, password: str) -> str:
        """Return the AMQP address of a virtual host for an account."""
        account = f"{quote(user, safe='')}:{quote(password, safe='')}"
        return f"amqp://{account}@{LOOPBACK}:{self.port}/{quote(vhost, safe='')}"

    def admin_url(self, vhost: str = "/") -> str:
        """Return the AMQP address of a virtual host for the administrator."""
        return self.url(vhost, ADMIN, self._files.admin_password())

    def management_url(self) -> str:
        """Return the address of the HTTP interface; it answers only with `management` on."""
        account = f"{ADMIN}:{quote(self._files.admin_password(), safe='')}"
        return f"http://{account}@{LOOPBACK}:{self._ports['management']}"

    def _write_files(self) -> None:
        self._files.write(
            self._account,
            amqp_port=self.port,
            management_port=self._ports["management"] if self._management else None,
        )
        for directory in (self._files.database, self._files.logs):
            own_directory(directory, self._account)

    def _launch(self) -> bool:
        """Start port mapper and server; False when another process took a port first."""
        said_before = self.log.stat().st_size if self.log.exists() else 0
        mapper = launch(
            [epmd(), "-address", LOOPBACK, "-port", str(self._ports["epmd"])],
            account=self._account,
            environment=self._environment(),
            directory=self._home,
            log=self.log,
        )
        remember(mapper, self._epmd_pid_file)
        server = launch(
            [rabbit_programs() / "rabbitmq-server"],
            account=self._account,
            environment=self._environment(),
            directory=self._files.database,
            log=self.log,
        )
        remember(server, self._pid_file)
        until(lambda: self._is_ready() or not server.is_alive(), START_SECONDS)
        if server.is_alive() and self._is_ready():
            return True
        self._give_up(server)
        if b"in_use" in self.log.read_bytes()[said_before:]:
            return False
        msg = "RabbitMQ did not start"
        raise with_tail(msg, self.log)

    def _give_up(self, server: Process) -> None:
        server.end((signal.SIGKILL, 5))
        self._pid_file.unlink(missing_ok=True)
        self._end_port_mapper()

    def _end_port_mapper(self) -> None:
        mapper = recall(self._epmd_pid_file)
        if mapper:
            mapper.end((signal.SIGTERM, 5), (signal.SIGKILL, 5))
        self._epmd_pid_file.unlink(missing_ok=True)

    def _is_ready(self) -> bool:
        """RabbitMQ opens its AMQP port last of all and answers a greeting with `connection.start`."""
        try:
            with socket.create_connection((LOOPBACK, self.port), timeout=1) as connection:
                connection.sendall(_AMQP_GREETING)
                return connection.recv(1) == b"\x01"
        except OSError:
            return False

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(self._home),
            "LANG": "C.UTF-8",
            "ERL_EPMD_PORT": str(self._ports["epmd"]),
            "ERL_EPMD_ADDRESS": LOOPBACK,
            "RABBITMQ_DIST_PORT": str(self._ports["distribution"]),
            **self._files.environment(),
        }
