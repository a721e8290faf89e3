"""Agencies come in over TLS by their certificates, with the very settings that an installation takes."""

from __future__ import annotations

import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import kombu
import pytest

from deploy.connector.link import LinkError, linked
from deploy.connector.settings import Settings
from deploy.enrolment import Enrolment
from deploy.instances.ports import free_port
from deploy.instances.rabbitmq import PrivateRabbit
from deploy.instances.rabbitmq_files import ADMIN
from deploy.provision import VHOST, Passwords, provision_broker
from shared.access import TokenFile
from tests.builders.certificates import Authority, Certificate

pytestmark = pytest.mark.integration

SHIPPED = Path(__file__).parents[3] / "deploy" / "install" / "rabbitmq" / "tls.conf"
CERTIFIED, OTHER, BY_PASSWORD = "H47.12", "H47.13", "H47.14"
COMMAND = {"id": "c-1", "source": f"/agencies/{CERTIFIED}", "type": "lienthong.command.accept-leg"}


PLUGINS = ["rabbitmq_auth_mechanism_ssl"]


class Site:
    """A broker that speaks TLS, and what agencies have to enter it."""

    def __init__(self, directory: Path) -> None:
        self.authority, self.port = Authority(), free_port()
        self.rabbit = PrivateRabbit(directory / "rabbitmq", management=True, plugins=PLUGINS)
        self.enrolment = Enrolment(self.rabbit, TokenFile(directory / "tokens.json"))
        self._directory = directory

    def start(self) -> None:
        """Start the broker with the settings of an installation; paths and ports are its own."""
        server = self.authority.sign("broker")
        (ca, _, _) = (
            self.rabbit.put_beside(name, text)
            for name, text in (
                ("ca.pem", self.authority.certificate),
                ("server.pem", server.certificate),
                ("server.key", server.key),
            )
        )
        shipped = SHIPPED.read_text(encoding="utf-8").replace("/etc/lienthong/tls", str(ca.parent))
        shipped = shipped.replace("ssl.default = 5671", f"ssl.default = {self.port}")
        own = ("listeners.tcp", "management.")
        self.rabbit.put_beside(
            "tls.conf", "".join(f"{line}\n" for line in shipped.splitlines() if not line.startswith(own))
        )
        self.rabbit.start()
        provision_broker(self.rabbit, Passwords(self._directory / "passwords.json"))
        self.rabbit.control("set_permissions", "-p", VHOST, ADMIN, ".*", ".*", ".*")
        with kombu.Connection(self.rabbit.admin_url(VHOST)) as connection:
            channel = connection.channel()
            commands = kombu.Exchange("lienthong.commands", "topic", channel=channel)
            commands.declare()
            kombu.Queue("processing.commands", commands, "#", channel=channel).declare()
            for agency in (CERTIFIED, OTHER):
                kombu.Queue(f"agency.{agency}", channel=channel).declare()

    def settings(self, agency: str, shown: Certificate | None, login: str = "", ca: str = "") -> Settings:
        """Return an agency's way in, with the files that it has."""
        files = {"ca": ca or self.authority.certificate}
        if shown:
            files |= {"certificate": shown.certificate, "key": shown.key}
        paths = {name: self._directory / f"{agency}.{name}" for name in files}
        for name, text in files.items():
            paths[name].write_text(text)
        address = f"amqps://{login}127.0.0.1:{self.port}/{quote(VHOST, safe='')}"
        return Settings(agency, address, **{name: str(path) for name, path in paths.items()})

    def commands(self) -> list[Any]:
        """Take what lies there of commands."""
        with kombu.Connection(self.rabbit.admin_url(VHOST)) as connection:
            queue = kombu.Queue("processing.commands", channel=connection.channel())
            return list(iter(lambda: queue.get(no_ack=True), None))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = Site(tmp_path_factory.mktemp("certified"))
    site.start()
    yield site
    site.rabbit.destroy()


