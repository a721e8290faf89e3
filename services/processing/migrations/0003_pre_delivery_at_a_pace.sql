-- What windows, rates, pulling, parking, reminders and agencies' own references need.

-- How an agency wants its messages; one without a row is served as the code says by default.
CREATE TABLE agency_way (
    agency text PRIMARY KEY,
    way text NOT NULL CHECK (way IN ('queue', 'pull')),
    -- The most unanswered hand-overs that lie before it.
    most integer NOT NULL,
    -- Messages a second that are put onto its queue.
    rate integer NOT NULL,
    -- How often a hand-over is left unanswered, while others are answered, before it is parked.
    tries integer NOT NULL,
    -- The number that was given last to what it pulled.
    given bigint NOT NULL DEFAULT 0
);

-- The moment up to which an agency's rate is used up.
CREATE TABLE agency_pace (
    agency text PRIMARY KEY,
    used_until timestamptz NOT NULL
);

-- When an agency answered last, whatever it answered.
CREATE TABLE agency_answer (
    agency text PRIMARY KEY,
    last_answer_at timestamptz NOT NULL
);

ALTER TABLE delivery ADD COLUMN tried_at timestamptz;
-- How often it was left unanswered while its agency answered others.
ALTER TABLE delivery ADD COLUMN unheeded integer NOT NULL DEFAULT 0;
ALTER TABLE delivery ADD COLUMN parked_at timestamptz;
-- Where it stands in what an agency has pulled: the cursor.
ALTER TABLE delivery ADD COLUMN pulled bigint;
CREATE INDEX delivery_turn ON delivery (agency, kind, state, next_try_at, sequence) WHERE next_try_at IS NOT NULL;
-- What is due is asked for agency by agency: this one would lead through everybody else's backlog.
DROP INDEX delivery_due;
CREATE INDEX delivery_parked ON delivery (agency, dossier_id, sequence) WHERE state = 'parked';
CREATE INDEX delivery_pulled ON delivery (agency, pulled) WHERE pulled IS NOT NULL AND next_try_at IS NOT NULL;

-- The agency's own reference for its work, and who was reminded of it.
ALTER TABLE work ADD COLUMN reference text;
CREATE INDEX work_reference ON work (reference, leg_id) WHERE reference IS NOT NULL;

-- Who was reminded of what, as the events say it.
CREATE TABLE reminder (
    leg_id uuid NOT NULL,
    agency text NOT NULL,
    about text NOT NULL,
    rung integer NOT NULL,
    -- An agency, or operations.
    addressed_to text NOT NULL,
    -- The due time that it speaks of.
    due_at timestamptz,
    reminded_at timestamptz NOT NULL,
    PRIMARY KEY (leg_id, agency, about, rung, reminded_at)
);
CREATE INDEX reminder_agency ON reminder (agency, reminded_at);
CREATE INDEX reminder_addressed_to ON reminder (addressed_to, reminded_at);
