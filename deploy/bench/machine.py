"""On what a figure was measured: a rate without this says nothing."""

from __future__ import annotations

import os
import platform
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from kombu import Connection

from deploy.bench.peers.servers import MessageServer, SqlServer
from shared.clock import VIETNAM

_MIB = 1 << 20


def describe(postgres: SqlServer, rabbit: MessageServer, now: datetime) -> dict[str, Any]:
    """Return processor, memory, versions and the date in Viet Nam."""
    return {
        "cpu": processor(Path("/proc/cpuinfo")),
        "cores": len(os.sched_getaffinity(0)),
        "memory_mib": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // _MIB,
        "postgresql": _postgres_version(postgres.admin_dsn()),
        "rabbitmq": _rabbit_version(rabbit.admin_url()),
        "python": platform.python_version(),
        "date": now.astimezone(VIETNAM).date().isoformat(),
    }


def processor(cpuinfo: Path) -> str:
    """Return the processor's model, or the machine's kind where the file does not say."""
    try:
        lines = cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    for line in lines:
        name, _, value = line.partition(":")
        if name.strip() == "model name" and value.strip():
            return value.strip()
    return platform.machine()


def _postgres_version(dsn: str) -> str:
    with psycopg.connect(dsn) as connection:
        row = connection.execute("SHOW server_version").fetchone()
    return str(row[0]).split()[0] if row else "unknown"


def _rabbit_version(url: str) -> str:
    with Connection(url) as connection:
        connection.connect()
        return str(connection.connection.server_properties.get("version", "unknown"))
