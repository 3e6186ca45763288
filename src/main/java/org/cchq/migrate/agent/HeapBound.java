package org.cchq.migrate.agent;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the heap small where nobody gave Java a bound: by itself it grows to a quarter of the machine before it collects
 * what a page of rows left behind. Collects as soon as the heap has grown beyond {@value #WANTED_MIB} MiB, with Java told
 * to give back what is then free. A heap that is full of what is needed is left in peace.
 *
 * <p>The agent that the controller starts has its bound on the command line, and nothing is done here.
 */
final class HeapBound {
    private static final Logger LOG = LoggerFactory.getLogger(HeapBound.class);

    private static final long WANTED_MIB = 224;
    private static final long MIB = 1L << 20;
    private static final long LOOK_MILLIS = 100;
    /** Least pause between two collections, in looks, and how far it grows where they gain nothing. */
    private static final int LEAST_PAUSE = 3;

    private static final int LONGEST_PAUSE = 300;

    private final LongSupplier committed;
    private final Runnable collection;
    private int pause = LEAST_PAUSE;
    private int looks = LEAST_PAUSE;

    /** @param committed bytes that the heap takes of the machine, in use or not */
    HeapBound(LongSupplier committed, Runnable collection) {
        this.committed = committed;
        this.collection = collection;
    }

    /** Watches from now on, if the heap may grow far beyond what the agent needs. */
    static void watch() {
        Runtime java = Runtime.getRuntime();
        if (!mayGrowTooLarge(java.maxMemory()) || !giveBack()) {
            return;
        }
        HeapBound bound = new HeapBound(java::totalMemory, System::gc);
        Thread watcher = new Thread(bound::keep, "heap-bound");
        watcher.setDaemon(true);
        watcher.start();
    }

    static boolean mayGrowTooLarge(long mostBytes) {
        return mostBytes > 2 * WANTED_MIB * MIB;
    }

    /** Has Java keep little more than it needs after a collection; false if this Java cannot be told, or was told more. */
    private static boolean giveBack() {
        try {
            HotSpotDiagnosticMXBean java = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
            if (java == null) {
                return false;
            }
            switch (java.getVMOption("MaxHeapSize").getOrigin()) {
                case VM_CREATION, ENVIRON_VAR, CONFIG_FILE -> {
                    return false;
                }
                default -> {
                    java.setVMOption("MinHeapFreeRatio", "10");
                    java.setVMOption("MaxHeapFreeRatio", "30");
                }
            }
            return true;
        } catch (IllegalArgumentException e) {
            LOG.debug("the heap is left to Java", e);
            return false;
        }
    }

    private void keep() {
        try {
            while (true) {
                look();
                Thread.sleep(LOOK_MILLIS);
            }
        } catch (InterruptedException e) {
            LOG.debug("the heap is no longer watched", e);
        }
    }

    /** One look; collects at most once in three, and ever less often while collections gain nothing. */
    void look() {
        if (looks >= pause && tooLarge()) {
            collection.run();
            pause = tooLarge() ? Math.min(LONGEST_PAUSE, 2 * pause) : LEAST_PAUSE;
            looks = 0;
        }
        looks++;
    }

    private boolean tooLarge() {
        return committed.getAsLong() > WANTED_MIB * MIB;
    }
}
