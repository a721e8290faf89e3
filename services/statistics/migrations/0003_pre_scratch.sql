-- Read models as of a moment, made for somebody's question and dropped again.
-- Each has tables of its own version: see read_model/tables.sql.
CREATE TABLE scratch (
    name text PRIMARY KEY,
    version integer NOT NULL UNIQUE,
    as_of timestamptz NOT NULL,
    layout integer NOT NULL,
    -- The last entry of the ledger that it holds; none while it is being built.
    ledger_sequence bigint,
    built_by text NOT NULL,
    reason text NOT NULL,
    built_at timestamptz NOT NULL
);
