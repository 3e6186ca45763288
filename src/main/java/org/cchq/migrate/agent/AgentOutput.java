package org.cchq.migrate.agent;

import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.cchq.migrate.base.UsageException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.kind.blobs.BackFillOutput;
import org.cchq.migrate.kind.blobs.HqOutput;
import org.cchq.migrate.kind.metadata.MetadataOutput;
import org.cchq.migrate.migration.AgentEvent;

/** Where a run's events go: stdout, as HQ's lines or as JSON, and the event file. Lines also go to the run's summary. */
final class AgentOutput implements BackFillOutput, MetadataOutput, AutoCloseable {
    private final List<Consumer<AgentEvent>> sinks = new ArrayList<>();
    private final List<Consumer<AgentEvent>> fileSinks = new ArrayList<>();
    private final List<Writer> files = new ArrayList<>();
    private final Consumer<String> stdoutLines;
    private Consumer<String> summary = line -> {};

    private AgentOutput(Consumer<String> stdoutLines) {
        this.stdoutLines = stdoutLines;
    }

    /** Events of passes over blobs are also printed, as HQ prints them. */
    static AgentOutput open(AgentContext context, CommandLineReader line, int chunkSize) throws UserException {
        AgentOutput output = lines(context, line);
        HqOutput lines = new HqOutput(output::line, chunkSize);
        // What is printed of an event comes before the event.
        output.sinks.add(0, lines);
        return output;
    }

    /** The command prints its lines itself. */
    static AgentOutput lines(AgentContext context, CommandLineReader line) throws UserException {
        boolean json = format(line).equals("json");
        AgentOutput output = new AgentOutput(json ? text -> {} : context.out()::println);
        if (json) {
            output.sinks.add(new EventFile(new OutputStreamWriter(context.out(), StandardCharsets.UTF_8)));
        }
        Optional<String> events = line.text(BlobMigrationOptions.EVENTS);
        if (events.isPresent()) {
            Writer file = appending(context.directory().resolve(Path.of(events.get())));
            output.files.add(file);
            EventFile sink = new EventFile(file);
            output.sinks.add(sink);
            output.fileSinks.add(sink);
        }
        return output;
    }

    /** {@code hq} or {@code json}. */
    static String format(CommandLineReader line) throws UsageException {
        String format = line.text(BlobMigrationOptions.OUTPUT).orElse("hq");
        if (!format.equals("hq") && !format.equals("json")) {
            throw new UsageException("--output=" + format + ": expected hq or json");
        }
        return format;
    }

    private static Writer appending(Path path) throws UserException {
        try {
            return new OutputStreamWriter(
                    Files.newOutputStream(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND),
                    StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UserException("--events=" + path + ": cannot be written: " + e.getMessage(), e);
        }
    }

    @Override
    public synchronized void accept(AgentEvent event) {
        sinks.forEach(sink -> sink.accept(event));
    }

    /** An event for the event file only, of a command that prints lines of its own. */
    synchronized void event(AgentEvent event) {
        fileSinks.forEach(sink -> sink.accept(event));
    }

    @Override
    public synchronized void line(String text) {
        stdoutLines.accept(text);
        summary.accept(text);
    }

    @Override
    public synchronized void copyLinesTo(Consumer<String> summaryFile) {
        summary = summaryFile;
    }

    @Override
    public void close() {
        for (Writer file : files) {
            try {
                file.close();
            } catch (IOException e) {
                throw new UncheckedIOException("cannot close the event file", e);
            }
        }
    }
}
