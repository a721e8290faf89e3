"""What an agency's system must remember over a crash: a SQLite file."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from deploy.connector.messages import Incoming, read

_TABLES = """
CREATE TABLE IF NOT EXISTS taken (
    known_by TEXT PRIMARY KEY, body TEXT NOT NULL, at TEXT NOT NULL, handled INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS set_aside (body BLOB NOT NULL, at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS outbox (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, answers TEXT, body TEXT NOT NULL, confirmed INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS outbox_answers ON outbox (answers);
"""


class Memory:
    """Messages taken in, messages set aside, commands to be sent. Each method is one transaction."""

    def __init__(self, path: Path | str) -> None:
        self._database = sqlite3.connect(path, isolation_level=None)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = FULL")
        self._database.executescript(_TABLES)
        if any(column[1] == "id" for column in self._database.execute("PRAGMA table_info (taken)")):
            self._rename()

    def _rename(self) -> None:
        """Take over a file in which messages were known by their id alone."""
        rows = self._database.execute("SELECT id, body FROM taken").fetchall()
        names = [(read(body.encode()), id_) for id_, body in rows]
        with self._transaction():
            self._database.execute("ALTER TABLE taken RENAME COLUMN id TO known_by")
            changed = [(incoming.known_by, id_) for incoming, id_ in names if incoming]
            self._database.executemany("UPDATE taken SET known_by = ? WHERE known_by = ?", changed)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def take(self, incoming: Incoming) -> bool:
        """Keep a message; False when it was taken in before."""
        row = (incoming.known_by, json.dumps(incoming.body, ensure_ascii=False), _now())
        taken = self._database.execute("INSERT OR IGNORE INTO taken VALUES (?, ?, ?, 0)", row)
        return taken.rowcount == 1

    def set_aside(self, body: bytes) -> None:
        """Keep what this program does not understand, for a person or a newer version of it."""
        self._database.execute("INSERT INTO set_aside VALUES (?, ?)", (body, _now()))

    def aside(self) -> list[bytes]:
        """Return what was set aside, oldest first."""
        return [bytes(row[0]) for row in self._database.execute("SELECT body FROM set_aside ORDER BY rowid")]

    def hand_over_of(self, about: str) -> str | None:
        """Return the id of the message that was taken in last that laid this leg, or request, before the agency."""
        for (body,) in self._database.execute("SELECT body FROM taken ORDER BY rowid DESC"):
            incoming = read(body.encode())
            if incoming and (incoming.is_hand_over or incoming.is_request) and incoming.about == about:
                return incoming.id
        return None

    def unhandled(self) -> list[Incoming]:
        """Return messages that were taken in and not dealt with, oldest first."""
        rows = self._database.execute("SELECT body FROM taken WHERE handled = 0 ORDER BY rowid")
        return [incoming for row in rows if (incoming := read(row[0].encode()))]

    def is_handled(self, incoming: Incoming) -> bool:
        """Tell whether a message was dealt with."""
        query = "SELECT 1 FROM taken WHERE known_by = ? AND handled = 1"
        return self._database.execute(query, (incoming.known_by,)).fetchone() is not None

    def handle(self, incoming: Incoming, commands: Sequence[Mapping[str, Any]]) -> None:
        """Keep that a message was dealt with, together with the commands that this led to."""
        with self._transaction():
            for command in commands:
                self._put(command)
            self._database.execute("UPDATE taken SET handled = 1 WHERE known_by = ?", (incoming.known_by,))

    def put(self, command: Mapping[str, Any]) -> None:
        """Keep a command that is to be sent. Raises ValueError for an id that another command has."""
        self._put(command)

    def sent(self, known_as: str) -> dict[str, Any] | None:
        """Return the command that was kept under an id."""
        return next(iter(self._commands("id = ?", known_as)), None)

    def answers_to(self, known_as: str) -> list[dict[str, Any]]:
        """Return all commands that answered a message, as they were sent."""
        return self._commands("answers = ?", known_as)

    def given_since(self, moment: str) -> list[dict[str, Any]]:
        """Return the commands that were given at a moment or later, in order."""
        return self._commands("julianday(json_extract(body, '$.time')) >= julianday(?)", moment)

    def unconfirmed(self) -> list[dict[str, Any]]:
        """Return the commands that the broker has not confirmed, oldest first."""
        return self._commands("confirmed = ?", 0)

    def confirm(self, known_as: str) -> None:
        """Keep that the broker has a command."""
        self._database.execute("UPDATE outbox SET confirmed = 1 WHERE id = ?", (known_as,))

    def _commands(self, condition: str, value: object) -> list[dict[str, Any]]:
        query = f"SELECT body FROM outbox WHERE {condition} ORDER BY number"  # noqa: S608
        return [json.loads(row[0]) for row in self._database.execute(query, (value,))]

    def _put(self, command: Mapping[str, Any]) -> None:
        body = json.dumps(command, ensure_ascii=False)
        row = (command["id"], command.get("causationid"), body)
        there = self._database.execute("SELECT body FROM outbox WHERE id = ?", row[:1]).fetchone()
        if there and there[0] != body:
            raise ValueError(f"the id {command['id']} belongs to another command")
        if not there:
            self._database.execute(
                "INSERT INTO outbox (id, answers, body, confirmed) VALUES (?, ?, ?, 0)", row
            )


def _now() -> str:
    return datetime.now(UTC).isoformat()
