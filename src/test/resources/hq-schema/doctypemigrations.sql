-- HQ's app doctypemigrations, after its migration 0003.
CREATE TABLE doctypemigrations_doctypemigration (
    id serial PRIMARY KEY,
    slug varchar(20) NOT NULL UNIQUE,
    original_seq text NOT NULL,
    cleanup_complete boolean NOT NULL
);
CREATE TABLE doctypemigrations_doctypemigrationcheckpoint (
    id serial PRIMARY KEY,
    migration_id integer NOT NULL REFERENCES doctypemigrations_doctypemigration (id) DEFERRABLE INITIALLY DEFERRED,
    seq text NOT NULL,
    "timestamp" timestamp with time zone NOT NULL
);
