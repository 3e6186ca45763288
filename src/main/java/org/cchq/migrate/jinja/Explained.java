package org.cchq.migrate.jinja;

import java.util.Optional;

/** A list or mapping that can say why an item of it cannot be had. */
public interface Explained {
    /** Why there is no such item; the place of the expression comes before. */
    Optional<String> absence(Object key);

    /** Why the item must not be taken although it is there. */
    Optional<String> refusal(Object key);
}
