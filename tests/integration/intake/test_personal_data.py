"""No byte outside the vault says who filed a dossier."""

from __future__ import annotations

import logging
from base64 import b64encode
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
from psycopg import sql

from services.intake.publisher import TRANSLATIONS
from shared.errors import RefusedError
from shared.event_sourcing import JsonMapper, JsonTranscoder
from tests.integration.intake.conftest import OpenDesk
from tests.unit.intake.one_stop_desk import PERSON, OneStopDesk

pytestmark = pytest.mark.integration

NUMBER = "064190001234"
WORDS = [*PERSON.plain().values(), "Hương", "huonggiang", NUMBER, "0905123456", "Lê Lợi"]


def traces(text: str) -> list[str]:
    """Return the words that stand in a text, as themselves or as some encoding would write them."""
    return [word for word in WORDS if any(form in text for form in _forms(word))]


def _forms(word: str) -> list[str]:
    raw = word.encode()
    # Base64 depends on where in a group of three bytes the word begins; its edges on what surrounds it.
    base64 = [b64encode(bytes(shift) + raw).decode()[4:-4] for shift in range(3)]
    return [word, ascii(word)[1:-1], quote(word), raw.hex(), *(form for form in base64 if len(form) > 3)]


def everything_stored(dsn: str) -> str:
    with psycopg.connect(dsn) as connection:
        tables = connection.execute(
            "SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('intake', 'keys')"
        ).fetchall()
        assert ("intake", "event") in tables
        rows: list[Any] = []
        for schema, table in tables:
            rows += connection.execute(
                sql.SQL("SELECT * FROM {}").format(sql.Identifier(schema, table))
            ).fetchall()
    return "\n".join(_readable(value) for row in rows for value in row)


def _readable(value: Any) -> str:
    return value.decode("utf-8", "replace") + value.hex() if isinstance(value, bytes) else str(value)


def whole_life(desk: OneStopDesk) -> None:
    dossier_id = desk.filed()
    desk.do(lambda: desk.intake.receive(dossier_id, desk.act()))
    desk.do(lambda: desk.intake.resolve(dossier_id, desk.act("system")))
    desk.do(lambda: desk.intake.hand_back(dossier_id, "direct", desk.act("result_officer")))
    with pytest.raises(RefusedError):
        desk.submit(desk="nowhere")


def test_the_search_finds_a_name_in_every_form_it_could_have() -> None:
    name = PERSON.name
    for text in (
        f'{{"name": "{name}"}}',
        ascii(name),
        f"?q={quote(name)}",
        name.encode().hex(),
        b64encode(f"12{name}".encode()).decode(),
    ):
        assert traces(text)


def test_no_table_message_or_log_line_holds_a_word_of_the_person(
    open_desk: OpenDesk, postgres_desk_dsn: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    desk = open_desk()

    whole_life(desk)

    stored = everything_stored(postgres_desk_dsn)
    assert "intake.dossier.handed-back" in stored
    assert traces(stored) == []
    mapper = JsonMapper(transcoder=JsonTranscoder())
    events = [mapper.to_domain_event(entry.stored_event()) for entry in desk.recorder.read_log(0, 100)]
    messages = [TRANSLATIONS[type(event)][1](event) for event in events if type(event) in TRANSLATIONS]
    assert messages
    assert traces(str(messages)) == []
    assert traces(caplog.text) == []


def test_a_refusal_says_nothing_of_the_person(open_desk: OpenDesk) -> None:
    with pytest.raises(RefusedError) as refused:
        open_desk().submit(desk="nowhere")
    assert traces(str(refused.value.details())) == []
