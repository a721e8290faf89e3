"""The verbs agency enrol, rotate and retire: who comes in to the broker and to the doors as an agency."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit
from uuid import uuid4

import click
import yaml

from deploy.cli.output import as_json, fail, log_to_stderr, print_json, screen
from deploy.cli.reaching import reached_or_fail, run_folder
from deploy.containers.management import Management, ManagementError
from deploy.containers.secret_files import BROKER_MANAGEMENT
from deploy.enrolment import Credentials, Enrolment
from deploy.files import TOKENS
from deploy.instances.errors import InstanceError
from deploy.own_tokens import own_token
from deploy.play.client import Client, DoorError
from deploy.provision import VHOST
from deploy.stack import Stack
from shared.access import TokenFile
from shared.clock import local_text

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Reach:
    """What the verbs work on."""

    processing: Client
    enrolment: Enrolment
    broker: str
    """The broker's address for agencies, without account and virtual host."""
    processing_url: str

    def record(self, agency: str, act: str, reason: str, **more: Any) -> dict[str, Any]:
        """Record an act at processing's door. Raises DoorError."""
        path = f"/v1/agencies/{quote(agency, safe='')}/account/{act}"
        answer: dict[str, Any] = self.processing.post(path, {"reason": reason, **more}, f"cli/{uuid4()}")
        return answer

    def issue(self, agency: str, max_length: int | None) -> Credentials:
        """Make new secrets."""
        password, token = self.enrolment.issue(agency, max_length)
        parts = urlsplit(self.broker)
        account = f"{quote(f'agency.{agency}', safe='')}:{quote(password, safe='')}"
        address = f"{parts.scheme}://{account}@{parts.netloc}/{quote(VHOST, safe='')}"
        return Credentials(agency, address, token, self.processing_url)


def _on_accounts(command: Command) -> Command:
    """Give a verb the options that say which system it is about."""
    for option in (
        click.option("--reason", required=True, help="Lý do, được ghi lại / why; it is recorded."),
        click.option(
            "--secrets",
            "secrets_",
            type=click.Path(path_type=Path, file_okay=False, exists=True),
            help="Hệ thống trong container: thư mục bí mật / a stack in containers: its folder of secrets.",
        ),
        click.option(
            "--processing", metavar="URL", help="Với --secrets: dịch vụ xử lý / with --secrets: processing."
        ),
        click.option(
            "--broker",
            metavar="URL",
            help="Địa chỉ broker mà cơ quan thấy, amqp[s]://host:port / as agencies see it.",
        ),
        run_folder,
        as_json,
    ):
        command = option(command)
    return command


def _issuing(command: Command) -> Command:
    """Give a verb that makes secrets its options."""
    for option in (
        click.option(
            "--max-length", type=click.IntRange(1, 10_000_000), help="Hàng đợi dài tối đa / longest queue."
        ),
        click.option(
            "--format", "format_", type=click.Choice(("env", "yaml")), default="env", show_default=True
        ),
    ):
        command = option(command)
    return _on_accounts(command)


@click.command()
@click.argument("agency")
@_issuing
def enrol(agency: str, **asked: Any) -> None:
    """Cấp tài khoản cho hệ thống của cơ quan AGENCY / let the own system of AGENCY in.

    Prints a ready configuration, once: nobody can show it again.
    """
    _issue("enrol", agency, **asked)


@click.command()
@click.argument("agency")
@_issuing
def rotate(agency: str, **asked: Any) -> None:
    """Đổi mật khẩu và mã của AGENCY / give AGENCY new secrets; the old ones open nothing from now on."""
    _issue("rotate", agency, **asked)


def _issue(
    act: str,
    agency: str,
    *,
    max_length: int | None,
    format_: str,
    reason: str,
    json_: bool,
    **where: Any,
) -> None:
    with _reach("rotate", **where) as reach, reach.enrolment.alone():
        reach.record(agency, act, reason)
        _show(reach.issue(agency, max_length), format_, json_=json_)


@click.command()
@click.argument("agency")
@click.option(
    "--accept-unanswered",
    is_flag=True,
    help="Dù còn bàn giao chưa trả lời / though hand-overs are unanswered.",
)
@_on_accounts
def retire(agency: str, accept_unanswered: bool, reason: str, json_: bool, **where: Any) -> None:  # noqa: FBT001
    """Bỏ tài khoản của AGENCY / take the account of AGENCY away. Its queue and its hand-overs stay."""
    with _reach("retire", **where) as reach, reach.enrolment.alone():
        standing = reach.record(agency, "retire", reason, accept_unanswered=accept_unanswered)
        reach.enrolment.withdraw(agency)
    if json_:
        print_json(standing)
    else:
        since = local_text(standing["since"])
        screen.print(f"{agency}: đã thôi dùng từ {since} / retired since {since}", highlight=False)


@contextmanager
def _reach(
    mends: str, folder: Path, secrets_: Path | None, processing: str | None, broker: str | None
) -> Iterator[Reach]:
    """Give what the verbs work on, or end with a clear word; `mends`: the verb that ends what was half done."""
    log_to_stderr(30)
    try:
        if secrets_ is None:
            with reached_or_fail(folder, None) as reached, closing(reached.client("processing")) as client:
                stack = Stack(folder)
                enrolment = Enrolment(stack.rabbit, TokenFile(stack.home / TOKENS))
                address = broker or f"amqp://127.0.0.1:{stack.rabbit.port}"
                yield Reach(client, enrolment, address, reached.urls["processing"])
            return
        if not processing or not broker:
            fail(
                "--secrets cần --processing và --broker",
                "--secrets needs --processing and --broker",
                status=2,
            )
        management = Management(
            (secrets_ / "operator" / BROKER_MANAGEMENT).read_text(encoding="ascii").strip()
        )
        tokens = secrets_ / "tokens"
        with closing(Client(processing, own_token(tokens, "administrator"))) as client:
            yield Reach(client, Enrolment(management, TokenFile(tokens / TOKENS)), broker, processing)
    except DoorError as error:
        fail(
            f"dịch vụ từ chối ({error.code}): {error.vi or error}",
            f"refused ({error.code}): {error.en or error}",
        )
    except (InstanceError, ManagementError, OSError) as error:
        fail(
            f"broker không làm được: {error}; chạy `lienthong agency {mends}` khi đã sửa",
            f"the broker could not do it: {error}; run `lienthong agency {mends}` when it is mended",
        )


def _show(credentials: Credentials, format_: str, *, json_: bool) -> None:
    values = credentials.as_values()
    if json_:
        print_json(values)
    elif format_ == "yaml":
        click.echo(yaml.safe_dump(values, sort_keys=False), nl=False)
    else:
        click.echo("\n".join(f"{name}={value}" for name, value in values.items()))
