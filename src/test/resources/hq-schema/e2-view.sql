-- Autumn 2018: blobs_blobmeta is a view of the real table and, with negative ids, of the old form attachments.
CREATE TABLE blobs_blobmeta_tbl (
    id integer PRIMARY KEY,
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
CREATE SEQUENCE blobs_blobmeta_id_seq OWNED BY blobs_blobmeta_tbl.id;
ALTER TABLE blobs_blobmeta_tbl ALTER COLUMN id SET DEFAULT nextval('blobs_blobmeta_id_seq');
ALTER TABLE blobs_blobmeta_tbl ADD CONSTRAINT blobs_blobmeta_key_1ab2c3d4_uniq UNIQUE (key);
CREATE INDEX blobs_blobm_parent__5e6f70_idx ON blobs_blobmeta_tbl (parent_id, type_code, name);

CREATE TABLE form_processor_xforminstancesql (
    id serial PRIMARY KEY,
    domain varchar(255) NOT NULL,
    form_id varchar(255) NOT NULL UNIQUE,
    received_on timestamptz NOT NULL
);
CREATE TABLE form_processor_xformattachmentsql (
    id serial PRIMARY KEY,
    attachment_id uuid NOT NULL UNIQUE,
    name varchar(255) NOT NULL,
    content_type varchar(255),
    md5 varchar(255),
    form_id varchar(255) NOT NULL,
    blob_id varchar(255),
    blob_bucket varchar(255),
    content_length integer,
    properties text
);
CREATE INDEX form_attachment_form_idx ON form_processor_xformattachmentsql (form_id, name);

CREATE VIEW blobs_blobmeta AS
SELECT id, domain, parent_id, name, key, type_code, content_type, properties, created_on, expires_on, content_length
FROM blobs_blobmeta_tbl
UNION ALL
SELECT
    -a.id,
    f.domain,
    a.form_id,
    a.name,
    CAST(CASE
        WHEN a.blob_bucket IS NULL THEN 'form/' || replace(CAST(a.attachment_id AS text), '-', '') || '/' || a.blob_id
        WHEN a.blob_bucket = '' THEN a.blob_id
        ELSE a.blob_bucket || '/' || a.blob_id
    END AS varchar(255)),
    CAST(CASE a.name WHEN 'form.xml' THEN 2 ELSE 3 END AS smallint),
    a.content_type,
    a.properties,
    f.received_on,
    CAST(NULL AS timestamptz),
    CAST(a.content_length AS bigint)
FROM form_processor_xformattachmentsql a
JOIN form_processor_xforminstancesql f ON f.form_id = a.form_id;

-- Writes go to where the sign of the id says.
CREATE FUNCTION mutate_blobs_blobmeta() RETURNS trigger AS $$
BEGIN
    CASE TG_OP
    WHEN 'INSERT' THEN
        IF NEW.id IS NULL THEN
            NEW.id := nextval('blobs_blobmeta_id_seq');
        ELSIF NEW.id < 0 THEN
            RAISE EXCEPTION 'Negative id not allowed';
        END IF;
        INSERT INTO blobs_blobmeta_tbl
            (id, domain, parent_id, name, key, type_code, content_type, properties, created_on, expires_on,
             content_length)
        VALUES (NEW.id, NEW.domain, NEW.parent_id, NEW.name, NEW.key, NEW.type_code, NEW.content_type,
                NEW.properties, NEW.created_on, NEW.expires_on, NEW.content_length);
        RETURN NEW;
    WHEN 'UPDATE' THEN
        IF OLD.id >= 0 THEN
            UPDATE blobs_blobmeta_tbl SET domain = NEW.domain, parent_id = NEW.parent_id, name = NEW.name,
                key = NEW.key, type_code = NEW.type_code, content_type = NEW.content_type,
                properties = NEW.properties, created_on = NEW.created_on, expires_on = NEW.expires_on,
                content_length = NEW.content_length
            WHERE id = OLD.id;
        ELSIF NEW.domain <> OLD.domain THEN
            RAISE EXCEPTION 'Cannot change domain on attachment metadata';
        ELSE
            UPDATE form_processor_xformattachmentsql SET form_id = NEW.parent_id, name = NEW.name,
                blob_id = NEW.key, blob_bucket = '', content_length = NEW.content_length,
                content_type = NEW.content_type, properties = NEW.properties
            WHERE id = -OLD.id;
        END IF;
        RETURN NEW;
    ELSE
        IF OLD.id >= 0 THEN
            DELETE FROM blobs_blobmeta_tbl WHERE id = OLD.id;
        ELSE
            DELETE FROM form_processor_xformattachmentsql WHERE id = -OLD.id;
        END IF;
        RETURN OLD;
    END CASE;
END; $$ LANGUAGE plpgsql;
CREATE TRIGGER blobs_blobmeta_trigger INSTEAD OF INSERT OR UPDATE OR DELETE ON blobs_blobmeta
    FOR EACH ROW EXECUTE PROCEDURE mutate_blobs_blobmeta();

-- The site's index for look-ups by key; a query uses it only with this very expression.
CREATE INDEX form_processor_xformattachmentsql_blobmeta_key ON form_processor_xformattachmentsql (((
    CASE
        WHEN blob_bucket = '' THEN ''
        ELSE COALESCE(blob_bucket, 'form/' || replace(attachment_id::text, '-', '')) || '/'
    END || blob_id)::varchar(255)));
