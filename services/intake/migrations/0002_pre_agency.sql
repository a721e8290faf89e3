-- Agencies as routing makes them known.
CREATE TABLE agency (
    id text PRIMARY KEY,
    code text NOT NULL,
    name_vi text NOT NULL,
    name_en text NOT NULL,
    level text NOT NULL,
    kind text NOT NULL,
    parent text,
    area text
);

CREATE INDEX agency_area ON agency (area);
