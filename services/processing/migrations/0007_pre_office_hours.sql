-- The office hours of agencies that have their own: reminders go by them. JSON, as they were registered.
ALTER TABLE agency ADD COLUMN hours text;
