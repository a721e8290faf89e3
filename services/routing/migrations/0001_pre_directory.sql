-- Agencies and processes as they stand now, for looking up; their events say how they came to be so.
CREATE TABLE directory (
    kind text NOT NULL,
    name text NOT NULL,
    version integer NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (kind, name, version)
);

-- Tells a process that keeps the directory in memory that another one changed it.
CREATE TABLE directory_revision (
    one integer PRIMARY KEY CHECK (one = 1),
    revision bigint NOT NULL
);

INSERT INTO directory_revision (one, revision) VALUES (1, 0);
