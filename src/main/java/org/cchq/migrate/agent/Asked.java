package org.cchq.migrate.agent;

import java.util.ArrayList;
import java.util.List;
import org.cchq.migrate.base.Problems;
import org.cchq.migrate.base.UsageException;
import org.cchq.migrate.base.UserException;

/** Takes a command line apart and remembers everything that is wrong with it, so that it is told at once. */
final class Asked {
    private final List<String> mistyped = new ArrayList<>();
    private final Problems refused = new Problems();

    /** One thing to take. */
    interface Taking<T> {
        T take() throws UserException;
    }

    /** One thing to look at. */
    interface Look {
        void look() throws UserException;
    }

    /** @param otherwise stands in for what could not be taken; nobody gets to use it */
    <T> T or(T otherwise, Taking<T> taking) {
        try {
            return taking.take();
        } catch (UsageException e) {
            mistyped.add(String.valueOf(e.getMessage()));
        } catch (UserException e) {
            refused.add(e);
        }
        return otherwise;
    }

    void check(Look look) {
        or(true, () -> {
            look.look();
            return true;
        });
    }

    /** Throws if the command line itself is wrong; then with everything else that is. */
    void throwIfMistyped() throws UsageException {
        if (!mistyped.isEmpty()) {
            List<String> all = new ArrayList<>(mistyped);
            all.addAll(refused.all());
            throw new UsageException(String.join("\n", all));
        }
    }

    /** What was refused so far, and this. */
    UserException with(UserException last) {
        List<String> all = new ArrayList<>(refused.all());
        all.add(String.valueOf(last.getMessage()));
        return new UserException(String.join("\n", all), last);
    }

    void throwIfAny() throws UserException {
        refused.throwIfAny();
    }
}
