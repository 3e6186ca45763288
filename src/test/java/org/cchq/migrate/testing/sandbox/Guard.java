package org.cchq.migrate.testing.sandbox;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Cleans up when the sandbox's own process is killed so that it cannot do so itself: a shell that waits for the end of
 * a pipe from this process, then ends every process that names the scratch directory and removes the directory.
 */
final class Guard implements AutoCloseable {
    /** {@code $1} is the scratch directory. "done" on the pipe: nothing left to do. The end of the pipe alone: all. */
    private static final String SCRIPT = """
            trap '' INT TERM HUP
            read -r word && [ "$word" = done ] && exit 0
            for round in 1 2 3; do
                for proc in /proc/[0-9]*; do
                    pid=${proc#/proc/}
                    [ "$pid" != $$ ] || continue
                    if tr '\\0' ' ' <"$proc/cmdline" 2>/dev/null | grep -qF "$1/" \\
                        || case $(readlink "$proc/cwd" 2>/dev/null) in "$1"/*) true ;; *) false ;; esac; then
                        kill -9 "$pid" 2>/dev/null
                    fi
                done
                rm -rf "$1" 2>/dev/null && break
            done
            """;

    private final Process shell;

    private Guard(Process shell) {
        this.shell = shell;
    }

    static Guard over(Scratch scratch) throws IOException {
        return new Guard(new ProcessBuilder(
                        "/bin/sh",
                        "-c",
                        SCRIPT,
                        "sandbox-guard",
                        scratch.directory().toString())
                .directory(Path.of("/").toFile())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start());
    }

    /** Tells it that all is clean, and waits for its end. */
    @Override
    public void close() throws IOException, InterruptedException {
        try (var pipe = shell.outputWriter()) {
            pipe.write("done\n");
        }
        if (!shell.waitFor(10, TimeUnit.SECONDS)) {
            shell.destroyForcibly();
        }
    }
}
