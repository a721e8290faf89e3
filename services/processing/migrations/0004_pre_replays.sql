-- Replays: what an agency was sent, sent to it again because somebody asked for it.

-- How each replay stands; who asked, why and for what stands in its events too. One at a time an agency:
-- two at once could not keep the order of a dossier's messages.
CREATE TABLE replay (
    id uuid PRIMARY KEY,
    agency text NOT NULL,
    state text NOT NULL CHECK (state IN ('running', 'paused', 'finished', 'cancelled')),
    -- What was asked for: JSON.
    selection text NOT NULL,
    reason text NOT NULL,
    begun_by text NOT NULL,
    begun_at timestamptz NOT NULL,
    ended_at timestamptz,
    -- Messages a second.
    rate integer NOT NULL,
    -- The place in the delivery ledger behind which it goes on, and the one where it ends.
    "cursor" bigint NOT NULL,
    upto bigint NOT NULL,
    -- As counted when it began.
    messages bigint NOT NULL,
    superseded bigint NOT NULL,
    -- As sent since.
    sent bigint NOT NULL,
    sent_superseded bigint NOT NULL,
    -- When the next page may be sent, or the end of the time for which somebody has claimed it.
    next_at timestamptz,
    -- Why the last page did not go through.
    waits_for text
);
CREATE UNIQUE INDEX replay_under_way ON replay (agency) WHERE state IN ('running', 'paused');
CREATE INDEX replay_due ON replay (next_at) WHERE state = 'running';

-- An agency's history in order, with all that a preview counts: the messages' bodies are not read for it.
CREATE INDEX delivery_history ON delivery
    (agency, sequence, created_at, first_sent_at, dossier_id, leg_id, state, kind, notice);
CREATE INDEX work_code ON work (code);
