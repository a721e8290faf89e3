"""Sets of rules: adopted with a signature, for good, each from a day on."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from datetime import date, datetime
from hashlib import sha256
from typing import Any

import orjson

from services.statistics.application import Statistics
from services.statistics.domain.publication import Seal
from services.statistics.domain.rule_set import DOMAIN, RuleSet
from services.statistics.problems import NO_RULE_SET, RULE_SET_EXISTS
from services.statistics.reports.indicators import COUNTED
from services.statistics.rules.scoring import check
from shared.acts import Act
from shared.clock import to_text
from shared.errors import RefusedError
from shared.persistence.database import Database, Row, Transaction
from shared.signing import Signer, as_text

_COLUMNS = "name, version, valid_from, valid_to, adopted_at, adopted_by, digest"
_ENTER = f"""
    INSERT INTO rule_set ({_COLUMNS}, document)
    VALUES (:name, :version, :valid_from, :valid_to, :adopted_at, :adopted_by, :digest, :document)
"""  # noqa: S608 - our own names
_ADOPTED_BY = f"SELECT {_COLUMNS}, document FROM rule_set WHERE adopted_at <= :by ORDER BY name, version"  # noqa: S608
_LIST = f"SELECT {_COLUMNS}, document FROM rule_set ORDER BY name, version"  # noqa: S608
_FIND = "SELECT document FROM rule_set WHERE name = :name AND version = :version"


class RuleSets:
    """Adopts sets of rules, and finds them again."""

    def __init__(self, database: Database, application: Statistics, signer: Signer) -> None:
        self._database = database
        self._application = application
        self._signer = signer

    def check(self, rule_set: Mapping[str, Any]) -> None:
        """Raise RefusedError, `expression-invalid` or `rule-set-invalid`, unless it could be adopted."""
        check(rule_set, set(COUNTED))

    def adopt(self, rule_set: Mapping[str, Any], act: Act) -> dict[str, Any]:
        """Adopt a checked set of rules, inside a unit of work; the same again changes nothing.

        Raises RefusedError: those of `check`, and `rule-set-exists` for another content.
        """
        self.check(rule_set)
        document = orjson.dumps(rule_set, option=orjson.OPT_SORT_KEYS)
        name, version = rule_set["rule_set"], rule_set["version"]
        row = {
            "name": name,
            "version": version,
            "valid_from": str(rule_set["valid_from"]),
            "valid_to": str(rule_set["valid_to"]) if rule_set["valid_to"] else None,
            "adopted_at": act.recorded_at,
            "adopted_by": act.actor.subject,
            "digest": sha256(document).hexdigest(),
        }
        with self._database.transaction() as tx:
            known = tx.execute(_FIND, {"name": name, "version": version})
            if known and known[0][0] != document.decode():
                raise RefusedError(RULE_SET_EXISTS, name=name, version=version)
            if not known:
                signature = b64encode(self._signer.sign(DOMAIN + document)).decode()
                seal = Seal(row["digest"], signature, as_text(self._signer.public))
                self._application.add(RuleSet.adopt(name, version, document.decode(), seal, act))
                tx.execute(_ENTER, {**row, "document": document.decode()})
        return _said((*row.values(), document.decode()))

    def all(self) -> list[dict[str, Any]]:
        """Return every version that was adopted, with its content."""
        with self._database.transaction() as tx:
            return [_said(row) for row in tx.execute(_LIST)]


def in_force(
    tx: Transaction, name: str | None, day: date, known_at: datetime | None = None
) -> dict[str, Any]:
    """Return the rules in force on a day: the highest version of that name, or of the only name there is.

    Of those adopted by `known_at` alone, or of all. Raises RefusedError with `no-rule-set`.
    """
    rows = tx.execute(_LIST) if known_at is None else tx.execute(_ADOPTED_BY, {"by": known_at})
    known = [_said(row) for row in rows]
    found = [
        one
        for one in known
        if name in {None, one["rule_set"]}
        and one["valid_from"] <= day.isoformat()
        and (one["valid_to"] is None or one["valid_to"] >= day.isoformat())
    ]
    if len({one["rule_set"] for one in found}) != 1:
        names = ", ".join(dict.fromkeys(one["rule_set"] for one in known)) or "–"
        raise RefusedError(NO_RULE_SET, day=day, known=names)
    content: dict[str, Any] = found[-1]["content"]
    return content


def _said(row: Row) -> dict[str, Any]:
    name, version, valid_from, valid_to, adopted_at, adopted_by, digest, document = row
    return {
        "rule_set": name,
        "version": version,
        "valid_from": valid_from,
        "valid_to": valid_to,
        "adopted_at": to_text(adopted_at),
        "adopted_by": adopted_by,
        "digest": digest,
        "content": orjson.loads(document),
    }
