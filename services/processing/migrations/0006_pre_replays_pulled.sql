-- Replays to agencies that pull: what they are given again, by the number under which it stands for the cursor.
CREATE TABLE replayed (
    agency text NOT NULL,
    pulled bigint NOT NULL,
    -- The message, in `delivery`.
    sequence bigint NOT NULL,
    replay uuid NOT NULL,
    superseded boolean NOT NULL,
    -- Whether the delivery itself stands under this number, and is waited for: then this only marks it.
    awaited boolean NOT NULL,
    PRIMARY KEY (agency, pulled)
);
