package org.cchq.migrate.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * A clock for threads that ask a store for pages: a page takes one round, whatever the machine is doing. A round ends
 * when every one of the threads waits, for its page or for something to do.
 */
public final class PageRounds implements AutoCloseable {
    private static final long LOOK_NANOS = 100_000;

    private final String threadName;
    private final int threads;
    private final List<Integer> sizes = new ArrayList<>();
    private int arrived;
    private int round;
    private volatile boolean closed;

    private PageRounds(String threadName, int threads) {
        this.threadName = threadName;
        this.threads = threads;
    }

    /** For so many threads of that name, started by this thread or by one that it starts. */
    public static PageRounds of(String threadName, int threads) {
        PageRounds rounds = new PageRounds(threadName, threads);
        ThreadGroup group = Thread.currentThread().getThreadGroup();
        Thread conductor = new Thread(() -> rounds.conduct(group), "page-rounds");
        conductor.setDaemon(true);
        conductor.start();
        return rounds;
    }

    /** Waits for the end of the round. */
    synchronized void await() throws InterruptedException {
        int mine = round;
        arrived++;
        while (round == mine) {
            wait();
        }
    }

    /** Pages that were asked for in rounds of fewer pages than that. */
    public synchronized int pagesInRoundsBelow(int pages) {
        return sizes.stream()
                .filter(size -> size < pages)
                .mapToInt(Integer::intValue)
                .sum();
    }

    private void conduct(ThreadGroup group) {
        while (!closed) {
            endRoundIfAllWait(group);
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    /** Nobody can begin to wait for a page meanwhile, and who was notified does not count as waiting any more. */
    private synchronized void endRoundIfAllWait(ThreadGroup group) {
        if (arrived == 0) {
            return;
        }
        Thread[] all = new Thread[2 * group.activeCount() + 16];
        int alive = group.enumerate(all);
        int waiting = 0;
        for (int i = 0; i < alive; i++) {
            if (all[i].getName().equals(threadName) && all[i].getState() == Thread.State.WAITING) {
                waiting++;
            }
        }
        if (waiting == threads) {
            sizes.add(arrived);
            arrived = 0;
            round++;
            notifyAll();
        }
    }

    @Override
    public void close() {
        closed = true;
    }
}
