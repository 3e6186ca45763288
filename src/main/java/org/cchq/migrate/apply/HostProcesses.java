package org.cchq.migrate.apply;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;

/**
 * Tells which processes of a host began before a file became what it is: they may still have its old content in memory.
 * Everything is by the host's own clock, so that it need not agree with any other.
 */
public final class HostProcesses {
    /**
     * What to look for.
     *
     * @param host the inventory's name
     * @param user whose processes
     * @param pattern found anywhere in the command line, arguments joined by blanks
     * @param file on the host
     */
    public record Question(String host, String user, Pattern pattern, String file) {}

    /**
     * What there is.
     *
     * @param now by the host's clock
     * @param clockAhead how far the host's clock is ahead of this machine's, as far as a round trip lets one tell
     * @param fileChanged when the path began to lead to what it leads to: the newest change of the file and of every link
     *     on the way; empty if there is no file
     * @param processes the matching ones, oldest first
     * @param trouble why nothing is known
     */
    public record Answer(
            String host,
            Instant now,
            Duration clockAhead,
            Optional<Instant> fileChanged,
            List<HostProcess> processes,
            Optional<Trouble> trouble) {
        public Answer {
            processes = List.copyOf(processes);
        }

        /** The processes that did not begin after the file's last change; all of them if there is no file. */
        public List<HostProcess> older() {
            return processes.stream()
                    .filter(process ->
                            fileChanged.isEmpty() || !process.started().isAfter(fileChanged.get()))
                    .toList();
        }
    }

    /** Characters of a command line that are told; the pattern looks at all of it. */
    private static final int SHOWN = 300;

    /**
     * Lines in: the user, the file. A process's start is told in clock ticks since boot: a process of this script's own that
     * starts just after a look at the clock tells what that look is in ticks, whatever the host thinks its boot time was.
     */
    private static final String SCRIPT = """
            LC_ALL=C; export LC_ALL
            IFS= read -r user; IFS= read -r file
            echo "hertz $(getconf CLK_TCK)"
            if [ -e "$file" ]; then
              p=$file
              echo "changed $(stat -L -c %.9Z -- "$p")"
              while [ -n "$p" ]; do
                [ ! -L "$p" ] || echo "changed $(stat -c %.9Z -- "$p")"
                p=${p%/*}
              done
            fi
            ticks() {
              IFS= read -r line < "/proc/$1/stat" || return 1
              set -- ${line##*) }
              printf %s "${20}"
            } 2>/dev/null
            for d in $(find /proc -maxdepth 1 -name '[0-9]*' -user "$user" 2>/dev/null); do
              p=${d#/proc/}; t=$(ticks "$p") || continue
              [ "$p" != $$ ] || continue
              c=$(tr '\\0' ' ' < "$d/cmdline" 2>/dev/null | head -c 16384 | base64 -w0)
              [ -z "$c" ] || echo "process $p $t $c"
            done
            echo "now $(date +%s.%N) $(sh -c 'read -r line < /proc/$$/stat; echo "$line"' | sed 's/.*) //' | cut -d' ' -f20)"
            """;

    private final HostShells shells;
    private final Clock clock;

    /** @param clock this machine's, for {@link Answer#clockAhead()} only */
    public HostProcesses(HostShells shells, Clock clock) {
        this.shells = shells;
        this.clock = clock;
    }

    /** One answer for each question, in their order; several hosts at a time. */
    public List<Answer> look(List<Question> questions) throws InterruptedException {
        return OnHosts.all(questions, this::lookAt);
    }

    private Answer lookAt(Question question) throws InterruptedException {
        HostShell host;
        try {
            host = shells.open(question.host(), question.user());
        } catch (EndpointException e) {
            return without(question, Trouble.ofConnecting(e));
        } catch (UserException e) {
            return without(question, new Trouble(false, String.valueOf(e.getMessage())));
        }
        try (host) {
            String request = question.user() + "\n" + question.file() + "\n";
            String output = host.shell()
                    .require(
                            "look at the processes of " + question.user(),
                            SCRIPT,
                            new ByteArrayInputStream(request.getBytes(StandardCharsets.UTF_8)));
            return parsed(question, output, clock.instant());
        } catch (EndpointException e) {
            return without(question, Trouble.ofWorking(e));
        }
    }

    private static Answer without(Question question, Trouble trouble) {
        return new Answer(
                question.host(), Instant.EPOCH, Duration.ZERO, Optional.empty(), List.of(), Optional.of(trouble));
    }

    private static Answer parsed(Question question, String output, Instant here) {
        List<String> lines = output.lines().toList();
        String[] last =
                lines.isEmpty() ? new String[0] : lines.get(lines.size() - 1).split(" ", -1);
        if (last.length != 3 || !last[0].equals("now") || !last[2].matches("[0-9]+")) {
            return without(
                    question, new Trouble(false, question.host() + ": /proc does not tell when processes began"));
        }
        Instant now = instant(last[1]);
        long nowTicks = Long.parseLong(last[2]);
        long hertz = 100;
        Optional<Instant> changed = Optional.empty();
        List<HostProcess> processes = new ArrayList<>();
        for (String line : lines.subList(0, lines.size() - 1)) {
            String[] words = line.split(" ", -1);
            switch (words[0]) {
                case "hertz" -> hertz = Long.parseLong(words[1]);
                case "changed" -> {
                    Instant at = instant(words[1]);
                    changed = Optional.of(changed.filter(at::isBefore).orElse(at));
                }
                default -> {
                    String command = new String(Base64.getDecoder().decode(words[3]), StandardCharsets.UTF_8).strip();
                    long ticks = nowTicks - Long.parseLong(words[2]);
                    Instant started = now.minus(Duration.ofNanos(ticks * 1_000_000_000L / hertz));
                    if (question.pattern().matcher(command).find()) {
                        String shown = command.substring(0, Math.min(SHOWN, command.length()));
                        processes.add(new HostProcess(Long.parseLong(words[1]), started, shown));
                    }
                }
            }
        }
        processes.sort(java.util.Comparator.comparing(HostProcess::started));
        return new Answer(question.host(), now, Duration.between(here, now), changed, processes, Optional.empty());
    }

    /** {@code 1700000000.123456789}. */
    private static Instant instant(String seconds) {
        String[] parts = seconds.split("\\.", 2);
        long nanos = parts.length == 2 && parts[1].matches("[0-9]{9}") ? Long.parseLong(parts[1]) : 0;
        return Instant.ofEpochSecond(Long.parseLong(parts[0]), nanos);
    }
}
