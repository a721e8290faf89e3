-- Reminders and requests for a written report, as they stand; can be made again from the events.

CREATE TABLE request (
    id uuid PRIMARY KEY,
    kind text NOT NULL,
    reference text NOT NULL,
    issuer text NOT NULL,
    subject text NOT NULL,
    basis text NOT NULL,
    due_on text NOT NULL,
    consolidator text NOT NULL,
    issued_at timestamptz NOT NULL,
    state text NOT NULL
);
CREATE INDEX request_issuer ON request (issuer, issued_at, id);
CREATE INDEX request_consolidator ON request (consolidator, issued_at, id);
CREATE INDEX request_in_order ON request (issued_at, id);

-- What each addressee did about it.
CREATE TABLE request_part (
    request_id uuid NOT NULL,
    agency text NOT NULL,
    figure text,
    target text,
    received_at timestamptz,
    answered_at timestamptz,
    proposed text,
    decision text,
    -- Whether it is still to be answered.
    unanswered boolean NOT NULL,
    due_on text NOT NULL,
    PRIMARY KEY (request_id, agency)
);
CREATE INDEX request_part_unanswered ON request_part (agency, due_on, request_id) WHERE unanswered = true;
CREATE INDEX request_part_agency ON request_part (agency, request_id);
