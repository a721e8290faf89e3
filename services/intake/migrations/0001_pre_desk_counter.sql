-- Running numbers of dossier codes, by the desk's identifier and the local date of reception.
-- last_taken is how many numbers the latest increment took.
CREATE TABLE desk_counter (
    desk_code text NOT NULL,
    day text NOT NULL,
    last bigint NOT NULL,
    last_taken bigint NOT NULL,
    PRIMARY KEY (desk_code, day)
);

-- Desks whose numbers begin later, because another system gives numbers at the same time.
CREATE TABLE desk_counter_start (
    desk_code text PRIMARY KEY,
    first bigint NOT NULL
);
