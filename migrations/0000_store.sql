-- What the store itself keeps. Always applied, before everything else.

-- Which steps of the schema this database has been through.
CREATE TABLE schema_version (
    version BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    -- Of the step's text: before 0.1 a step may be rewritten, and a database made by the old text is of no use.
    checksum TEXT NOT NULL,
    applied_machine BIGINT NOT NULL
);

-- How far the product clock is ahead of the machine's (T4). No row: it was never moved.
CREATE TABLE clock (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    offset_ms BIGINT NOT NULL
);
