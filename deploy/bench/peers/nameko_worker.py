"""One worker process of the nameko peer: `python -m deploy.bench.peers.nameko_worker`.

nameko's own command would take the broker's address, with its password, from its arguments.
"""

from __future__ import annotations

import eventlet

eventlet.monkey_patch()

import os  # noqa: E402
import signal  # noqa: E402

from nameko.runners import ServiceRunner  # noqa: E402

from deploy.bench.peers.nameko_steps import BenchService  # noqa: E402

MAX_WORKERS = 10
"""Green threads, and unacknowledged messages, a process: nameko's default."""


def main() -> None:
    """Serve until asked to end."""
    runner = ServiceRunner({"AMQP_URI": os.environ["BENCH_BROKER"], "max_workers": MAX_WORKERS})
    runner.add_service(BenchService)
    signal.signal(signal.SIGTERM, lambda *_: eventlet.spawn_n(runner.kill))
    runner.start()
    runner.wait()


if __name__ == "__main__":
    main()
