"""The one-shot parts of the compose file, run against real servers instead of containers."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import kombu
import psycopg
import pytest
from amqp.exceptions import AccessRefused
from click.testing import CliRunner

from deploy.backup.taking import agency_accounts
from deploy.cli.containers import migrate, secrets
from deploy.containers.management import Management, ManagementError
from deploy.containers.secret_files import create_secrets
from deploy.instances.postgres import PrivatePostgres
from deploy.instances.rabbitmq import PrivateRabbit
from deploy.names import SERVICES
from shared.access import TokenFile
from shared.master_key import read_master_key
from shared.settings import read_settings

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivatePostgres]:
    postgres = PrivatePostgres(tmp_path_factory.mktemp("first-start") / "postgres", {"fsync": "off"})
    postgres.start()
    yield postgres
    postgres.destroy()


@pytest.fixture(scope="module")
def rabbit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateRabbit]:
    rabbit = PrivateRabbit(tmp_path_factory.mktemp("first-start") / "rabbitmq", management=True)
    rabbit.start()
    yield rabbit
    rabbit.destroy()


@pytest.fixture(scope="module")
def folder(
    postgres: PrivatePostgres, rabbit: PrivateRabbit, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The secrets of a prepared stack; the servers' own administrators stand in for the containers'."""
    folder = tmp_path_factory.mktemp("secrets")
    (folder / "operator").mkdir()
    (folder / "operator" / "database-admin").write_text(postgres.admin_dsn())
    (folder / "operator" / "broker-management").write_text(rabbit.management_url())
    places = ["--postgres", f"127.0.0.1:{postgres.port}", "--rabbitmq", f"127.0.0.1:{rabbit.port}"]
    made = CliRunner().invoke(secrets, ["init", *places, str(folder)])
    assert made.exit_code == 0, made.output
    prepared = CliRunner().invoke(migrate, ["--secrets", str(folder)])
    assert prepared.exit_code == 0, prepared.output
    return folder


def settings_of(service: str, folder: Path) -> dict[str, str]:
    environment = {
        "LIENTHONG_HOME": str(folder / service),
        "LIENTHONG_DATABASE_FILE": str(folder / service / "database"),
        "LIENTHONG_BROKER_FILE": str(folder / service / "broker"),
    }
    if service == "intake":
        environment["LIENTHONG_KEYS_DATABASE_FILE"] = str(folder / service / "keys-database")
    return environment


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_reaches_its_own_schema_and_the_broker(service: str, folder: Path) -> None:
    settings = read_settings(settings_of(service, folder))

    with psycopg.connect(settings.database) as connection:
        connection.execute(f"SELECT count(*) FROM {service}.schema_migration")
    with kombu.Connection(settings.broker) as broker:
        broker.connect()
        assert broker.virtual_host == "/lienthong"


