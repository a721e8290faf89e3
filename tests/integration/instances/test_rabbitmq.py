from __future__ import annotations

import json
import os
import signal
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import kombu
import pytest
from amqp.exceptions import AccessRefused

from deploy.instances.errors import InstanceError
from deploy.instances.processes import recall
from deploy.instances.rabbitmq import PrivateRabbit

pytestmark = pytest.mark.integration

QUORUM = {"x-queue-type": "quorum"}


@pytest.fixture(scope="module")
def rabbit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateRabbit]:
    rabbit = PrivateRabbit(tmp_path_factory.mktemp("instances") / "rabbitmq", management=True)
    rabbit.start()
    yield rabbit
    rabbit.destroy()


def put(url: str, queue: str, body: bytes) -> None:
    with kombu.Connection(url, transport_options={"confirm_publish": True}) as connection:
        channel = connection.channel()
        kombu.Queue(queue, durable=True, queue_arguments=QUORUM, channel=channel).declare()
        kombu.Producer(channel).publish(body, routing_key=queue, delivery_mode="persistent")


def get(url: str, queue: str) -> bytes | None:
    with kombu.Connection(url) as connection:
        message = kombu.Queue(queue, channel=connection.channel()).get(no_ack=True)
        return None if message is None else bytes(message.body)


def test_confirmed_messages_accounts_and_address_survive_a_restart(rabbit: PrivateRabbit) -> None:
    rabbit.control("add_vhost", "/lienthong")
    rabbit.control("add_user", "desk", stdin="p@ss/word")
    rabbit.control("set_permissions", "-p", "/lienthong", "desk", ".*", ".*", ".*")
    address = rabbit.url("/lienthong", "desk", "p@ss/word")
    put(address, "kept", b"dossier")

    rabbit.stop()
    assert not rabbit.is_running()
    rabbit.start()

    assert rabbit.url("/lienthong", "desk", "p@ss/word") == address
    assert get(address, "kept") == b"dossier"


def test_two_instances_live_side_by_side_and_do_not_meet(rabbit: PrivateRabbit, tmp_path: Path) -> None:
    second = PrivateRabbit(tmp_path / "second")
    try:
        second.start()
        second.control("add_vhost", "only-here")

        assert second.port != rabbit.port
        assert "only-here" not in rabbit.control("list_vhosts")
        second.stop()
        assert rabbit.is_running()
    finally:
        second.destroy()


def test_nobody_enters_as_guest_or_without_the_password(rabbit: PrivateRabbit) -> None:
    for user, password in (("guest", "guest"), ("lienthong-admin", "guess")):
        with pytest.raises(AccessRefused), kombu.Connection(rabbit.url("/", user, password)) as connection:
            connection.connect()


def test_the_administrator_enters(rabbit: PrivateRabbit) -> None:
    put(rabbit.admin_url(), "admins", b"here")

    assert get(rabbit.admin_url(), "admins") == b"here"


def test_every_listener_is_on_loopback(rabbit: PrivateRabbit) -> None:
    process = recall(rabbit.log.parent / "server.pid.json")
    assert process is not None

    assert set(listening_addresses(process.pid)) == {"0100007F"}


def listening_addresses(pid: int) -> list[str]:
    """Return the local addresses (in hexadecimal, as in /proc/net/tcp) on which a process listens."""
    sockets = {str(fd.readlink()) for fd in Path(f"/proc/{pid}/fd").iterdir() if fd.is_symlink()}
    listening = "0A"
    addresses = []
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == listening and f"socket:[{fields[9]}]" in sockets:
                addresses.append(fields[1].split(":")[0])
    return addresses


def test_a_refused_control_command_says_why(rabbit: PrivateRabbit) -> None:
    with pytest.raises(InstanceError, match=r"no_such_user|does not exist"):
        rabbit.control("delete_user", "nobody-of-that-name")


def test_the_management_interface_answers_when_asked_for(rabbit: PrivateRabbit) -> None:
    url = urlsplit(rabbit.management_url())
    account = f"{url.username}:{unquote(url.password or '')}".encode()
    request = urllib.request.Request(
        f"http://{url.hostname}:{url.port}/api/whoami",
        headers={"Authorization": "Basic " + b64encode(account).decode()},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        assert json.load(answer)["tags"] == ["administrator"]


def test_its_secrets_are_open_to_their_owner_alone(rabbit: PrivateRabbit) -> None:
    for name in ("admin-password", ".erlang.cookie", "rabbitmq.conf", "server.log"):
        assert (rabbit.log.parent / name).stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(os.geteuid() != 0, reason="only root changes users")
def test_root_starts_it_as_an_unprivileged_user(rabbit: PrivateRabbit) -> None:
    process = recall(rabbit.log.parent / "server.pid.json")
    assert process is not None
    assert Path(f"/proc/{process.pid}").stat().st_uid != 0


def test_a_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    broken = PrivateRabbit(tmp_path / "broken")
    (broken.log.parent / "advanced.config").write_text("nonsense")
    try:
        with pytest.raises(InstanceError, match="failed_to_read_advanced_configuration_file"):
            broken.start()
        assert not broken.is_running()
    finally:
        broken.destroy()


def test_a_killed_server_counts_as_stopped_and_keeps_what_was_confirmed(rabbit: PrivateRabbit) -> None:
    put(rabbit.admin_url(), "sturdy", b"first")
    # RabbitMQ writes a new queue's place down some moments after it confirmed; a clean stop waits for it.
    rabbit.stop()
    rabbit.start()
    put(rabbit.admin_url(), "sturdy", b"second")
    process = recall(rabbit.log.parent / "server.pid.json")
    assert process is not None
    assert process.end((signal.SIGKILL, 10))

    assert not rabbit.is_running()
    rabbit.start()
    assert [get(rabbit.admin_url(), "sturdy") for _ in range(3)] == [b"first", b"second", None]
