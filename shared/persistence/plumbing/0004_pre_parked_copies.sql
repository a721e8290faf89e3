-- Whether the copy that people see in lienthong.dead was published.
ALTER TABLE parked ADD COLUMN copied boolean NOT NULL DEFAULT false;
