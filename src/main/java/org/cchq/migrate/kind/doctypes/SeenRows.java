package org.cchq.migrate.kind.doctypes;

/**
 * What a view did with the samples.
 *
 * @param ours rows of documents that move
 * @param others rows of other documents
 * @param error why it could not be run; "" if it could
 */
record SeenRows(long ours, long others, String error) {
    boolean ran() {
        return error.isEmpty();
    }
}