@pytest.fixture(scope="module", autouse=True)
def password(site: Site) -> str:
    """Two agencies come in by certificates, one by the password that is returned."""
    for agency in (CERTIFIED, OTHER):
        assert site.enrolment.issue(agency, certified=True)[0] is None
    found, _token = site.enrolment.issue(BY_PASSWORD)
    assert found
    return found


def login(agency: str, password: str) -> str:
    return f"agency.{agency}:{quote(password, safe='')}@"


def test_the_certificate_s_name_is_the_account(site: Site) -> None:
    with linked(site.settings(CERTIFIED, site.authority.sign(f"agency.{CERTIFIED}"))) as link:
        link.consume(lambda message: message.ack())
        link.publish(COMMAND)
    (found,) = site.commands()
    assert found.properties["user_id"] == f"agency.{CERTIFIED}", "the broker checked who it is"


def test_one_s_certificate_opens_nothing_of_another_s(site: Site) -> None:
    disguised = site.settings(OTHER, site.authority.sign(f"agency.{CERTIFIED}"))
    with pytest.raises(LinkError, match="ACCESS_REFUSED"), linked(disguised) as link:
        link.consume(lambda message: message.ack())
    with pytest.raises(LinkError, match="user_id"), linked(disguised) as link:
        link.publish(COMMAND)
    assert site.commands() == []


def test_a_name_without_an_account_does_not_come_in(site: Site) -> None:
    with pytest.raises(LinkError), linked(site.settings("H00.0", site.authority.sign("agency.H00.0"))):
        pass


def test_another_authority_s_certificate_and_none_do_not_come_in(site: Site) -> None:
    for shown in (Authority().sign(f"agency.{CERTIFIED}"), None):
        with pytest.raises(LinkError), linked(site.settings(CERTIFIED, shown)) as link:
            link.publish(COMMAND)
    assert site.commands() == []


def test_an_agency_does_not_believe_another_authority_s_broker(site: Site) -> None:
    shown = site.authority.sign(f"agency.{CERTIFIED}")
    settings = site.settings(CERTIFIED, shown, ca=Authority().certificate)
    with pytest.raises(LinkError, match="CERTIFICATE_VERIFY_FAILED"), linked(settings):
        pass


@pytest.mark.parametrize("password", ["", "guessed"])
def test_who_has_a_certificate_has_no_password(site: Site, password: str) -> None:
    shown = site.authority.sign(f"agency.{CERTIFIED}")
    with pytest.raises(LinkError), linked(site.settings(CERTIFIED, shown, login(CERTIFIED, password))):
        pass


def test_who_has_a_password_comes_in_by_it_over_tls(site: Site, password: str) -> None:
    shown = site.authority.sign("whatever the authority calls it")
    command = {**COMMAND, "source": f"/agencies/{BY_PASSWORD}"}
    with linked(site.settings(BY_PASSWORD, shown, login(BY_PASSWORD, password))) as link:
        link.publish(command)
    (found,) = site.commands()
    assert found.properties["user_id"] == f"agency.{BY_PASSWORD}"


def test_a_retired_agency_s_certificate_opens_nothing(site: Site) -> None:
    settings = site.settings(OTHER, site.authority.sign(f"agency.{OTHER}"))
    with linked(settings) as link:
        link.consume(lambda message: message.ack())
    site.enrolment.withdraw(OTHER)
    with pytest.raises(LinkError), linked(settings):
        pass


@pytest.mark.parametrize("path", ["whoami", "queues", "users", "definitions", "connections"])
def test_the_management_interface_is_closed_to_agencies(site: Site, password: str, path: str) -> None:
    administrator = urlsplit(site.rabbit.management_url())
    address = f"{administrator.scheme}://{administrator.hostname}:{administrator.port}/api/{path}"
    account = b64encode(f"agency.{BY_PASSWORD}:{password}".encode()).decode()
    request = urllib.request.Request(address, headers={"Authorization": f"Basic {account}"})  # noqa: S310
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(request, timeout=20)  # noqa: S310
    refusal.value.close()
    assert refusal.value.code == 401
