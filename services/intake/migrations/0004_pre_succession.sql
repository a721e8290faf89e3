-- Where limits are longer, and an agency's own office hours (JSON).
ALTER TABLE agency ADD COLUMN remote boolean NOT NULL DEFAULT false;
ALTER TABLE agency ADD COLUMN hours text;

-- Agencies that have ended; heirs is JSON: who goes on, for which areas.
CREATE TABLE agency_end (
    agency text PRIMARY KEY,
    ended_at text NOT NULL,
    heirs text NOT NULL
);
