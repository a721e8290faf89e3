-- Every public message of intake, routing and processing, once each, in the order in which it was entered.
CREATE TABLE ledger (
    sequence bigint PRIMARY KEY,
    source text NOT NULL,
    message_id text NOT NULL,
    type text NOT NULL,
    root_id uuid,
    leg_id uuid,
    happened_at timestamptz NOT NULL,
    received_at timestamptz,
    -- When the source recorded it; entered_at is when it came into this ledger.
    recorded_at timestamptz,
    entered_at timestamptz NOT NULL,
    -- The message's exact bytes, as they came from the broker.
    body bytea NOT NULL,
    entry_hash bytea NOT NULL,
    previous_hash bytea NOT NULL,
    -- The hash of the entry before it with the same root; NULL for the first, and where there is no root.
    dossier_previous_hash bytea,
    UNIQUE (source, message_id)
);

CREATE INDEX ledger_root ON ledger (root_id, sequence);

-- The sequence given last. Whoever updates this row keeps it locked until the commit.
CREATE TABLE ledger_head (
    one integer PRIMARY KEY CHECK (one = 1),
    sequence bigint NOT NULL
);
INSERT INTO ledger_head (one, sequence) VALUES (1, 0);

-- The last entry of each root.
CREATE TABLE dossier_head (
    root_id uuid PRIMARY KEY,
    sequence bigint NOT NULL,
    entry_hash bytea NOT NULL
);
