package org.cchq.migrate.kind.doctypes;

/** What a function of a design document has to do with documents of some types. */
enum Concern {
    /** It names one of them, and acts on it. */
    NAMES("names"),
    /** It acted on samples of them. */
    ACTS("acts"),
    /** It may act on them: nothing in it says that it does not. */
    POSSIBLE("possible"),
    NONE("no");

    private final String word;

    Concern(String word) {
        this.word = word;
    }

    String word() {
        return word;
    }
}
