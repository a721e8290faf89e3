"""How fast we are, beside peers on the same machine and the same servers, in one run.

    from deploy.bench.run import run

* `end_to_end`: durable dossier actions a second through the full stack, with latencies.
* `peers`: the same journey of five durable steps as a Celery chain and as plain nameko handlers
  that save with eventsourcing.
* `catching_up`: how fast an agency that was away catches up, its connector acknowledging each message.
* `previews`: how long the preview of a replay takes over a long delivery ledger.
* `rebuild`: how fast statistics' projections are built again, beside a plain SQL aggregate.
* `figures`: the same over a made-up ledger of millions, with every report; run by itself.

What counts as an action is said in `journey`; what is fair and what is not, in each module.
"""
