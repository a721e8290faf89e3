-- A service's own log of events, and how far its publisher came with it.

CREATE TABLE event (
    position bigint PRIMARY KEY,
    originator_id uuid NOT NULL,
    originator_version integer NOT NULL,
    topic text NOT NULL,
    state bytea NOT NULL,
    partition integer NOT NULL,
    UNIQUE (originator_id, originator_version)
);

-- Finds the previous event of a partition, and reads one partition again.
CREATE UNIQUE INDEX event_partition ON event (partition, position);

-- The position given last. Whoever updates this row keeps it locked until the commit.
CREATE TABLE event_head (
    one integer PRIMARY KEY CHECK (one = 1),
    position bigint NOT NULL
);
INSERT INTO event_head (one, position) VALUES (1, 0);

-- The position up to which the broker has confirmed everything.
CREATE TABLE published (
    one integer PRIMARY KEY CHECK (one = 1),
    position bigint NOT NULL
);
INSERT INTO published (one, position) VALUES (1, 0);
