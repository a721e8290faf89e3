-- What opinions, pauses, successions and notices need.

-- When an agency ended, and who goes on with its dossiers: JSON, as `agency-ended` says it.
ALTER TABLE agency ADD COLUMN ended_at timestamptz;
ALTER TABLE agency ADD COLUMN successors text;

ALTER TABLE work ADD COLUMN kind text NOT NULL DEFAULT 'work';
ALTER TABLE work ADD COLUMN at_term text NOT NULL DEFAULT 'overdue';
-- What the work waits for, if it waits.
ALTER TABLE work ADD COLUMN suspended text;

-- The state of the leg that a notice tells of. A notice is a row of the kind 'refusal', which stands for
-- whatever is delivered once the broker has it; only this column tells them apart, since not every engine
-- can change what the kind may be without writing the whole ledger anew.
ALTER TABLE delivery ADD COLUMN notice text;
