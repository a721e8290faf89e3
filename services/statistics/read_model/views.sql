-- What other tools read: the live version's rows under names that stay, in the schema `reports` (PostgreSQL alone).
-- Nothing personal stands here. # stands for the version's number.

CREATE VIEW reports.dossier AS
SELECT root_id, code, procedure, desk, lead, channel, area, applicant_kind, limit_amount, limit_unit, submitted_at,
    received_at, first_due_at, due_at, resolved_at, verdict, handed_back_at, refused_at, answered_after, stopped_at,
    withdrawn_at, status,
    process, process_version, model, trial, legs_planned, legs_opened, legs_completed, legs_returned, pauses, historical
FROM dossier_v#;

CREATE VIEW reports.leg AS
SELECT leg_id, root_id, number, attempt, name_vi, name_en, procedure, agency, first_agency, from_agency, direction, kind,
    term_amount, term_unit, opened_at, due_at, handed_over_at, acknowledged_at, accepted_at, completed_at, returned_at,
    closed_at, outcome, opinion, overdue_at, waited, told_after
FROM leg_v#;

CREATE VIEW reports.refused_act AS
SELECT root_id, leg_id, agency, command, code, refused_at FROM refused_act_v#;

CREATE VIEW reports.pause AS
SELECT pause_id, root_id, kind, leg_id, agency, paused_at, resumed_at FROM pause_v#;

CREATE VIEW reports.agency AS
SELECT agency, name_vi, name_en, level, kind, parent, area, vertical, connected, code, valid_from, ended_at FROM agency_v#;

CREATE VIEW reports.procedure AS
SELECT procedure, version, name_vi, name_en, sector, service_level, limit_amount, limit_unit, valid_from FROM procedure_v#;

CREATE VIEW reports.target AS
SELECT indicator, scope, whose, year, version, percent, reach_by, basis, set_at FROM target_v#;

CREATE VIEW reports.entered AS
SELECT figure, agency, first_day, last_day, version, state, amount, evidence, set_at FROM entered_v#;
