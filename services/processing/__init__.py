"""Processing: the work inside agencies, and the only service that talks to them.

Owns: the work on each leg, the ledger of what is delivered to agencies, their worklists, terms of legs.
Consumes: `agency-registered` and `leg-opened` of routing; agencies' commands.
Publishes: `leg-handed-over`, `leg-acknowledged`, `leg-accepted`, `work-recorded`, `leg-completed`,
`leg-returned`, `leg-overdue`; hand-overs and refusals on the agencies' queues.
"""
