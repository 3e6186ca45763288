-- 2019: no compressed_length; deleted permanent blobs leave a row.
CREATE TABLE blobs_blobmeta (
    id serial PRIMARY KEY,
    domain varchar(255) NOT NULL,
    parent_id varchar(255) NOT NULL,
    name varchar(255) NOT NULL,
    key varchar(255) NOT NULL,
    type_code smallint NOT NULL CHECK (type_code >= 0),
    content_type varchar(255),
    properties text,
    created_on timestamptz NOT NULL,
    expires_on timestamptz,
    content_length bigint NOT NULL
);
ALTER TABLE blobs_blobmeta ADD CONSTRAINT blobs_blobmeta_key_1ab2c3d4_uniq UNIQUE (key);
CREATE INDEX blobs_blobm_parent__5e6f70_idx ON blobs_blobmeta (parent_id, type_code, name);
CREATE INDEX blobs_blobm_expires_64b92d_partial ON blobs_blobmeta (expires_on) WHERE expires_on IS NOT NULL;
CREATE TABLE blobs_deletedblobmeta (
    id integer PRIMARY KEY,
    domain varchar(255) NOT NULL,
    parent_id varchar(255) NOT NULL,
    name varchar(255) NOT NULL,
    key varchar(255) NOT NULL,
    type_code smallint NOT NULL CHECK (type_code >= 0),
    created_on timestamptz NOT NULL,
    deleted_on timestamptz NOT NULL
);
-- As the site deletes one blob: by key; a permanent one leaves its row.
CREATE FUNCTION delete_blob_meta(blob_key text) RETURNS integer AS $$
DECLARE
    gone blobs_blobmeta%ROWTYPE;
    removed integer := 0;
BEGIN
    FOR gone IN DELETE FROM blobs_blobmeta WHERE key = blob_key RETURNING * LOOP
        removed := removed + 1;
        IF gone.expires_on IS NULL THEN
            INSERT INTO blobs_deletedblobmeta
                (id, domain, parent_id, name, key, type_code, created_on, deleted_on)
            VALUES (gone.id, gone.domain, gone.parent_id, gone.name, gone.key, gone.type_code, gone.created_on,
                    clock_timestamp());
        END IF;
    END LOOP;
    RETURN removed;
END; $$ LANGUAGE plpgsql;
