-- Whom to reach at an agency about its legs: shown with the reminders of them.
ALTER TABLE agency ADD COLUMN contact text;
