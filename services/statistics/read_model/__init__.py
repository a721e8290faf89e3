"""The read model: versioned tables of dossiers, legs, agencies and procedures, built from the ledger.

Readers find the live version in one row, inside their transaction. A rebuild makes a further set of
tables while the live ones go on, and changes that row when both stand at the same entry of the ledger.
"""
