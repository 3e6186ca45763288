package org.cchq.migrate.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.migration.AgentEvent;
import org.cchq.migrate.push.HostBase;
import org.cchq.migrate.ssh.ShellWords;

/** Looks at the jobs of a host; changes nothing. */
public final class JobList {
    private static final int NEWEST = 20;
    private static final int NEWEST_OF_PHASE = 5;

    private JobList() {}

    /** The newest jobs of a migration, newest first. */
    public static List<JobStatus> of(HostBase base, String migration)
            throws EndpointException, InterruptedException, UserException {
        return of(base, migration, "LC_ALL=C sort | tail -n " + NEWEST);
    }

    /** The newest jobs of each phase of a migration, newest first. An id is the time of the start, a dash, the phase. */
    public static List<JobStatus> ofEachPhase(HostBase base, String migration)
            throws EndpointException, InterruptedException, UserException {
        String newestOfEach =
                "awk '{ phase = $0; sub(/^[^-]*-/, \"\", phase); if (seen[phase]++ < " + NEWEST_OF_PHASE + ") print }'";
        return of(base, migration, "LC_ALL=C sort -r | " + newestOfEach + " | LC_ALL=C sort");
    }

    private static List<JobStatus> of(HostBase base, String migration, String which)
            throws EndpointException, InterruptedException, UserException {
        String text = base.shell().require("look at the jobs", script(base, migration, which));
        List<JobStatus> found = new ArrayList<>();
        List<String> lines = new ArrayList<>();
        for (String line : text.lines().toList()) {
            if (line.startsWith("job ") && !lines.isEmpty()) {
                add(lines, base, migration, found);
                lines.clear();
            }
            lines.add(line);
        }
        add(lines, base, migration, found);
        java.util.Collections.reverse(found);
        return found;
    }

    /** The newest job of a migration. */
    public static Optional<JobStatus> newest(HostBase base, String migration)
            throws EndpointException, InterruptedException, UserException {
        return of(base, migration).stream().findFirst();
    }

    /** A process may have another's number after a reboot: it counts only if its command line names the job. */
    private static String script(HostBase base, String migration, String which) {
        String wanted =
                ShellWords.quote(Json.write(Map.of("migration", migration)).replaceAll("^\\{|}$", ""));
        return "cd " + ShellWords.quote(base.jobs()) + " 2>/dev/null || exit 0\n"
                + "for j in $(find . -mindepth 2 -maxdepth 2 -name job.json -exec grep -lF -e " + wanted
                + " {} + | sed 's:^./::; s:/job.json$::' | "
                + which + "); do\n"
                + "  [ -s \"$j/job.json\" ] || continue\n"
                + "  printf 'job '; head -n 1 \"$j/job.json\"\n"
                + "  p=$(cat \"$j/pid\" 2>/dev/null)\n"
                + "  [ -n \"$p\" ] && tr '\\0' ' ' < \"/proc/$p/cmdline\" 2>/dev/null | grep -qF \"/$j/\" && echo alive\n"
                + "  [ -s \"$j/exit\" ] && printf 'exit %s\\n' \"$(cat \"$j/exit\")\"\n"
                + "  head -n 50 \"$j/events.jsonl\" | grep '^{\"event\":\"started\"' | head -n 1\n"
                + "  for e in progress ended; do\n"
                + "    tail -c 1000000 \"$j/events.jsonl\" | grep \"^{\\\"event\\\":\\\"$e\\\"\" | tail -n 1\n"
                + "  done\n"
                + "  printf 'stderr %s\\n' \"$(tail -c 2000 \"$j/agent.log\" | tail -n 1)\"\n"
                + "done\n"
                + "exit 0\n";
    }

    private static void add(List<String> lines, HostBase base, String migration, List<JobStatus> found)
            throws UserException {
        if (lines.isEmpty() || !lines.get(0).startsWith("job ")) {
            return;
        }
        Job job = Job.parse(lines.get(0).substring(4), base.shell().target().name() + ": job.json");
        if (!job.migration().equals(migration)) {
            return;
        }
        boolean alive = false;
        OptionalInt exit = OptionalInt.empty();
        String complaint = "";
        Optional<AgentEvent.Started> started = Optional.empty();
        Optional<AgentEvent.Progressed> progress = Optional.empty();
        Optional<AgentEvent.Ended> ended = Optional.empty();
        for (String line : lines.subList(1, lines.size())) {
            if (line.equals("alive")) {
                alive = true;
            } else if (line.matches("exit [0-9]{1,3}")) {
                exit = OptionalInt.of(Integer.parseInt(line.substring(5)));
            } else if (line.startsWith("stderr ")) {
                complaint = line.substring(7);
            } else if (line.startsWith("{")) {
                Optional<AgentEvent> event = AgentEvent.parse(line);
                if (event.isPresent() && event.get() instanceof AgentEvent.Started it) {
                    started = Optional.of(it);
                } else if (event.isPresent() && event.get() instanceof AgentEvent.Progressed it) {
                    progress = Optional.of(it);
                } else if (event.isPresent() && event.get() instanceof AgentEvent.Ended it) {
                    ended = Optional.of(it);
                }
            }
        }
        JobStatus.State state =
                exit.isPresent() ? JobStatus.State.ENDED : alive ? JobStatus.State.RUNNING : JobStatus.State.DIED;
        found.add(new JobStatus(job, state, exit, started, progress, ended, complaint));
    }
}
