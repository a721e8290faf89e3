"""What goes wrong in a data centre, done to a stack on purpose."""

from __future__ import annotations

import signal

from deploy.provision import VHOST, provision_agency, provision_broker
from deploy.stack import Stack


def kill(stack: Stack, service: str) -> None:
    """End a service without a word, as a lack of memory would, and start it again."""
    stack.stop_service(service, signal.SIGKILL)
    stack.start_service(service)


def restart_rabbitmq(stack: Stack) -> None:
    """Stop RabbitMQ and start it again."""
    stack.rabbit.stop()
    stack.rabbit.start()


def restart_postgresql(stack: Stack) -> None:
    """Stop PostgreSQL under everybody's hands and start it again."""
    stack.postgres.stop()
    stack.postgres.start()


def wipe_rabbitmq(stack: Stack, agencies: list[str]) -> None:
    """Delete everything that RabbitMQ holds, and set it up again as a new one."""
    stack.rabbit.control("delete_vhost", VHOST)
    provision_broker(stack.rabbit, stack.passwords)
    for agency in agencies:
        provision_agency(stack.rabbit, stack.passwords, agency)
