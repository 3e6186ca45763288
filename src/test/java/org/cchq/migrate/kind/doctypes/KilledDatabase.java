package org.cchq.migrate.kind.doctypes;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;
import org.cchq.migrate.store.document.DocumentDatabase;

/** A database whose client dies at one of its calls and is dead from then on, as a process that was killed. */
final class KilledDatabase {
    private KilledDatabase() {}

    /** @param callsLeft shared by the databases of one process */
    static DocumentDatabase of(DocumentDatabase database, AtomicInteger callsLeft) {
        return (DocumentDatabase) Proxy.newProxyInstance(
                KilledDatabase.class.getClassLoader(),
                new Class<?>[] {DocumentDatabase.class},
                (self, method, given) -> {
                    boolean isRequest = !method.getName().equals("endpoint");
                    int left = isRequest ? callsLeft.decrementAndGet() : 1;
                    if (left < 0) {
                        throw new Killed();
                    }
                    try {
                        Object answer = method.invoke(database, given);
                        if (isRequest && left == 0) {
                            // The request was carried out, and nobody heard of it.
                            throw new Killed();
                        }
                        return answer;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    static final class Killed extends RuntimeException {}
}
