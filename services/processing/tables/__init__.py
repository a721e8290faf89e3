"""Processing's own tables: agencies, the worklist and the delivery ledger."""
