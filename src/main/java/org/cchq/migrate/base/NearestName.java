package org.cchq.migrate.base;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Finds, for a word that nobody knows, the known word that was probably meant. */
public final class NearestName {
    private NearestName() {}

    /** The known word with the fewest changed letters, if few enough for a slip of the fingers (a third of the word). */
    public static Optional<String> of(String word, Collection<String> known) {
        int best = Math.max(1, word.length() / 3) + 1;
        Optional<String> nearest = Optional.empty();
        for (String candidate : known) {
            int distance = distance(word.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
            if (distance < best) {
                best = distance;
                nearest = Optional.of(candidate);
            }
        }
        return nearest;
    }

    /** "; did you mean 'x'?" or nothing: to be put at the end of a message. */
    public static String hint(String word, Collection<String> known) {
        return of(word, known).map(name -> "; did you mean '" + name + "'?").orElse("");
    }

    /** Letters to insert, delete, replace, or swap with their neighbour. */
    private static int distance(String a, String b) {
        int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    cost[i][j] = i + j;
                    continue;
                }
                int replace = cost[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                cost[i][j] = Math.min(replace, Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
                }
            }
        }
        return cost[a.length()][b.length()];
    }
}
