-- Which version of a read model readers see, and up to which entry of the ledger it says everything.
-- The tables themselves are made per version: see read_model/tables.sql.
CREATE TABLE read_model (
    name text PRIMARY KEY,
    live_version integer NOT NULL,
    ledger_sequence bigint NOT NULL,
    -- The layout of the live version's tables; code with another layout rebuilds before it writes.
    layout integer NOT NULL
);
