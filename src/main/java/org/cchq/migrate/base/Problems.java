package org.cchq.migrate.base;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Collects every problem of an input, so that a person sees all of them at once, each of them once. Not thread-safe. */
public final class Problems {
    private final Set<String> found = new LinkedHashSet<>();

    /**
     * @param place file and line, or setting name: "environments/east/public.yml:12" or "S3_BLOB_DB_SETTINGS.url"
     * @param what what is wrong and what would be right
     */
    public void add(String place, String what) {
        found.add(place + ": " + what);
    }

    /** Adds what another reader already refused, place and all. */
    public void add(UserException refused) {
        found.add(String.valueOf(refused.getMessage()));
    }

    public void addAll(Problems other) {
        found.addAll(other.found);
    }

    public boolean isEmpty() {
        return found.isEmpty();
    }

    public List<String> all() {
        return List.copyOf(found);
    }

    /** Throws one {@link UserException} that lists them all; does nothing if there are none. */
    public void throwIfAny() throws UserException {
        if (!found.isEmpty()) {
            throw new UserException(String.join("\n", found));
        }
    }
}
