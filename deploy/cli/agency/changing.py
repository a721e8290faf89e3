"""The system whose accounts the verbs change: its broker, its tokens, its processing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit
from uuid import uuid4

import click

from deploy.cli.output import as_json, fail, log_to_stderr
from deploy.cli.reaching import reached_or_fail, run_folder
from deploy.containers.management import Management, ManagementError
from deploy.containers.secret_files import BROKER_MANAGEMENT
from deploy.enrolment import Credentials, Enrolment
from deploy.files import TOKENS
from deploy.instances.errors import InstanceError
from deploy.own_tokens import own_token
from deploy.play.client import Client, DoorError
from deploy.provision import VHOST, RabbitControl
from deploy.stack import Stack
from shared.access import TokenFile
from shared.topology import agency_queue

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Reach:
    """What the verbs work on."""

    processing: Client
    rabbit: RabbitControl
    enrolment: Enrolment
    broker: str
    """The broker's address for agencies, without account and virtual host."""
    processing_url: str

    def record(self, agency: str, act: str, reason: str, **more: Any) -> dict[str, Any]:
        """Record an act at processing's door. Raises DoorError."""
        path = f"/v1/agencies/{quote(agency, safe='')}/account/{act}"
        answer: dict[str, Any] = self.processing.post(path, {"reason": reason, **more}, f"cli/{uuid4()}")
        return answer

    def issue(self, agency: str, max_length: int | None, *, certified: bool) -> Credentials:
        """Make new secrets."""
        password, token = self.enrolment.issue(agency, max_length, certified=certified)
        parts = urlsplit(self.broker)
        account = (
            "" if password is None else f"{quote(agency_queue(agency), safe='')}:{quote(password, safe='')}@"
        )
        address = f"{parts.scheme}://{account}{parts.netloc}/{quote(VHOST, safe='')}"
        return Credentials(agency, address, token, self.processing_url, certified)


def on_a_system(command: Command) -> Command:
    """Give a verb the options that say which system it is about."""
    for option in (
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


@contextmanager
def reach_system(
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
                yield Reach(client, stack.rabbit, enrolment, address, reached.urls["processing"])
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
            yield Reach(
                client, management, Enrolment(management, TokenFile(tokens / TOKENS)), broker, processing
            )
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
