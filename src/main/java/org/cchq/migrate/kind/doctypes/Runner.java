package org.cchq.migrate.kind.doctypes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.cchq.migrate.engine.LedgerOwner;
import org.jspecify.annotations.Nullable;

/**
 * Who holds a lease, as its record tells.
 *
 * @param name in words
 * @param machine tells this boot of this machine, and its processes, from any other; "" if it cannot be told
 * @param process and its begin: a number is given out again
 * @param token unique
 * @param since when it was taken
 */
record Runner(String name, String machine, long process, String begin, String token, String since) {
    /** Leases of this process. */
    private static final Set<String> HELD_HERE = ConcurrentHashMap.newKeySet();

    static Runner current() {
        ProcessHandle self = ProcessHandle.current();
        return new Runner(
                LedgerOwner.current().toString(),
                thisMachine(),
                self.pid(),
                begin(self),
                UUID.randomUUID().toString(),
                Instant.now().toString());
    }

    /** Empty if nobody holds it. */
    static Optional<Runner> of(Map<String, @Nullable Object> fields) {
        String token = Objects.toString(fields.get("token"), "");
        if (token.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Runner(
                Objects.toString(fields.get("owner"), ""),
                Objects.toString(fields.get("machine"), ""),
                fields.get("process") instanceof Number number ? number.longValue() : 0,
                Objects.toString(fields.get("begin"), ""),
                token,
                Objects.toString(fields.get("since"), "")));
    }

    /** @param renewal grows as long as the holder lives */
    Map<String, @Nullable Object> fields(long renewal) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("owner", name);
        fields.put("machine", machine);
        fields.put("process", process);
        fields.put("begin", begin);
        fields.put("token", token);
        fields.put("since", since);
        fields.put("renewal", renewal);
        fields.put("renewed_at", Instant.now().toString());
        return fields;
    }

    void holds() {
        HELD_HERE.add(token);
    }

    void ends() {
        HELD_HERE.remove(token);
    }

    /** It ran on this machine and does so no more: known without waiting. */
    boolean isKnownToBeGone() {
        if (machine.isEmpty() || !machine.equals(thisMachine())) {
            return false;
        }
        if (process == ProcessHandle.current().pid() && begin.equals(begin(ProcessHandle.current()))) {
            return !HELD_HERE.contains(token);
        }
        return ProcessHandle.of(process)
                .filter(ProcessHandle::isAlive)
                .filter(found -> begin(found).equals(begin))
                .isEmpty();
    }

    /** It runs on this machine: known without waiting. */
    boolean isKnownToRun() {
        return !machine.isEmpty() && machine.equals(thisMachine()) && !isKnownToBeGone();
    }

    @Override
    public String toString() {
        return name + ", since " + since;
    }

    private static String begin(ProcessHandle handle) {
        return handle.info().startInstant().map(Instant::toString).orElse("");
    }

    private static String thisMachine() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip() + " "
                    + Files.readSymbolicLink(Path.of("/proc/self/ns/pid"));
        } catch (IOException | UnsupportedOperationException e) {
            return "";
        }
    }
}
