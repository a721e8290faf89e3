"""Processing: the work inside agencies, and the only service that talks to them.

Owns: the work on each leg, the ledger of what is delivered to agencies, their worklists, terms of legs.
Consumes: `agency-registered`, `agency-ended`, `leg-opened`, `leg-closed` (of legs that nobody needs),
`leg-rehomed` and `itinerary-resumed` of routing; agencies' commands.
Publishes: `leg-handed-over`, `leg-acknowledged`, `leg-accepted`, `work-recorded`, `leg-completed`,
`opinion-given`, `leg-returned`, `leg-transferred`, `leg-recalled`, `supplement-requested`,
`payment-requested`, `leg-resumed`, `leg-withdrawn`, `work-rehomed`, `leg-lapsed`, `leg-overdue`,
`leg-reminded`;
hand-overs, notices and refusals on the agencies' queues.
"""
