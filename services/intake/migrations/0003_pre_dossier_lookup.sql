-- How doors find a dossier. identity_index is keyed: no number can be read or tried out from it.
CREATE TABLE dossier_lookup (
    dossier_id uuid PRIMARY KEY,
    code text UNIQUE,
    identity_index bytea,
    foreign_code text,
    desk text NOT NULL,
    procedure text NOT NULL,
    status integer NOT NULL
);

CREATE INDEX dossier_lookup_identity ON dossier_lookup (identity_index);
CREATE INDEX dossier_lookup_foreign_code ON dossier_lookup (foreign_code);
CREATE INDEX dossier_lookup_desk_status ON dossier_lookup (desk, status);
