"""The files that make a RabbitMQ instance a private one."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.instances.accounts import Account, own_directory, write_private
from deploy.instances.ports import LOOPBACK

ADMIN = "lienthong-admin"

_ON_LOOPBACK = "-kernel inet_dist_use_interface {127,0,0,1}"


@dataclass(frozen=True, slots=True)
class RabbitFiles:
    """Configuration, secrets and data directories under one home."""

    home: Path
    plugins: Sequence[str] = ()
    """Besides management, which has its own port."""

    @property
    def beside(self) -> Path:
        """Where further files lie: of those, RabbitMQ reads what is called .conf as settings."""
        return self.home / "conf.d"

    @property
    def database(self) -> Path:
        """Where queues and accounts are kept."""
        return self.home / "database"

    @property
    def logs(self) -> Path:
        """Where Erlang writes besides the server's log."""
        return self.home / "logs"

    def node(self) -> str:
        """Return the name of the Erlang node."""
        return (self.home / "node-name").read_text(encoding="ascii")

    def admin_password(self) -> str:
        """Return the administrator's password."""
        return (self.home / "admin-password").read_text(encoding="ascii")

    def write(self, account: Account, *, amqp_port: int, management_port: int | None) -> None:
        """Write what is missing of names and secrets, and the configuration anew."""
        for name, text in (
            ("node-name", f"lienthong-{secrets.token_hex(4)}@localhost"),
            ("admin-password", secrets.token_urlsafe(24)),
            (".erlang.cookie", secrets.token_hex(20)),
        ):
            if not (self.home / name).exists():
                write_private(self.home / name, text, account)
        plugins = [*self.plugins, *([] if management_port is None else ["rabbitmq_management"])]
        write_private(self.home / "enabled_plugins", f"[{','.join(plugins)}].\n", account)
        write_private(self.home / "rabbitmq.conf", self._configuration(amqp_port, management_port), account)

    def put_beside(self, account: Account, name: str, text: str) -> Path:
        """Write a further file, and return where it lies."""
        own_directory(self.beside, account)
        write_private(self.beside / name, text, account)
        return self.beside / name

    def environment(self) -> dict[str, str]:
        """Return the variables that point RabbitMQ here and away from the system's instance."""
        return {
            "RABBITMQ_NODENAME": self.node(),
            "RABBITMQ_MNESIA_BASE": str(self.database),
            "RABBITMQ_LOG_BASE": str(self.logs),
            "RABBITMQ_CONFIG_FILE": str(self.home / "rabbitmq.conf"),
            "RABBITMQ_CONFIG_FILES": str(self.beside / "*.conf"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(self.home / "advanced.config"),
            "RABBITMQ_CONF_ENV_FILE": str(self.home / "rabbitmq-env.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.home / "enabled_plugins"),
            "ERL_CRASH_DUMP": str(self.logs / "erl_crash.dump"),
            # The start script then becomes the server, instead of standing in front of it.
            "RUNNING_UNDER_SYSTEMD": "true",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": _ON_LOOPBACK,
            "RABBITMQ_CTL_ERL_ARGS": _ON_LOOPBACK,
        }

    def _configuration(self, amqp_port: int, management_port: int | None) -> str:
        lines = [
            f"listeners.tcp.default = {LOOPBACK}:{amqp_port}",
            f"default_user = {ADMIN}",
            f"default_pass = {self.admin_password()}",
            "default_user_tags.administrator = true",
            "log.file = false",
            "log.console = true",
            "log.console.level = info",
            # The default of 512 MiB is held in memory before it is written out.
            "raft.wal_max_size_bytes = 64000000",
        ]
        if management_port is not None:
            lines += [f"management.tcp.ip = {LOOPBACK}", f"management.tcp.port = {management_port}"]
        return "\n".join(lines) + "\n"
