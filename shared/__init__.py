"""What every service needs unchanged: contracts, plumbing, one pure kernel (`working_time`).

Nothing that only one service decides on may live here. Dependencies point one way:
`messaging`, `persistence` > `topology` > `contracts` > `event_sourcing` > `clock`, `errors`, `ids`.
"""
