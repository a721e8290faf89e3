"""How fast we are, beside peers on the same machine and the same servers, in one run.

    from deploy.bench.run import run

* `end_to_end`: durable dossier actions a second through the full stack, with latencies.
* `peers`: the same journey of five durable steps as a Celery chain and as plain nameko handlers
  that save with eventsourcing.
* `rebuild`: how fast statistics' projections are built again, beside a plain SQL aggregate.

What counts as an action is said in `journey`; what is fair and what is not, in each module.
"""
