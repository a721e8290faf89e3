-- One key per dossier, wrapped by the master key. Nothing here can be read without that file.
CREATE TABLE dossier_key (
    dossier_id uuid PRIMARY KEY,
    wrapped_key bytea NOT NULL
);

-- Tombstones: whose key was destroyed. To be destroyed again after older keys were restored.
CREATE TABLE erasure (
    dossier_id uuid PRIMARY KEY,
    erased_at timestamptz NOT NULL
);
