-- Up to which moment everything that a source published in a partition was certainly heard: the age of the position.
CREATE TABLE heard_until (
    producer text NOT NULL,
    partition integer NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (producer, partition)
);
