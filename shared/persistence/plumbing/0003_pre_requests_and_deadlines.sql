-- Answers given to HTTP requests that carried an idempotency key.
CREATE TABLE idempotency (
    principal text NOT NULL,
    key text NOT NULL,
    request_digest text NOT NULL,
    status integer NOT NULL,
    response bytea NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (principal, key)
);

-- Moments at which something is due, written with the event that sets them.
CREATE TABLE deadline (
    aggregate_id uuid NOT NULL,
    name text NOT NULL,
    version integer NOT NULL,
    fires_at timestamptz NOT NULL,
    state text NOT NULL,
    PRIMARY KEY (aggregate_id, name)
);
CREATE INDEX deadline_pending ON deadline (name, fires_at) WHERE state = 'pending';
