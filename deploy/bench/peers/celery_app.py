"""What `celery -A deploy.bench.peers.celery_app worker` runs; its addresses stand in the environment."""

from __future__ import annotations

import os

from deploy.bench.peers.celery_steps import build

app = build(os.environ["BENCH_BROKER"], os.environ["BENCH_DATABASE"])
