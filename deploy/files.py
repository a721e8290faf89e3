"""Names of the files in a deployment's home: secrets that are made at first start, never shipped."""

from __future__ import annotations

MASTER_KEY = "master.key"
"""Wraps the dossiers' keys. Whoever loses it can never read personal data again: back it up apart."""
TOKENS = "tokens.json"
"""Digests of HTTP tokens."""
PASSWORDS = "passwords.json"
"""Passwords of database roles and broker accounts."""
KNOWN_TOKENS = "own-tokens.json"
"""Tokens of the operator's own command line."""
SIGNING_KEY = "checkpoint.key"
"""Signs checkpoints of the audit ledger."""
REPORT_KEY = "report.key"
"""Signs what statistics publishes: reports and sets of rules."""
LAST_CHECKPOINT = "checkpoint.json"
"""The checkpoint made last: the next one goes on from it."""
