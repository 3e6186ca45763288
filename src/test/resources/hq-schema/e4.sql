-- Since the end of 2019, on top of e3.sql: form XML may be stored compressed.
ALTER TABLE blobs_blobmeta ADD COLUMN compressed_length bigint;
