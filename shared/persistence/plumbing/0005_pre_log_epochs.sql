-- Where a log goes on after a restore: what it held behind that place is another history, and is lost.
-- A service keeps this of its own log and of those that it hears; one without a row is in its first epoch.
CREATE TABLE log_epoch (
    service text NOT NULL,
    epoch integer NOT NULL,
    -- The last position that was restored: this epoch has those behind it.
    after_position bigint NOT NULL,
    begun_at timestamptz NOT NULL,
    -- The backup that was restored.
    backup text NOT NULL,
    PRIMARY KEY (service, epoch)
);
