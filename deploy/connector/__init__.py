"""A client for agencies' own systems: a working example of the published contract.

Nothing here knows Liên Thông's code: kombu and the standard library are enough. Copy the folder, or
read it beside docs/contracts/agencies.md.
"""
