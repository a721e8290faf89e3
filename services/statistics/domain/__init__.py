"""What statistics itself decides, each with a history of its own; the figures come from the ledger."""
