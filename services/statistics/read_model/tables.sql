-- The read model's tables; # stands for the version's number.

-- A citizen's dossier, counted once by its root. *_on is the date in Viet Nam of *_at.
CREATE TABLE dossier_v# (
    root_id uuid PRIMARY KEY,
    code text,
    procedure text,
    desk text,
    channel text,
    area text,
    applicant_kind text,
    foreign_code text,
    limit_amount text,
    limit_unit text,
    submitted_at timestamptz,
    submitted_on text,
    received_at timestamptz,
    received_on text,
    due_at timestamptz,
    due_on text,
    planned_at timestamptz,
    routed_at timestamptz,
    resolved_at timestamptz,
    resolved_on text,
    verdict text,
    handed_back_at timestamptz,
    handed_back_on text,
    manner text,
    refused_at timestamptz,
    refused_on text,
    stopped_at timestamptz,
    stopped_on text,
    status integer NOT NULL,
    process text,
    process_version integer,
    legs_planned integer,
    legs_opened integer NOT NULL,
    legs_completed integer NOT NULL,
    legs_returned integer NOT NULL,
    desk_returns integer NOT NULL,
    times_sent_on integer NOT NULL,
    current_agency text,
    current_leg uuid,
    route_position bigint NOT NULL,
    historical boolean NOT NULL
);

-- One attempt at one leg: the work of one agency.
CREATE TABLE leg_v# (
    leg_id uuid PRIMARY KEY,
    root_id uuid NOT NULL,
    number integer,
    attempt integer,
    name_vi text,
    name_en text,
    procedure text,
    agency text,
    from_agency text,
    direction text,
    term_amount text,
    term_unit text,
    opened_at timestamptz,
    opened_on text,
    due_at timestamptz,
    due_on text,
    handed_over_at timestamptz,
    handed_over_by text,
    acknowledged_at timestamptz,
    accepted_at timestamptz,
    steps integer NOT NULL,
    completed_at timestamptz,
    returned_at timestamptz,
    closed_at timestamptz,
    closed_on text,
    outcome text,
    overdue_at timestamptz
);

CREATE TABLE agency_v# (
    agency text PRIMARY KEY,
    name_vi text,
    name_en text,
    level text,
    kind text,
    parent text,
    area text,
    vertical boolean,
    connected boolean,
    code text,
    valid_from timestamptz,
    log_position bigint NOT NULL
);

CREATE TABLE procedure_v# (
    procedure text PRIMARY KEY,
    version integer NOT NULL,
    name_vi text,
    name_en text,
    sector text,
    service_level integer,
    limit_amount text,
    limit_unit text,
    valid_from timestamptz
);

CREATE INDEX dossier_v#_code ON dossier_v# (code);
CREATE INDEX leg_v#_root ON leg_v# (root_id);
