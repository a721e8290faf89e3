"""Where nameko begins: its three kinds of entrypoints, in batches, in loops and over HTTP.

Only these modules and the services' `api`, `consumer` and `service` know nameko.
"""
