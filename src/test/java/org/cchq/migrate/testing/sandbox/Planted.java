package org.cchq.migrate.testing.sandbox;

/** A problem that was put into the data on purpose. */
record Planted(Kind kind, StoredAs blob) {
    /** What was planted; {@link #count} of each make 60. */
    enum Kind {
        ON_NEW_ONLY(10, "only on the new cluster"),
        LOST(10, "on neither cluster, its row is there"),
        LOST_FORM_REFERENCED(5, "on neither cluster, its form in CouchDB names it"),
        LOST_FORM_UNREFERENCED(5, "on neither cluster, its form in CouchDB does not name it"),
        LOST_FORM_IN_SQL(10, "on neither cluster, its form is not in CouchDB"),
        DENIED(10, "may not be read on the old cluster"),
        DELETED_BEFORE_READ(5, "deleted by the site when the copier asks for it"),
        DELETED_AFTER_READ(5, "deleted by the site while the copier reads it");

        private final int count;
        private final String story;

        Kind(int count, String story) {
            this.count = count;
            this.story = story;
        }

        int count() {
            return count;
        }

        String story() {
            return story;
        }

        /** Neither cluster holds the object, and the row says that one should. */
        boolean lost() {
            return this == LOST
                    || this == LOST_FORM_REFERENCED
                    || this == LOST_FORM_UNREFERENCED
                    || this == LOST_FORM_IN_SQL;
        }

        boolean deleted() {
            return this == DELETED_BEFORE_READ || this == DELETED_AFTER_READ;
        }

        /** Stored on the old cluster when the run begins. */
        boolean startsOnOld() {
            return this == DENIED || deleted();
        }
    }
}
