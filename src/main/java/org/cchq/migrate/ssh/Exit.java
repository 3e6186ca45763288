package org.cchq.migrate.ssh;

/**
 * How a remote command ended.
 *
 * @param code its exit status; 128 if it was killed by a signal
 * @param signal the signal's name without SIG; "" if it was not killed
 */
public record Exit(int code, String signal) {
    public boolean ok() {
        return code == 0;
    }

    @Override
    public String toString() {
        return signal.isEmpty() ? "exit status " + code : "killed by SIG" + signal;
    }
}
