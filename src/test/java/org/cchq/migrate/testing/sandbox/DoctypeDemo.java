package org.cchq.migrate.testing.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.testing.CouchServer;
import org.cchq.migrate.testing.Eventually;

/**
 * docs/runbooks/doctype.md is carried out on the sandbox: every command that stands in a block of its own, in order, with the
 * way back wherever the page has one, while a site makes, changes and deletes documents all the time. In the end every
 * document is compared with what the site knows of it.
 */
final class DoctypeDemo implements Demonstration {
    private static final Path RUNBOOK = Path.of("docs/runbooks/doctype.md");
    private static final String SLUG = "user_db_migration";
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final int PER_SECOND = 25;
    /** From so many on a first copy takes long enough to be killed. */
    private static final int MANY = 2000;

    private final Path checkout;
    private final int documents;
    private final DemoConsole console;
    private final List<String> findings = new ArrayList<>();
    private final Map<String, Object> result = new LinkedHashMap<>();
    private Sandbox sandbox;
    private Operator operator;
    private DocumentSite site;
    private String ahead = "";
    private String stage = "before";

    DoctypeDemo(Path checkout, int documents, DemoConsole console) {
        this.checkout = checkout;
        this.documents = documents;
        this.console = console;
    }

    @Override
    public Map<String, Object> run() throws Exception {
        console.heading("sandbox", "A small environment with a CouchDB");
        sandbox = Sandbox.start(checkout);
        operator = new Operator(checkout, sandbox, console);
        CouchServer couch = sandbox.couch().orElseThrow(() -> new IOException("pouchdb-server is not installed"));
        becomeAdministrator(couch);
        site = new DocumentSite(couch, PER_SECOND);
        site.seed(documents);
        site.start();
        console.line(site.counts() + " in " + DocumentSite.MAIN + "; the site is at work");
        boolean inside = false;
        for (String line : Files.readAllLines(checkout.resolve(RUNBOOK))) {
            if (line.startsWith("## ")) {
                console.heading("runbook_" + line.replaceAll("[^0-9]", ""), line.replaceFirst("## [0-9]+\\. ", ""));
            } else if (line.startsWith("```")) {
                inside = !inside;
            } else if (inside) {
                step(line.replace("<env>", "sandbox").replace("<slug>", SLUG));
            }
        }
        return conclude();
    }

    /** pouchdb-server has no administrator but the nameless one; an account can make neither databases nor designs there. */
    private void becomeAdministrator(CouchServer couch) throws IOException {
        Path file = sandbox.environments().resolve("sandbox/public.yml");
        String map = "localsettings:\n";
        String text = Files.readString(file);
        String settings = Json.write(Map.of(
                "default",
                Map.of(
                        "COUCH_HTTPS",
                        false,
                        "COUCH_SERVER_ROOT",
                        "127.0.0.1:" + couch.port(),
                        "COUCH_USERNAME",
                        "",
                        "COUCH_PASSWORD",
                        "",
                        "COUCH_DATABASE_NAME",
                        DocumentSite.MAIN)));
        Files.writeString(file, text.replace(map, map + "  COUCH_DATABASES: " + settings + "\n"));
    }

    private void step(String command) throws Exception {
        if (command.contains(" advance ")) {
            ahead = command;
            advance(command);
        } else if (command.contains(" back ")) {
            String from = stage;
            if (from.equals("flipped")) {
                console.line("# the release before is deployed: the site's users are in " + DocumentSite.MAIN);
                site.restartWith(DocumentSite.MAIN);
            }
            type(command);
            lookAtStage();
            for (int tries = 0; !stage.equals(from) && tries < 3; tries++) {
                advance(ahead);
            }
        } else {
            if (command.contains(" cancel ") && command.endsWith(" continuous")) {
                lateWriteIsCarried();
            }
            type(command);
        }
    }

    private void advance(String command) throws Exception {
        if (stage.equals("flip-ready")) {
            console.line("# the flip is deployed: the site's users are in " + DocumentSite.USERS);
            site.restartWith(DocumentSite.USERS);
        }
        type(command);
        if (stage.equals("before") && documents >= MANY) {
            killTheFirstCopy(command);
        }
        lookAtStage();
    }

    private void lateWriteIsCarried() throws Exception {
        console.line("# a process that is late writes to " + DocumentSite.MAIN);
        String late = site.lateWrite();
        CouchServer couch = sandbox.couch().orElseThrow();
        Eventually.holds(
                "the late write is carried",
                PATIENCE,
                () -> couch.get(DocumentSite.USERS, late).isPresent());
    }

    private void killTheFirstCopy(String command) throws Exception {
        List<ProcessHandle> agents = sandbox.agents();
        agents.forEach(ProcessHandle::destroyForcibly);
        console.line("# kill -9 of " + agents.size() + " agent");
        if (agents.isEmpty()) {
            findings.add("no agent was running when it was to be killed");
        }
        // A killed holder of the lease is in the way for a minute.
        Eventually.holds(
                "the first copy goes on", PATIENCE, () -> operator.line(command).await(PATIENCE) == 0);
    }

    /** What status says; the program is asked, not this demonstration's own books. */
    private void lookAtStage() throws Exception {
        TypedCommand status = operator.run("bin/cchq-migrate", "sandbox", "status", "doctype:" + SLUG);
        status.await(PATIENCE);
        stage = status.output().stream()
                .filter(line -> line.startsWith("stage "))
                .map(line -> line.replaceFirst("stage +", "").replaceFirst(":.*", ""))
                .findFirst()
                .orElse("unknown");
    }

    private void type(String line) throws Exception {
        int status = operator.line(line).await(PATIENCE);
        // After the flip the site is at work on the target: that it has more than the source is no difference that
        // matters.
        boolean ahead = stage.equals("flipped") && line.endsWith(" verify") && status == 5;
        if (status != 0 && !ahead) {
            throw new IOException(line + " ended with exit status " + status);
        }
    }

    private Map<String, Object> conclude() throws Exception {
        console.heading("compare", "Every document compared with what the site knows of it");
        site.stop();
        result.put("documents", site.counts());
        result.put("changes", site.changes());
        findings.addAll(site.findings());
        if (!stage.equals("cleaned")) {
            findings.add("the last stage is " + stage);
        }
        console.line(site.counts());
        console.finish();
        close();
        console.line("");
        findings.stream().limit(20).forEach(finding -> console.line("WRONG: " + finding));
        console.line(
                findings.isEmpty()
                        ? "All is as it must be: every document where it belongs, none lost, none brought back."
                        : findings.size() + " findings.");
        result.put("seconds", console.seconds());
        result.put("findings", findings);
        result.put("result", findings.isEmpty() ? "ok" : "failed");
        return result;
    }

    /** Stops what is running, in any state. */
    @Override
    public synchronized void close() throws Exception {
        if (site != null) {
            site.close();
        }
        if (operator != null) {
            operator.close();
        }
        if (sandbox != null) {
            sandbox.close();
            sandbox = null;
        }
    }
}
