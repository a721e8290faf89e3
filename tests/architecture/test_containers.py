"""The compose file keeps its promises: nobody is root, everything is watched, nothing is lost, no secrets."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.containers.secret_files import create_secrets
from tests.architecture.tracked import ROOT

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
PARTS: dict[str, dict[str, Any]] = COMPOSE["services"]
FOUR = ("intake", "processing", "routing", "statistics")
SERVERS = ("postgres", "rabbitmq")
ONE_SHOT = ("migrate", "secrets", "audit")
DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")

each_part = pytest.mark.parametrize("part", sorted(PARTS))
each_lasting_part = pytest.mark.parametrize("part", [*FOUR, *SERVERS])


def test_the_system_has_four_services_two_servers_two_preparations_and_an_auditor() -> None:
    assert sorted(PARTS) == sorted([*FOUR, *SERVERS, *ONE_SHOT])


@each_part
def test_no_part_runs_as_root_or_can_become_root(part: str) -> None:
    settings = PARTS[part]

    assert settings["user"].split(":")[0] not in {"", "0", "root"}
    assert settings["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in settings["security_opt"]
    assert "privileged" not in settings


@each_part
def test_no_part_writes_into_its_image(part: str) -> None:
    assert PARTS[part]["read_only"] is True
    assert "/tmp" in PARTS[part]["tmpfs"]  # noqa: S108


@each_lasting_part
def test_every_lasting_part_is_watched_and_comes_back(part: str) -> None:
    settings = PARTS[part]

    assert settings["restart"] == "unless-stopped"
    assert settings["healthcheck"]["test"][0] == "CMD"
    assert {"interval", "timeout", "retries", "start_period"} <= settings["healthcheck"].keys()


@pytest.mark.parametrize("part", ONE_SHOT)
def test_a_preparation_runs_once(part: str) -> None:
    assert PARTS[part]["restart"] == "no"


@pytest.mark.parametrize("service", FOUR)
def test_a_service_waits_for_its_servers_and_for_the_migrations(service: str) -> None:
    conditions = {name: need["condition"] for name, need in PARTS[service]["depends_on"].items()}

    assert conditions == {
        "migrate": "service_completed_successfully",
        "postgres": "service_healthy",
        "rabbitmq": "service_healthy",
    }
    assert PARTS[service]["command"] == ["serve", service]


@pytest.mark.parametrize(
    ("server", "place"), [("postgres", "/var/lib/postgresql/data"), ("rabbitmq", "/var/lib/rabbitmq")]
)
def test_a_servers_data_lie_in_a_named_volume(server: str, place: str) -> None:
    mounts = dict(reversed(mount.split(":")[:2]) for mount in PARTS[server]["volumes"])

    assert mounts[place] in COMPOSE["volumes"]


def test_every_folder_of_secrets_has_a_volume_and_a_place_in_the_image(tmp_path: Path) -> None:
    create_secrets(tmp_path, "postgres:5432", "rabbitmq:5672")
    written = {f"/secrets/{folder.name}" for folder in tmp_path.iterdir()}

    assert written <= {mount.split(":")[1] for mount in PARTS["secrets"]["volumes"]}
    assert written <= set(re.findall(r"/secrets/[a-z]+", DOCKERFILE))
    mounts = [mount.split(":")[0] for part in PARTS.values() for mount in part.get("volumes", [])]
    named = {source for source in mounts if not source.startswith(".")}
    assert named == set(COMPOSE["volumes"])


@pytest.mark.parametrize("service", FOUR)
def test_a_service_can_read_no_secrets_but_its_own(service: str) -> None:
    assert PARTS[service]["volumes"] == [
        f"secrets-{service}:/secrets/own:ro",
        "secrets-tokens:/secrets/tokens:ro",
    ]


def test_secrets_come_from_files_alone() -> None:
    for part, settings in PARTS.items():
        for name, value in settings.get("environment", {}).items():
            if re.search("PASS|SECRET|TOKEN|DATABASE|BROKER", name):
                assert name.endswith("_FILE") or name == "LIENTHONG_SECRETS", f"{part}: {name}"
                assert value.startswith("/"), f"{part}: {name}"


@each_part
def test_every_image_can_be_replaced_and_is_pinned_to_a_version(part: str) -> None:
    settable = re.fullmatch(r"\$\{LIENTHONG_\w+:-(?P<name>[\w/.-]+):(?P<tag>[\w.-]+)\}", PARTS[part]["image"])

    assert settable
    assert settable["tag"] != "latest"


@each_part
def test_ports_are_open_to_this_machine_alone_unless_told_otherwise(part: str) -> None:
    for port in PARTS[part].get("ports", []):
        assert port.startswith("${LIENTHONG_BIND:-127.0.0.1}:")


def test_the_tests_and_the_compose_file_use_the_same_images() -> None:
    fixtures = ROOT / "tests" / "fixtures"
    tested = {
        server: re.search('^IMAGE = "(.*)"$', (fixtures / file).read_text(encoding="utf-8"), re.MULTILINE)
        for server, file in (("postgres", "postgres.py"), ("rabbitmq", "rabbitmq_servers.py"))
    }

    for server, image in tested.items():
        assert image
        assert f":-{image[1]}}}" in PARTS[server]["image"]


def test_every_file_that_is_mounted_exists() -> None:
    for settings in PARTS.values():
        for mount in settings["volumes"]:
            source = mount.split(":")[0]
            assert source in COMPOSE["volumes"] or (ROOT / source).is_file()


def test_the_image_is_built_from_a_settable_base_by_hashes_and_runs_as_nobody_special() -> None:
    instructions = re.findall(r"^(ARG|FROM|USER|COPY|ENTRYPOINT) (.*)$", DOCKERFILE, re.MULTILINE)

    assert [value.split()[0] for name, value in instructions if name == "FROM"] == [
        "${BUILD_IMAGE}",
        "${BASE_IMAGE}",
    ]
    assert "BUILD_IMAGE=${BASE_IMAGE}" in [value for name, value in instructions if name == "ARG"]
    assert [value for name, value in instructions if name == "USER"] == ["10001:10001"]
    assert DOCKERFILE.count("pip install") == DOCKERFILE.count("--require-hashes") + DOCKERFILE.count(
        "--no-deps"
    )