@pytest.mark.parametrize("schema", ["routing", "processing", "statistics", "keys"])
def test_a_service_cannot_read_anothers_schema(schema: str, folder: Path) -> None:
    settings = read_settings(settings_of("intake", folder))

    with (
        psycopg.connect(settings.database) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(f"SELECT count(*) FROM {schema}.schema_migration")


def test_dossier_keys_are_open_to_their_own_role_alone(folder: Path) -> None:
    keys = read_settings(settings_of("intake", folder)).keys_database

    assert keys
    with psycopg.connect(keys) as connection:
        assert connection.execute("SELECT count(*) FROM keys.dossier_key").fetchone() == (0,)
    assert len(read_master_key(folder / "intake" / "master.key")) == 32
    assert [name for name in SERVICES if (folder / name / "keys-database").exists()] == ["intake"]


def test_the_brokers_policies_are_in_force(folder: Path, rabbit: PrivateRabbit) -> None:
    assert {"inputs", "agencies", "parked"} <= set(
        rabbit.control("list_policies", "--vhost", "/lienthong").split()
    )


def test_a_second_start_changes_nothing(folder: Path, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}

    again = CliRunner().invoke(secrets, ["init", "--postgres", "a:1", "--rabbitmq", "b:2", str(folder)])
    prepared = CliRunner().invoke(migrate, ["--secrets", str(folder)])

    assert (again.exit_code, again.output) == (0, "")
    assert prepared.exit_code == 0
    assert prepared.stdout == ""
    assert {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()} == before


def test_a_first_start_that_broke_off_is_completed(tmp_path: Path) -> None:
    whole = create_secrets(tmp_path, "postgres:5432", "rabbitmq:5672")
    kept = (tmp_path / "intake" / "database").read_text()
    (tmp_path / "routing" / "broker").unlink()
    (tmp_path / "intake" / "master.key").unlink()

    assert create_secrets(tmp_path, "postgres:5432", "rabbitmq:5672") == [
        "routing/broker",
        "intake/master.key",
    ]
    assert (tmp_path / "intake" / "database").read_text() == kept
    assert (tmp_path / "routing" / "broker").read_text() == (tmp_path / "intake" / "broker").read_text()
    assert "routing/broker" in whole


def test_the_addresses_are_those_of_the_compose_file(tmp_path: Path) -> None:
    create_secrets(tmp_path, "postgres:5432", "rabbitmq:5672")

    database = urlsplit((tmp_path / "routing" / "database").read_text())
    broker = urlsplit((tmp_path / "routing" / "broker").read_text())
    admin = urlsplit((tmp_path / "operator" / "database-admin").read_text())
    assert (database.username, database.hostname, database.port, database.path) == (
        "lienthong_routing",
        "postgres",
        5432,
        "/lienthong",
    )
    assert (broker.username, broker.hostname, broker.port, broker.path) == (
        "services",
        "rabbitmq",
        5672,
        "/%2Flienthong",
    )
    assert admin.password == (tmp_path / "postgres" / "superuser-password").read_text()


def test_secrets_are_open_to_their_owners_alone(tmp_path: Path) -> None:
    create_secrets(tmp_path, "postgres:5432", "rabbitmq:5672")

    open_ones = {
        str(path.relative_to(tmp_path))
        for path in tmp_path.rglob("*")
        if path.is_file() and path.stat().st_mode & 0o077
    }
    assert open_ones == {"postgres/superuser-password", "rabbitmq/admin.conf"}


def test_a_token_issued_later_is_known_to_every_service(tmp_path: Path) -> None:
    create_secrets(tmp_path, "postgres:5432", "rabbitmq:5672")
    (tmp_path / "tokens").mkdir(exist_ok=True)
    doors = [TokenFile(tmp_path / service / "tokens.json") for service in SERVICES]

    token = TokenFile(tmp_path / "tokens" / "tokens.json").issue("officer", "an")

    assert {door.holder(f"Bearer {token}").role for door in doors} == {"officer"}


def test_rabbitmq_starts_with_the_administrator_made_for_it(tmp_path: Path) -> None:
    create_secrets(tmp_path / "secrets", "postgres:5432", "rabbitmq:5672")
    rabbit = PrivateRabbit(tmp_path / "rabbitmq")
    place = rabbit.log.parent / "conf.d"
    place.mkdir(mode=0o755)
    shutil.copy(tmp_path / "secrets" / "rabbitmq" / "admin.conf", place)
    password = (place / "admin.conf").read_text().split("default_pass = ")[1].split()[0]
    try:
        rabbit.start()
        with kombu.Connection(rabbit.url("/", "lienthong-admin", password)) as broker:
            broker.connect()
    finally:
        rabbit.destroy()


def test_a_wrong_administrator_is_refused_with_a_reason(rabbit: PrivateRabbit) -> None:
    with pytest.raises(ManagementError, match="GET vhosts: 401"):
        Management(f"http://nobody:guess@127.0.0.1:{urlsplit(rabbit.management_url()).port}").control(
            "list_vhosts", "name"
        )


def test_an_agency_account_of_the_same_broker_cannot_read_a_services_input(
    folder: Path, rabbit: PrivateRabbit
) -> None:
    password = os.urandom(12).hex()
    management = Management(rabbit.management_url())
    management.control("add_user", "agency.H19.05", stdin=password)
    rights = ("^$", r"^lienthong\.commands$", r"^agency\.H19\.05$")
    management.control("set_permissions", "--vhost", "/lienthong", "agency.H19.05", *rights)

    with kombu.Connection(rabbit.url("/lienthong", "agency.H19.05", password)) as broker:
        queue = kombu.Queue("intake.in.0", channel=broker.channel())
        with pytest.raises(AccessRefused):
            queue.get()


def test_a_backup_reads_the_agencies_accounts_over_http_as_the_broker_s_own_tool_does(
    rabbit: PrivateRabbit,
) -> None:
    management = Management(rabbit.management_url())
    management.control("add_user", "agency.H19.06", stdin="x" * 20)
    rights = ("^$", r"^lienthong\.commands$", r"^agency\.H19\.06$")
    management.control("set_permissions", "--vhost", "/lienthong", "agency.H19.06", *rights)
    over_http, by_tool = (agency_accounts(way) for way in (management, rabbit))
    assert over_http == by_tool
    assert "agency.H19.06" in str(over_http)
