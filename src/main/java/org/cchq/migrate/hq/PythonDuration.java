package org.cchq.migrate.hq;

import java.time.Duration;
import java.util.Locale;

/** A duration as Python's {@code str(timedelta)} writes it: {@code [D day[s], ]H:MM:SS[.ffffff]}. */
public final class PythonDuration {
    private PythonDuration() {}

    /** Micros are cut off, as Python holds no more. */
    public static String of(Duration duration) {
        long micros = duration.toSeconds() * 1_000_000 + duration.toNanosPart() / 1_000;
        long days = Math.floorDiv(micros, 86_400_000_000L);
        long rest = Math.floorMod(micros, 86_400_000_000L);
        long seconds = rest / 1_000_000;
        long fraction = rest % 1_000_000;
        StringBuilder text = new StringBuilder();
        if (days != 0) {
            text.append(days).append(Math.abs(days) == 1 ? " day, " : " days, ");
        }
        text.append(String.format(Locale.ROOT, "%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60));
        if (fraction != 0) {
            text.append(String.format(Locale.ROOT, ".%06d", fraction));
        }
        return text.toString();
    }
}
