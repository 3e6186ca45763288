-- What the blob migrations use in HQ's default database.
CREATE TABLE blobs_blobmigrationstate (
    id serial PRIMARY KEY,
    slug varchar(20) NOT NULL UNIQUE,
    "timestamp" timestamp with time zone NOT NULL
);
