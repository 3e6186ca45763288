package org.cchq.migrate.stage;

/**
 * Somebody's word that blobs that are in neither store may stay lost.
 *
 * @param at UTC, ISO 8601
 * @param by who
 * @param blobs how many keys the file lists
 * @param sha256 of the file, hexadecimal
 * @param file its name
 */
record Acceptance(String at, String by, long blobs, String sha256, String file) {}
