-- Tables that every database of a site has, sharded or not (facts of HQ's schema; never rely on column order).
CREATE TABLE blobs_blobmigrationstate (
    id serial PRIMARY KEY,
    slug varchar(20) NOT NULL UNIQUE,
    "timestamp" timestamptz NOT NULL
);
