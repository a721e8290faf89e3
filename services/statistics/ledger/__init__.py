"""The ledger: every public message, once, in one order, each entry sealed by the hash of the one before."""
