"""RabbitMQ's HTTP interface in the place of `rabbitmqctl`, for a broker in another container."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, unquote, urlsplit

SECONDS = 30


class ManagementError(Exception):
    """RabbitMQ refused what was asked over HTTP; the text says what and why."""


class Management:
    """The few commands of `rabbitmqctl` that setting up needs, with its words and its answers."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        account = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
        self._base = f"{parts.scheme}://{parts.hostname}:{parts.port}/api"
        self._headers = {
            "Authorization": "Basic " + b64encode(account.encode()).decode(),
            "Content-Type": "application/json",
        }
        self._commands: dict[str, Callable[..., str]] = {
            "list_vhosts": self._list_vhosts,
            "add_vhost": self._add_vhost,
            "delete_vhost": self._delete_vhost,
            "list_users": self._list_users,
            "add_user": self._put_user,
            "delete_user": self._delete_user,
            "change_password": self._put_user,
            "set_permissions": self._set_permissions,
            "clear_permissions": self._clear_permissions,
            "import_definitions": self._import_definitions,
            "export_definitions": self._export_definitions,
            "set_user_limits": self._set_user_limits,
            "close_all_user_connections": self._close_connections,
            "list_policies": self._list_policies,
            "clear_policy": self._clear_policy,
        }

    def control(self, *args: str, stdin: str | None = None) -> str:
        """Do what `rabbitmqctl` would do and return what it would print.

        Raises ManagementError when RabbitMQ refuses, OSError when it does not answer.
        """
        command, *rest = args
        if stdin is not None:
            rest.append(stdin)
        return self._commands[command](*rest)

    def _list_vhosts(self, _column: str) -> str:
        return "\n".join(vhost["name"] for vhost in self._ask("GET", "vhosts"))

    def _add_vhost(self, vhost: str) -> str:
        self._ask("PUT", "vhosts", vhost, content={})
        return ""

    def _delete_vhost(self, vhost: str) -> str:
        self._ask("DELETE", "vhosts", vhost)
        return ""

    def _list_users(self) -> str:
        return "\n".join(f"{user['name']}\t{user['tags']}" for user in self._ask("GET", "users"))

    def _put_user(self, user: str, password: str) -> str:
        self._ask("PUT", "users", user, content={"password": password, "tags": ""})
        return ""

    def _delete_user(self, user: str) -> str:
        self._ask("DELETE", "users", user)
        return ""

    def _set_permissions(self, _flag: str, vhost: str, user: str, *rights: str) -> str:
        content = dict(zip(("configure", "write", "read"), rights, strict=True))
        self._ask("PUT", "permissions", vhost, user, content=content)
        return ""

    def _clear_permissions(self, _flag: str, vhost: str, user: str) -> str:
        self._ask("DELETE", "permissions", vhost, user)
        return ""

    def _import_definitions(self, definitions: str) -> str:
        self._ask("POST", "definitions", content=json.loads(definitions))
        return ""

    def _export_definitions(self, *_where_and_format: str) -> str:
        return json.dumps(self._ask("GET", "definitions"))

    def _set_user_limits(self, user: str, limits: str) -> str:
        for name, value in json.loads(limits).items():
            self._ask("PUT", "user-limits", user, name, content={"value": value})
        return ""

    def _close_connections(self, user: str, _reason: str) -> str:
        self._ask("DELETE", "connections", "username", user)
        return ""

    def _list_policies(self, _flag: str, vhost: str, *_format: str) -> str:
        return json.dumps(self._ask("GET", "policies", vhost))

    def _clear_policy(self, _flag: str, vhost: str, name: str) -> str:
        self._ask("DELETE", "policies", vhost, name)
        return ""

    def _ask(self, method: str, *path: str, content: object = None) -> Any:
        url = "/".join([self._base, *(quote(part, safe="") for part in path)])
        body = None if content is None else json.dumps(content).encode()
        request = urllib.request.Request(url, method=method, data=body, headers=self._headers)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
                text = answer.read()
        except urllib.error.HTTPError as error:
            msg = f"{method} {'/'.join(path)}: {error.code} {error.read().decode(errors='replace')}"
            raise ManagementError(msg) from error
        return json.loads(text) if text else None
