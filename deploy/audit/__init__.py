"""Proving the history: every store against the ledger, signed checkpoints, proofs for outsiders.

The one place that may ask the stores themselves by SQL, with a role that can read all of them but keys.
"""
