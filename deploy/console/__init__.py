"""The operations console: pages over the services' HTTP doors; it reads no service's tables.

It has no powers of its own: every call carries the token of the person who signed in, so each
act is checked and recorded by the service that it concerns.
"""
