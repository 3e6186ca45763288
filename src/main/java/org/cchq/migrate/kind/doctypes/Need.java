package org.cchq.migrate.kind.doctypes;

/** Which database needs a function or design document once the documents have moved. Before that the source has them all. */
enum Need {
    SOURCE,
    TARGET,
    BOTH;

    static Need of(boolean concerned, boolean others) {
        return !concerned ? SOURCE : others ? BOTH : TARGET;
    }

    Need and(Need other) {
        return this == other ? this : BOTH;
    }

    boolean inTarget() {
        return this != SOURCE;
    }

    String word() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
