"""statistics: the read side. It decides nothing about dossiers.

Owns the ledger of every public message, hashed into chains; the read model of dossiers, legs,
agencies and procedures; reports and histories; which version of the read model is live.
Consumes every message of intake, routing and processing.
Publishes nothing.
"""
