"""Log lines for machines: what each says, and what none may say."""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

import pytest

from deploy.logs import JsonLines
from shared.log import FIELDS, said
from shared.settings import SettingsError, read_settings

DOSSIER = "6f1d3c3e-53d2-5f0c-9a10-3d3f0f3f8f11"
NEEDED = {
    "LIENTHONG_DATABASE": "host=db",
    "LIENTHONG_BROKER": "amqp://broker",
    "LIENTHONG_HOME": "/var/lib/lienthong",
}


def line(*args: Any, exc_info: Any = None, **fields: Any) -> dict[str, Any]:
    record = logging.LogRecord("shared.x", logging.WARNING, "x.py", 1, args[0], tuple(args[1:]), exc_info)
    vars(record).update(fields)
    written = JsonLines("intake").format(record)
    assert "\n" not in written
    parsed: dict[str, Any] = json.loads(written)
    return parsed


def test_a_line_says_when_who_how_grave_what_and_about_which_dossier() -> None:
    about = said("message-parked", dossier=DOSSIER, correlation=DOSSIER, problem="poison")
    said_so = line("parked %s", "7", **about)
    assert said_so.pop("time").endswith("+00:00")
    assert said_so == {
        "level": "WARNING",
        "service": "intake",
        "logger": "shared.x",
        "event": "message-parked",
        "message": "parked 7",
        "dossier": DOSSIER,
        "correlation": DOSSIER,
        "problem": "poison",
    }


def test_what_a_library_writes_is_a_line_like_any_other() -> None:
    assert line("Connection to %s lost", "broker")["event"] == "other"


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ("H47.71-250701-0001", {"dossier_code": "H47.71-250701-0001"}),
        (DOSSIER, {"dossier": DOSSIER}),
        ("Nguyễn Thị Hoa", {}),
        ("064190001234", {}),
        (None, {}),
    ],
)
def test_a_dossier_is_named_by_its_id_or_code_and_by_nothing_else(
    given: str | None, fields: dict[str, str]
) -> None:
    found = said("x", dossier=given)
    assert {name: found[name] for name in FIELDS if name in found} == fields


def test_of_an_exception_the_class_and_the_places_are_told_and_not_the_words() -> None:
    try:
        int("Nguyễn Thị Hoa")
    except ValueError:
        written = line("a request failed", exc_info=sys.exc_info())
    assert written["stack"][0] == "builtins.ValueError"
    assert "test_log.py" in written["stack"][-1]
    assert "Nguyễn" not in json.dumps(written, ensure_ascii=False)


def test_how_to_log_and_where_traces_go_are_settings() -> None:
    plain = read_settings(NEEDED)
    assert (plain.json_log, plain.traces) == (False, False)
    collecting = read_settings(
        {**NEEDED, "LIENTHONG_LOG": "json", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318"}
    )
    assert (collecting.json_log, collecting.traces) == (True, True)
    with pytest.raises(SettingsError, match="LIENTHONG_LOG must be text or json, not 'xml'"):
        read_settings({**NEEDED, "LIENTHONG_LOG": "xml"})
