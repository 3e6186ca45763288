package org.cchq.migrate.agent;

import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.kind.doctypes.Direction;
import org.cchq.migrate.kind.doctypes.DoctypeOutput;
import org.cchq.migrate.kind.doctypes.DocumentFinding;
import org.cchq.migrate.kind.doctypes.HqMessages;
import org.cchq.migrate.kind.doctypes.HqMirror;
import org.cchq.migrate.kind.doctypes.Lag;
import org.cchq.migrate.migration.AgentEvent;
import org.cchq.migrate.migration.Finding;
import org.cchq.migrate.migration.Outcome;
import org.cchq.migrate.migration.ProgressSnapshot;
import org.cchq.migrate.store.document.DocumentDatabase.Sequence;

/**
 * Where a doctype run tells what happens: HQ's lines on stdout, or events; the event file; and HQ's tables. Lines of
 * progress, which HQ has none of, come at most every ten seconds.
 */
final class DoctypeAgentOutput implements DoctypeOutput, AutoCloseable {
    private static final Duration BETWEEN = Duration.ofSeconds(10);
    private static final int FINDINGS_SHOWN = 20;

    private final AgentContext context;
    private final boolean json;
    private final List<Consumer<AgentEvent>> sinks = new ArrayList<>();
    private final List<Writer> files = new ArrayList<>();
    private Optional<HqMirror> mirror = Optional.empty();
    private Direction direction = Direction.FORWARD;
    private Lag lag = Lag.UNKNOWN;
    private Optional<AgentEvent.Followed> lastSaved = Optional.empty();
    private Instant lastProgress = Instant.MIN;
    private Optional<Writer> list = Optional.empty();
    private long findings;

    private DoctypeAgentOutput(AgentContext context, boolean json) {
        this.context = context;
        this.json = json;
    }

    static DoctypeAgentOutput open(AgentContext context, CommandLineReader line) throws UserException {
        boolean json = AgentOutput.format(line).equals("json");
        DoctypeAgentOutput output = new DoctypeAgentOutput(context, json);
        if (json) {
            output.sinks.add(new EventFile(new OutputStreamWriter(context.out(), StandardCharsets.UTF_8)));
        }
        Optional<String> events = line.text(BlobMigrationOptions.EVENTS);
        if (events.isPresent()) {
            Path path = context.directory().resolve(events.get());
            try {
                Writer file = new OutputStreamWriter(
                        Files.newOutputStream(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND),
                        StandardCharsets.UTF_8);
                output.files.add(file);
                output.sinks.add(new EventFile(file));
            } catch (IOException e) {
                throw new UserException("--events=" + path + ": cannot be written: " + e.getMessage(), e);
            }
        }
        return output;
    }

    /** From now on HQ's tables are kept too. */
    void mirrorTo(HqMirror tables) {
        mirror = Optional.of(tables);
    }

    /** From now on every finding is also written to this file, one JSON object a line, in place of what it had. */
    synchronized void listFindingsIn(Path path) throws UserException {
        try {
            Writer file = new OutputStreamWriter(Files.newOutputStream(path), StandardCharsets.UTF_8);
            files.add(file);
            list = Optional.of(file);
        } catch (IOException e) {
            throw new UserException(path + ": cannot be written: " + e.getMessage(), e);
        }
    }

    boolean json() {
        return json;
    }

    /** A line of the result. */
    synchronized void line(String text) {
        if (!json) {
            context.out().println(text);
        }
    }

    synchronized void event(AgentEvent event) {
        sinks.forEach(sink -> sink.accept(event));
    }

    private Instant now() {
        return context.clock().instant();
    }

    @Override
    public void initialBegins(Sequence originalSeq) {
        keep(tables -> tables.begun(originalSeq));
    }

    @Override
    public void initialComplete(Sequence originalSeq) {
        keep(tables -> tables.checkpoint(originalSeq));
        keep(HqMirror::flush);
    }

    @Override
    public synchronized void continuousBegins(Direction begun) {
        direction = begun;
        if (!json) {
            context.err().println(HqMessages.STARTING);
        }
    }

    @Override
    public synchronized void saved(long changesRead, Sequence seq) {
        line(HqMessages.readChanges(changesRead, seq.text()));
        followed(new AgentEvent.Followed(
                now(),
                changesRead,
                seq.text(),
                false,
                lag.changes(),
                lag.behind().toSeconds()));
        if (direction == Direction.FORWARD) {
            keep(tables -> tables.checkpoint(seq));
        }
    }

    @Override
    public synchronized void caughtUp() {
        line(HqMessages.CAUGHT_UP);
        lastSaved.ifPresent(last ->
                followed(new AgentEvent.Followed(now(), last.changes(), last.sequence(), true, last.lagChanges(), 0)));
        keep(HqMirror::flush);
    }

    private void followed(AgentEvent.Followed event) {
        lastSaved = Optional.of(event);
        event(event);
    }

    @Override
    public synchronized void progress(ProgressSnapshot snapshot, Lag newest) {
        lag = newest;
        event(new AgentEvent.Progressed(now(), snapshot));
        if (Duration.between(lastProgress, now()).compareTo(BETWEEN) >= 0
                && snapshot.session().done() > 0
                && snapshot.total().isPresent()) {
            lastProgress = now();
            line(DoctypeText.progress(snapshot));
        }
    }

    @Override
    public synchronized void notice(String text) {
        event(new AgentEvent.Warned(now(), text));
        if (!json) {
            context.err().println("NOTE " + text);
        }
    }

    @Override
    public synchronized void finding(DocumentFinding finding) {
        findings++;
        event(new AgentEvent.Found(
                now(),
                new Finding(
                        "", 0, finding.id(), outcome(finding.sort()), Json.write(finding.fields()), finding.detail())));
        if (list.isPresent()) {
            try {
                list.get().write(Json.write(finding.fields()) + "\n");
            } catch (IOException e) {
                throw new UncheckedIOException("cannot write the list of findings", e);
            }
        }
        if (findings <= FINDINGS_SHOWN) {
            line(finding.sort().word() + ": " + finding.id() + ": " + finding.detail());
        } else if (findings == FINDINGS_SHOWN + 1) {
            line("... more of them are listed in the file");
        }
    }

    private static Outcome outcome(DocumentFinding.Sort sort) {
        return switch (sort) {
            case FAILED -> Outcome.FAILED;
            case MISSING -> Outcome.MISSING_ON_TARGET;
            default -> Outcome.DIFFERS;
        };
    }

    private interface Keeping {
        void keep(HqMirror tables) throws InterruptedException;
    }

    private void keep(Keeping step) {
        if (mirror.isPresent()) {
            try {
                step.keep(mirror.get());
            } catch (InterruptedException e) {
                // The run looks at it next.
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void close() {
        keep(HqMirror::flush);
        for (Writer file : files) {
            try {
                file.close();
            } catch (IOException e) {
                throw new UncheckedIOException("cannot close the event file", e);
            }
        }
    }
}
