-- HQ's SQL models whose blobs are named by rows of their own, and the tables where their domains are looked up.
CREATE TABLE case_importer_caseuploadfilemeta (
    id serial PRIMARY KEY,
    identifier varchar(256) NOT NULL UNIQUE,
    filename varchar(255) NOT NULL DEFAULT 'cases.xlsx',
    length integer NOT NULL
);
CREATE TABLE case_importer_caseuploadrecord (
    id serial PRIMARY KEY,
    domain varchar(256) NOT NULL,
    upload_file_meta_id integer REFERENCES case_importer_caseuploadfilemeta (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE ota_demouserrestore (
    id serial PRIMARY KEY,
    demo_user_id varchar(255),
    restore_blob_id varchar(255) NOT NULL,
    content_length integer
);
CREATE TABLE accounting_wireinvoice (
    id serial PRIMARY KEY,
    domain varchar(256) NOT NULL
);
