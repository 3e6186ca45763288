-- One form processing database as HQ leaves it after its migrations: column order included (content_length was
-- re-created as bigint at the end, compressed_length was added last).
CREATE TABLE blobs_blobmeta (
    id serial PRIMARY KEY,
    domain varchar(255) NOT NULL,
    parent_id varchar(255) NOT NULL,
    name varchar(255) NOT NULL,
    key varchar(255) NOT NULL UNIQUE,
    type_code smallint NOT NULL CHECK (type_code >= 0),
    content_type varchar(255),
    properties text,
    created_on timestamp with time zone NOT NULL,
    expires_on timestamp with time zone,
    content_length bigint NOT NULL,
    compressed_length bigint
);
CREATE INDEX blobs_blobm_parent__73d7c2_idx ON blobs_blobmeta (parent_id, type_code, name);
CREATE INDEX blobs_blobmeta_expires_ed7e3d ON blobs_blobmeta (expires_on) WHERE expires_on IS NOT NULL;

CREATE TABLE blobs_deletedblobmeta (
    id integer PRIMARY KEY,
    domain varchar(255) NOT NULL,
    parent_id varchar(255) NOT NULL,
    name varchar(255) NOT NULL,
    key varchar(255) NOT NULL,
    type_code smallint NOT NULL CHECK (type_code >= 0),
    created_on timestamp with time zone NOT NULL,
    deleted_on timestamp with time zone NOT NULL
);

CREATE FUNCTION delete_blob_meta(wanted text) RETURNS integer AS $$
DECLARE
    deleted integer;
BEGIN
    WITH gone AS (DELETE FROM blobs_blobmeta WHERE key = wanted RETURNING *),
    kept AS (
        INSERT INTO blobs_deletedblobmeta (id, domain, parent_id, name, key, type_code, created_on, deleted_on)
        SELECT id, domain, parent_id, name, key, type_code, created_on, now() FROM gone WHERE expires_on IS NULL
    )
    SELECT count(*) INTO deleted FROM gone;
    RETURN deleted;
END
$$ LANGUAGE plpgsql;
