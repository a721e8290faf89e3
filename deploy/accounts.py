"""The agencies' accounts that were recorded, held against those that the broker has."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from deploy.enrolment import LIMITS, Enrolment
from deploy.provision import VHOST, RabbitControl, account_definitions
from shared.topology import agency_queue

Standing = Mapping[str, Any]
"""How a recorded account stands: `agency`, `active`, `has_system`."""

_PREFIX = agency_queue("")
_RIGHTS = ("configure", "write", "read")


@dataclass(frozen=True, slots=True)
class Difference:
    """Where the broker, or the register of agencies, is not as the accounts that were recorded."""

    agency: str
    code: str
    """`unrecorded`, `rights`, `tags`, `limits`: the broker can be put right. `missing`, `no-system`: people must act."""
    vi: str
    en: str

    @property
    def can_be_mended(self) -> bool:
        """Whether putting the broker right is all that is needed."""
        return self.code not in {"missing", "no-system"}


def differences(rabbit: RabbitControl, recorded: Sequence[Standing]) -> list[Difference]:
    """Return all that differs, by agency; nothing when the broker has just what was recorded."""
    told = json.loads(rabbit.control("export_definitions", "-", "--format", "json"))
    accounts = {user["name"]: user for user in told["users"] if user["name"].startswith(_PREFIX)}
    rights: dict[str, list[Mapping[str, str]]] = {name: [] for name in accounts}
    for one in told["permissions"]:
        if one["user"] in rights:
            rights[one["user"]].append(one)
    active = {agency_queue(one["agency"]): one for one in recorded if one["active"]}
    found = [_unrecorded(name) for name in sorted(accounts.keys() - active.keys())]
    for name, standing in active.items():
        found += _of_one(standing, accounts.get(name), rights.get(name, ()))
    return sorted(found, key=lambda one: (one.agency, one.code))


def _unrecorded(account: str) -> Difference:
    return Difference(
        account.removeprefix(_PREFIX),
        "unrecorded",
        "broker có tài khoản mà không ai được cấp, hoặc đã thôi dùng",
        "the broker has an account that nobody was given, or that was retired",
    )


def _of_one(
    standing: Standing, account: Mapping[str, Any] | None, rights: Sequence[Mapping[str, str]]
) -> Iterator[Difference]:
    agency = standing["agency"]
    if not standing["has_system"]:
        yield Difference(
            agency,
            "no-system",
            "cơ quan đã kết thúc hoặc không còn hệ thống riêng; hãy dùng `lienthong agency retire`",
            "the agency has ended or has no system of its own any more; use `lienthong agency retire`",
        )
    if account is None:
        yield Difference(
            agency,
            "missing",
            "broker không có tài khoản; hãy cấp mật khẩu mới bằng `lienthong agency rotate`",
            "the broker has no such account; give it new secrets with `lienthong agency rotate`",
        )
        return
    if account["tags"] not in ("", []):
        yield Difference(
            agency, "tags", "tài khoản là quản trị của broker", "the account administers the broker"
        )
    if [_of(one) for one in rights] != [_of(_expected(agency))]:
        yield Difference(
            agency, "rights", "quyền khác quyền được cấp", "its rights are not those it was given"
        )
    if account.get("limits", {}) != LIMITS:
        yield Difference(
            agency, "limits", "giới hạn kết nối khác quy định", "its limits are not the usual ones"
        )


def mend(rabbit: RabbitControl, enrolment: Enrolment, found: Sequence[Difference]) -> None:
    """Put the broker right where that is all that is needed; passwords stay as they are."""
    told = json.loads(rabbit.control("export_definitions", "-", "--format", "json"))
    users = {user["name"]: user for user in told["users"]}
    for agency in dict.fromkeys(one.agency for one in found if one.code == "unrecorded"):
        enrolment.withdraw(agency)
    for agency in dict.fromkeys(one.agency for one in found if one.code in {"rights", "tags", "limits"}):
        account = agency_queue(agency)
        for one in told["permissions"]:
            if one["user"] == account and one["vhost"] != VHOST:
                rabbit.control("clear_permissions", "-p", one["vhost"], account)
        kept = {key: users[account][key] for key in ("name", "password_hash", "hashing_algorithm")}
        definitions = {"users": [{**kept, "tags": ""}], "permissions": [_expected(agency)]}
        rabbit.control("import_definitions", stdin=json.dumps(definitions))
        rabbit.control("set_user_limits", account, json.dumps(LIMITS))


def _expected(agency: str) -> Mapping[str, str]:
    expected: Mapping[str, str] = account_definitions(agency, None)["permissions"][0]
    return expected


def _of(rights: Mapping[str, str]) -> tuple[str, ...]:
    return rights["vhost"], *(rights[name] for name in _RIGHTS)
