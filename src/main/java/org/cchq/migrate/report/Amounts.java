package org.cchq.migrate.report;

import java.time.Duration;
import java.util.Locale;

/** Numbers as a person reads them. */
public final class Amounts {
    private Amounts() {}

    /** {@code 8,611}. */
    public static String count(long n) {
        return String.format(Locale.ROOT, "%,d", n);
    }

    /** Decimal units, two figures: {@code 61 MB}, {@code 1.6 GB}. */
    public static String bytes(double bytes) {
        String[] units = {"B", "kB", "MB", "GB", "TB", "PB"};
        double value = bytes;
        int unit = 0;
        while (value >= 999.5 && unit < units.length - 1) {
            value /= 1000;
            unit++;
        }
        String format = unit > 0 && value < 9.95 ? "%.1f %s" : "%.0f %s";
        return String.format(Locale.ROOT, format, value, units[unit]);
    }

    /** {@code 0:12}, {@code 3:04:21}, {@code 2 d 03:04}. */
    public static String time(Duration duration) {
        long seconds = duration.toSeconds();
        if (seconds >= 86_400) {
            return String.format(
                    Locale.ROOT, "%d d %02d:%02d", seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
        }
        return seconds >= 3600
                ? String.format(Locale.ROOT, "%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60)
                : String.format(Locale.ROOT, "%d:%02d", seconds / 60, seconds % 60);
    }
}
