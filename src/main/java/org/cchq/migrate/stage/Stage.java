package org.cchq.migrate.stage;

/** A state of the staged procedure of the blob migration, each of them safe to stop in. In the order of the procedure. */
public enum Stage {
    /** The site knows one store only, the old one. The new cluster may be prepared in the inventory. */
    BEFORE("before"),
    /** The site writes to the new store and reads there first, then on the old one. */
    DUAL("dual"),
    /** Cluster only: both ports lead to the new store already, the site is told so next. On the way to temp-flip, or back. */
    FLIPPING("flipping"),
    /** Cluster only: the site knows the new store by the old port; the other port leads there too, for late readers. */
    TEMP_FLIP("temp-flip"),
    /** The site knows one store only, the new one. */
    FINAL("final");

    private final String word;

    Stage(String word) {
        this.word = word;
    }

    /** As an operator types and reads it. */
    public String word() {
        return word;
    }

    @Override
    public String toString() {
        return word;
    }
}
