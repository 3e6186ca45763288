package org.cchq.migrate.run;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointException.Kind;
import org.cchq.migrate.ssh.CommandOutput;
import org.cchq.migrate.ssh.Exit;

/**
 * One remote command that sends what is new in a job's files, until the job has ended. Its output is frames:
 * {@code O LENGTH} or {@code E LENGTH} and as many bytes of output or events, {@code H} as a sign of life, {@code X CODE}
 * at the end, {@code D} if the process is gone without an exit status.
 */
final class FollowScript {
    private static final int FRAME = 1 << 20;
    private static final int NOT_THERE = 66;

    private final JobDirectory directory;

    FollowScript(JobDirectory directory) {
        this.directory = directory;
    }

    FollowEnd run(HostSession session, FollowedStreams streams) throws EndpointException, InterruptedException {
        FollowFrames frames = new FollowFrames(streams);
        ByteArrayOutputStream stderr = new ByteArrayOutputStream();
        Exit exit = session.base().shell().stream(script(streams), InputStream.nullInputStream(), frames, stderr);
        if (exit.ok() && frames.end().isPresent()) {
            return frames.end().get();
        }
        // The session's processes were killed, or the shell could not write any more: the job itself goes on.
        String complaint = new CommandOutput(exit, "", stderr.toString(StandardCharsets.UTF_8)).complaint();
        throw new EndpointException(
                session.connection().target().name(),
                exit.code() == NOT_THERE ? Kind.REFUSED : Kind.UNREACHABLE,
                "Tried to follow " + directory.path() + " on "
                        + session.connection().target().name() + " but " + complaint);
    }

    /** The end is looked for before the files are: what was written before it is sent before it is told. */
    private String script(FollowedStreams streams) {
        return "cd " + directory.quotedPath() + " || exit " + NOT_THERE + "\n"
                + "o=" + streams.outputOffset() + "; e=" + streams.eventsOffset()
                + "; idle=0; pid=$(cat pid 2>/dev/null)\n"
                + "[ -z \"$pid\" ] || grep -qF \"/${PWD##*/}/\" \"/proc/$pid/cmdline\" 2>/dev/null || pid=0\n"
                + "send() {\n"
                + "  while s=$(stat -c %s \"$2\"); [ \"$s\" -gt \"$3\" ]; do\n"
                + "    n=$((s-$3)); [ $n -le " + FRAME + " ] || n=" + FRAME + "\n"
                + "    printf '%s %d\\n' \"$1\" $n && tail -c +$(($3+1)) \"$2\" | head -c $n || exit 3\n"
                + "    set -- \"$1\" \"$2\" $(($3+n)); idle=0\n"
                + "  done\n"
                + "  at=$3\n"
                + "}\n"
                + "while :; do\n"
                + "  end=; if [ -e exit ]; then end=\"X $(cat exit)\"\n"
                + "  elif [ \"$pid\" = 0 ] || { [ -n \"$pid\" ] && ! kill -0 \"$pid\" 2>/dev/null; }; then\n"
                + "    sleep 1; [ -e exit ] && continue; end=D; fi\n"
                + "  send O output.txt $o; o=$at\n"
                + "  send E events.jsonl $e; e=$at\n"
                + "  [ -z \"$end\" ] || { echo \"$end\"; exit 0; }\n"
                + "  [ -n \"$pid\" ] || pid=$(cat pid 2>/dev/null)\n"
                + "  idle=$((idle+1)); [ $((idle % 10)) -ne 0 ] || echo H || exit 3\n"
                + "  sleep 0.5\n"
                + "done\n";
    }
}
