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
    -- As the receipt said; due_at is as it stands now, appointment_v# has what lies between.
    first_due_at timestamptz,
    first_due_on text,
    due_at timestamptz,
    due_on text,
    due_moves integer NOT NULL,
    due_position bigint NOT NULL,
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
    -- Working minutes from an online filing until it was received or refused.
    answered_after integer,
    stopped_at timestamptz,
    stopped_on text,
    withdrawn_at timestamptz,
    status integer NOT NULL,
    process text,
    process_version integer,
    plan_position bigint NOT NULL,
    -- Of the version by which the dossier was planned, not of one it was moved to.
    model text,
    trial boolean NOT NULL,
    -- The agency of the first leg on its way: whose unit answers for the dossier.
    lead text,
    -- Without those that are skipped.
    legs_planned integer,
    legs_opened integer NOT NULL,
    legs_completed integer NOT NULL,
    legs_returned integer NOT NULL,
    desk_returns integer NOT NULL,
    times_sent_on integer NOT NULL,
    pauses integer NOT NULL,
    -- Asked for and not yet there.
    awaited_supplements integer NOT NULL,
    awaited_payments integer NOT NULL,
    historical boolean NOT NULL
);

-- One attempt at one leg: the work of one agency. Where a dossier is now: its legs that are open.
CREATE TABLE leg_v# (
    leg_id uuid PRIMARY KEY,
    root_id uuid NOT NULL,
    number integer,
    attempt integer,
    name_vi text,
    name_en text,
    procedure text,
    -- Who has it now; first_agency had it when it was opened.
    agency text,
    first_agency text,
    -- Successions while it was open: JSON [[position in routing's log, moment, agency], ...] in order.
    rehomed text,
    from_agency text,
    direction text,
    kind text,
    pause text,
    term_amount text,
    term_unit text,
    opened_at timestamptz,
    opened_on text,
    due_at timestamptz,
    due_on text,
    due_position bigint NOT NULL,
    handed_over_at timestamptz,
    handed_over_by text,
    acknowledged_at timestamptz,
    accepted_at timestamptz,
    steps integer NOT NULL,
    opinion text,
    completed_at timestamptz,
    -- Who said that it was completed.
    completed_by text,
    returned_at timestamptz,
    closed_at timestamptz,
    closed_on text,
    outcome text,
    overdue_at timestamptz,
    -- Working minutes from its opening until its agency took it on.
    waited integer,
    -- The most working minutes that lay between an act on it and its being recorded; NULL if all were imported.
    told_after integer
);

-- What an agency tried on a leg and was refused.
CREATE TABLE refused_act_v# (
    refused_key text PRIMARY KEY,
    root_id uuid NOT NULL,
    leg_id uuid NOT NULL,
    agency text,
    -- Who tried it.
    officer text,
    command text NOT NULL,
    code text NOT NULL,
    refused_at timestamptz NOT NULL
);

-- A time in which the dossier's clock stood still.
CREATE TABLE pause_v# (
    pause_id uuid PRIMARY KEY,
    root_id uuid NOT NULL,
    kind text,
    leg_id uuid,
    agency text,
    paused_at timestamptz,
    resumed_at timestamptz
);

-- A moving of a dossier's due time, by a pause or an extension.
CREATE TABLE appointment_v# (
    appointment_id uuid PRIMARY KEY,
    root_id uuid NOT NULL,
    moved_at timestamptz NOT NULL,
    position bigint NOT NULL,
    due_at timestamptz,
    due_on text
);

CREATE TABLE agency_v# (
    agency text PRIMARY KEY,
    name_vi text,
    name_en text,
    level text,
    kind text,
    category text,
    parent text,
    area text,
    remote boolean,
    vertical boolean,
    connected boolean,
    code text,
    valid_from timestamptz,
    log_position bigint NOT NULL,
    ended_at timestamptz,
    ended_change text,
    ended_basis text,
    -- JSON, as it was made known.
    successors text,
    ended_position bigint NOT NULL
);

-- Everything that was ever said of an agency, once each: entries, and ends.
CREATE TABLE register_v# (
    register_key text PRIMARY KEY,
    agency text NOT NULL,
    log_position bigint NOT NULL,
    valid_from timestamptz,
    level text,
    kind text,
    parent text,
    area text,
    vertical boolean,
    connected boolean,
    name_vi text,
    name_en text,
    ended_at timestamptz,
    -- JSON, as it was made known.
    successors text
);

-- What a figure is to reach in a year; each decision on it is a version.
CREATE TABLE target_v# (
    target_key text PRIMARY KEY,
    indicator text NOT NULL,
    scope text NOT NULL,
    whose text,
    year integer NOT NULL,
    version integer NOT NULL,
    percent text NOT NULL,
    reach_by text NOT NULL,
    basis text NOT NULL,
    set_at timestamptz NOT NULL
);

-- How a figure that no dossier yields stood after each act on it; days are text, YYYY-MM-DD.
CREATE TABLE entered_v# (
    entered_key text PRIMARY KEY,
    figure text NOT NULL,
    agency text NOT NULL,
    first_day text NOT NULL,
    last_day text NOT NULL,
    version integer NOT NULL,
    state text NOT NULL,
    amount bigint NOT NULL,
    evidence text NOT NULL,
    set_at timestamptz NOT NULL
);

-- A reminder, or a request for a written report, to some agencies.
CREATE TABLE request_v# (
    request_id uuid PRIMARY KEY,
    kind text,
    reference text,
    issuer text,
    subject text,
    basis text,
    -- The last day in time, and when it is over.
    due_on text,
    due_at timestamptz,
    consolidator text,
    -- JSON: their ids, in the order in which they were named.
    addressees text,
    issued_at timestamptz,
    withdrawn_at timestamptz,
    consolidated_at timestamptz
);

-- What one addressee did about one of them; nothing yet: no row.
CREATE TABLE asked_v# (
    asked_key text PRIMARY KEY,
    request_id uuid NOT NULL,
    agency text NOT NULL,
    received_at timestamptz,
    answered_at timestamptz,
    -- Per cent of the target that it proposes for itself.
    proposed text,
    decided_at timestamptz,
    decision text,
    -- Its addressee ended, and this agency answers instead.
    passed_at timestamptz,
    passed_to text
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

-- One version of an electronic process.
CREATE TABLE process_v# (
    process_key text PRIMARY KEY,
    process text,
    version integer,
    procedure text,
    legs integer,
    valid_from timestamptz,
    model text,
    -- Its state at every desk; a change for some desks alone is not kept here.
    state text,
    state_position bigint NOT NULL,
    -- Whether it was ever on trial, anywhere.
    trial boolean NOT NULL,
    log_position bigint NOT NULL
);

CREATE INDEX dossier_v#_code ON dossier_v# (code);
CREATE INDEX leg_v#_root ON leg_v# (root_id);
CREATE INDEX pause_v#_root ON pause_v# (root_id);
CREATE INDEX appointment_v#_root ON appointment_v# (root_id);
