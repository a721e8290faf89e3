"""What operators' pages tell people to type is there: verbs, options, files, settings, sections."""

from __future__ import annotations

import re
import shlex
from configparser import ConfigParser
from pathlib import Path

import click
import pytest

from deploy.cli.root import lienthong

ROOT = Path(__file__).parents[2]
PAGES = ("install", "operations", "observability", "runbook")
UNIT = ROOT / "deploy" / "install" / "systemd" / "lienthong@.service"
SETTINGS = (ROOT / "shared" / "settings.py").read_text(encoding="utf-8")


def text_of(page: str) -> str:
    return (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8")


def commands(page: str) -> list[list[str]]:
    """Return the words of every `lienthong` command in a page's blocks."""
    blocks = "\n".join(re.findall(r"```(?:sh|bash|console)\n(.*?)```", text_of(page), re.DOTALL))
    lines = blocks.replace("\\\n", " ").splitlines()
    found = (re.search(r"(?:^|\s)lienthong (?P<words>[a-z].*)", line.split("  #")[0]) for line in lines)
    return [shlex.split(one["words"].split(" > ")[0]) for one in found if one]


@pytest.mark.parametrize("page", PAGES)
def test_every_verb_and_option_exists(page: str) -> None:
    for given in commands(page):
        command: click.Command = lienthong
        words = given
        while isinstance(command, click.Group):
            name, *words = words
            assert name in command.commands, f"{page}: lienthong ... {name}"
            command = command.commands[name]
        known = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= known, f"{page}: {given}"


def test_the_page_of_installing_uses_what_it_takes_to_go_to_production() -> None:
    verbs = {tuple(words[:2]) for words in commands("install")}
    assert {("secrets", "init"), ("token", "--role"), ("agency", "enrol"), ("routing", "lint")} <= verbs
    assert ["migrate", "--secrets", "/etc/lienthong/secrets"] in commands("install")


@pytest.mark.parametrize("page", PAGES)
def test_every_file_of_ours_that_is_named_is_there(page: str) -> None:
    named = set(re.findall(r"(?<![/\w.])(?:deploy|docs|shared|tests)/[\w./@-]+[\w]", text_of(page)))
    assert {name for name in named if not (ROOT / name).exists()} == set()


@pytest.mark.parametrize("page", [*PAGES, "adr/0022-one-trace-by-ids-that-events-carry"])
def test_every_link_leads_somewhere(page: str) -> None:
    folder = (ROOT / "docs" / page).parent
    for target, anchor in re.findall(r"\]\(([\w./-]*)(?:#([\w-]+))?\)", text_of(page)):
        path = folder / target if target else ROOT / "docs" / f"{page}.md"
        assert path.exists(), f"{page}: {target}"
        if anchor:
            headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {_anchor(heading) for heading in headings}, f"{page}: {target}#{anchor}"


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


@pytest.mark.parametrize("name", sorted({*re.findall(r"LIENTHONG_[A-Z_]+(?=[=|`])", text_of("operations"))}))
def test_every_setting_that_is_named_is_read(name: str) -> None:
    assert name.removesuffix("_FILE") in SETTINGS


def test_the_unit_sets_what_a_service_must_have_and_may_write_nothing() -> None:
    unit = ConfigParser(strict=False, interpolation=None, comment_prefixes=("#",))
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(UNIT)
    service = unit["Service"]
    environment = set(
        re.findall(r"^Environment=(LIENTHONG_[A-Z]+?)(?:_FILE)?=", UNIT.read_text(), re.MULTILINE)
    )
    assert environment == {"LIENTHONG_HOME", "LIENTHONG_DATABASE", "LIENTHONG_BROKER", "LIENTHONG_LOG"}
    assert {name for name in environment if name not in SETTINGS} == set()
    assert service["ExecStart"].endswith("lienthong serve %i")
    assert service["EnvironmentFile"] == "/etc/lienthong/%i.env"
    assert (service["ProtectSystem"], service["NoNewPrivileges"]) == ("strict", "yes")


def test_nothing_but_v1_is_led_on_to_the_services() -> None:
    site = (ROOT / "deploy" / "install" / "nginx" / "lienthong.conf").read_text(encoding="utf-8")
    assert re.findall(r"location (\S+) {", site) == ["/v1/", "/"]
    assert site.count("proxy_pass") == 1
