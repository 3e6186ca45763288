package org.cchq.migrate.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.cchq.migrate.base.EndpointException;

/** The named threads of one run, and the bounded queue before the workers. */
final class Crew {
    private static final int QUEUE = 128;
    private static final long LOOK_MILLIS = 20;

    /** Has nothing to lose: what it reads is read again. */
    static final String READER = "reader";

    private final RunControl control;
    private final Halt halt;
    private final BlockingQueue<Task> queue = new ArrayBlockingQueue<>(QUEUE);
    private final List<Thread> threads = new ArrayList<>();
    /** Tasks in the queue or in a worker's hands. */
    private final AtomicInteger tasks = new AtomicInteger();

    private int workers;
    private volatile boolean sentHome;
    private volatile boolean interrupting;

    Crew(RunControl control, Halt halt) {
        this.control = control;
        this.halt = halt;
    }

    /** What a thread does; an error of any sort ends the run. */
    interface Task {
        void run() throws Exception;
    }

    void start(String name, Task body) {
        Thread thread = new Thread(() -> guarded(body), name);
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
    }

    private void guarded(Task body) {
        try {
            body.run();
        } catch (HaltedException e) {
            // The run is ending; whoever ended it knows why.
            if (!halt.ending()) {
                halt.because(new IllegalStateException("a thread gave up although nobody ended the run", e));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            if (!interrupting) {
                halt.because(e);
            }
        } catch (EndpointException e) {
            // A request that this run itself broke off says nothing of its endpoint.
            if (!interrupting) {
                halt.because(e);
            }
        } catch (Throwable e) {
            halt.because(e);
        }
    }

    /** Hands a task to the workers; waits while the queue is full. */
    void add(Task task) throws HaltedException, InterruptedException {
        enlist();
        halt.check();
        tasks.incrementAndGet();
        while (!queue.offer(task, LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
            if (halt.ending()) {
                tasks.decrementAndGet();
                throw new HaltedException();
            }
            enlist();
        }
    }

    /** As many worker threads as are wanted now; those too many wait at the gate. */
    void enlist() {
        while (workers < control.workers()) {
            workers++;
            start("worker-" + workers, this::workOff);
        }
    }

    private void workOff() throws Exception {
        while (!sentHome) {
            Task task = queue.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            if (task != null) {
                try {
                    if (!halt.ending()) {
                        task.run();
                    }
                } finally {
                    tasks.decrementAndGet();
                }
            }
        }
    }

    /** Those who wait for a task look up. */
    private void wake() {
        for (int i = 0; i < workers; i++) {
            tasks.incrementAndGet();
            if (!queue.offer(() -> {})) {
                tasks.decrementAndGet();
            }
        }
    }

    /** Items queued or being worked on. */
    int tasks() {
        return tasks.get();
    }

    /**
     * Waits until no item is being worked on and the settler has left, for so long; then interrupts whoever is left, such as
     * a reader in the middle of a page.
     */
    void sendHome(long graceNanos) throws InterruptedException {
        sentHome = true;
        wake();
        long began = System.nanoTime();
        for (Thread thread : threads) {
            while (thread.isAlive() && !thread.getName().equals(READER) && System.nanoTime() - began < graceNanos) {
                thread.join(LOOK_MILLIS);
            }
        }
        interrupting = true;
        threads.forEach(Thread::interrupt);
        for (Thread thread : threads) {
            thread.join(TimeUnit.SECONDS.toMillis(2));
        }
    }
}
