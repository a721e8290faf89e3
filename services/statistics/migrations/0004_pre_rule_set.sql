-- Sets of rules that were adopted, to be found by name and day.
CREATE TABLE rule_set (
    name text NOT NULL,
    version integer NOT NULL,
    valid_from text NOT NULL,
    valid_to text,
    adopted_at timestamptz NOT NULL,
    adopted_by text NOT NULL,
    digest text NOT NULL,
    document text NOT NULL,
    PRIMARY KEY (name, version)
);
