package org.cchq.migrate.agent;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.cchq.migrate.engine.RunControl;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries signals and the lines of the control file to the running phase; looks once a second. */
final class Requests implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Requests.class);

    private final ExecutorService looking = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "requests");
        thread.setDaemon(true);
        return thread;
    });

    private Requests() {}

    static Requests listen(AgentContext context, CommandLineReader line, RunControl control) {
        Requests requests = new Requests();
        context.stop().listen(control::cancel);
        Optional<String> file = line.text(BlobMigrationOptions.CONTROL);
        if (file.isPresent()) {
            ControlFile lines = new ControlFile(context.directory().resolve(Path.of(file.get())));
            requests.looking.execute(() -> lookEachSecond(lines, control));
        }
        return requests;
    }

    private static void lookEachSecond(ControlFile lines, RunControl control) {
        try {
            while (true) {
                lines.added().forEach(request -> apply(request, control));
                TimeUnit.SECONDS.sleep(1);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void apply(String request, RunControl control) {
        String[] words = request.split("\\s+", 2);
        String rest = words.length > 1 ? words[1] : "";
        switch (words[0]) {
            case "cancel" -> control.cancel(rest.isEmpty() ? "control file" : rest);
            case "pause" -> control.pause(rest.isEmpty() ? "control file" : rest);
            case "resume" -> control.resume();
            case "workers" -> {
                try {
                    control.setWorkers(Math.min(1024, Math.max(1, Integer.parseInt(rest.strip()))));
                } catch (NumberFormatException e) {
                    LOG.warn("control file: 'workers {}' is not a number; passed over", rest);
                }
            }
            default -> LOG.warn("control file: '{}' is not a request; passed over", words[0]);
        }
    }

    @Override
    public void close() {
        looking.shutdownNow();
    }
}
