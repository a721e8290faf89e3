"""Real servers accept the settings that the full stack gives them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

import deploy
from deploy.instances.postgres import PrivatePostgres
from deploy.instances.rabbitmq import PrivateRabbit

pytestmark = pytest.mark.integration

DEPLOY = Path(deploy.__file__ or "").parent
POLICIES = DEPLOY / "rabbitmq" / "policies.json"


def a_readable_copy(source: Path, target: Path) -> Path:
    target.parent.mkdir(exist_ok=True)
    target.parent.chmod(0o755)
    shutil.copy(source, target)
    target.chmod(0o644)
    return target


@pytest.fixture
def rabbit(tmp_path: Path) -> Iterator[PrivateRabbit]:
    rabbit = PrivateRabbit(tmp_path / "rabbitmq")
    a_readable_copy(
        DEPLOY / "rabbitmq" / "rabbitmq.conf", rabbit.log.parent / "conf.d" / "50-full-stack.conf"
    )
    try:
        rabbit.start()
        yield rabbit
    finally:
        rabbit.destroy()


def test_postgresql_takes_the_settings_of_the_full_stack(tmp_path: Path) -> None:
    home = PrivatePostgres(tmp_path / "postgres").log.parent
    settings = a_readable_copy(DEPLOY / "postgres" / "postgresql.conf", home / "postgresql.conf")
    postgres = PrivatePostgres(tmp_path / "postgres", settings={"config_file": str(settings)})
    try:
        postgres.start()
        with psycopg.connect(postgres.admin_dsn()) as connection:
            faults = connection.execute("SELECT * FROM pg_file_settings WHERE error IS NOT NULL").fetchall()
            durable = connection.execute("SELECT current_setting('synchronous_commit')").fetchone()
            patience = connection.execute(
                "SELECT current_setting('idle_in_transaction_session_timeout')"
            ).fetchone()
    finally:
        postgres.destroy()

    assert [fault for fault in faults if "listen_addresses" not in str(fault)] == []
    assert durable == ("on",)
    assert patience == ("1min",)


def test_rabbitmq_takes_the_settings_and_policies_of_the_full_stack(rabbit: PrivateRabbit) -> None:
    environment = rabbit.control("environment")
    rabbit.control("add_vhost", "/lienthong")
    rabbit.control("import_definitions", stdin=POLICIES.read_text(encoding="utf-8"))

    assert "{consumer_timeout,3600000}" in environment
    listed = json.loads(rabbit.control("list_policies", "--vhost", "/lienthong", "--formatter", "json"))
    wanted = json.loads(POLICIES.read_text(encoding="utf-8"))["policies"]
    assert {policy["name"]: json.loads(policy["definition"]) for policy in listed} == {
        policy["name"]: policy["definition"] for policy in wanted
    }
