-- Reports that went out, to be found by number and period; their content lies in the log.
CREATE TABLE publication (
    number text PRIMARY KEY,
    report text NOT NULL,
    first_day text NOT NULL,
    last_day text NOT NULL,
    published_at timestamptz NOT NULL,
    published_by text NOT NULL,
    digest text NOT NULL,
    -- The number of the report that this one takes the place of; one report is corrected once at most.
    corrects text UNIQUE
);
