package org.cchq.migrate.testing.sandbox;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cchq.migrate.environment.DjangoSettings;
import org.cchq.migrate.environment.Environment;
import org.cchq.migrate.testing.CouchServer;
import org.cchq.migrate.testing.HqSchema;
import org.cchq.migrate.testing.metadata.MetadataEstate;
import org.cchq.migrate.vault.SecretPrompt;
import org.cchq.migrate.vault.VaultPassword;

/**
 * docs/runbooks/blob-metadata.md is carried out on the sandbox: every command that stands in a block of its own, in order;
 * after the way back the way ahead is taken once more. In the end every row is compared with the documents and models by a
 * program of its own.
 */
final class MetadataDemo implements Demonstration {
    private static final Path RUNBOOK = Path.of("docs/runbooks/blob-metadata.md");
    private static final String MAIN = "commcarehq";
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final Path checkout;
    private final int documents;
    private final DemoConsole console;
    private final Map<String, Object> result = new LinkedHashMap<>();
    private final List<String> findings = new ArrayList<>();
    private Sandbox sandbox;
    private Operator operator;

    MetadataDemo(Path checkout, int documents, DemoConsole console) {
        this.checkout = checkout;
        this.documents = documents;
        this.console = console;
    }

    @Override
    public Map<String, Object> run() throws Exception {
        console.heading("sandbox", "A small environment with a CouchDB and four shards");
        sandbox = Sandbox.start(checkout);
        operator = new Operator(checkout, sandbox, console);
        CouchServer couch = sandbox.couch().orElseThrow(() -> new IOException("pouchdb-server is not installed"));
        couch.createDatabase(MAIN + "__users");
        sql(HqSchema.models());
        long blobs = new MetadataEstate(couch, MAIN, this::sql, 2018).make(documents);
        result.put("documents", documents);
        result.put("blobs", blobs);
        console.line(documents + " documents of every type with " + blobs + " blobs, rows of three SQL models");
        String ahead = "";
        boolean inside = false;
        for (String line : Files.readAllLines(checkout.resolve(RUNBOOK))) {
            if (line.startsWith("## ")) {
                console.heading("runbook_" + line.replaceAll("[^0-9]", ""), line.replaceFirst("## [0-9]+\\. ", ""));
            } else if (line.startsWith("```")) {
                inside = !inside;
            } else if (inside) {
                String command = line.replace("<env>", "sandbox");
                type(command);
                ahead = command.contains(" migrate_metadata ") ? command : ahead;
                if (command.contains(" back metadata")) {
                    require(count() == 0, "rows are left after the way back");
                    type(ahead);
                }
            }
        }
        return conclude();
    }

    private void sql(String statements) throws SQLException {
        try (Connection connection = sandbox.databases().connect(MAIN);
                Statement statement = connection.createStatement()) {
            statement.execute(statements);
        }
    }

    /** Rows of blobs on all shards. */
    private long count() throws SQLException {
        long rows = 0;
        for (String alias : ParentShard.ALIASES) {
            try (Connection connection = sandbox.databases().connect(MAIN + "_" + alias);
                    Statement statement = connection.createStatement();
                    var found = statement.executeQuery("SELECT count(*) FROM blobs_blobmeta")) {
                found.next();
                rows += found.getLong(1);
            }
        }
        return rows;
    }

    private void require(boolean holds, String otherwise) {
        if (!holds) {
            findings.add(otherwise);
        }
    }

    private void type(String line) throws Exception {
        int status = operator.line(line).await(PATIENCE);
        if (status != 0) {
            throw new IOException(line + " ended with exit status " + status);
        }
    }

    private Map<String, Object> conclude() throws Exception {
        console.heading("compare", "Every row computed anew from documents and models, and compared");
        Environment environment =
                Environment.load(sandbox.environments(), "sandbox", new VaultPassword(Map.of(), SecretPrompt.NONE));
        Path settings = Files.createFile(
                sandbox.scratch().directory().resolve("settings.json"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(settings, DjangoSettings.of(environment).json().reveal());
        Process process = new ProcessBuilder(
                        checkout.resolve("bin/metadata-compare").toString(), settings.toString(), "--strict")
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        said.lines().forEach(console::line);
        require(process.waitFor() == 0, "the rows are not what the documents say");
        result.put("rows", count());
        console.finish();
        close();
        console.line("");
        findings.forEach(finding -> console.line("WRONG: " + finding));
        console.line(
                findings.isEmpty()
                        ? "All is as it must be: every blob has its row, and no row is without its blob's document."
                        : findings.size() + " findings.");
        result.put("seconds", console.seconds());
        result.put("findings", findings);
        result.put("result", findings.isEmpty() ? "ok" : "failed");
        return result;
    }

    /** Stops what is running, in any state. */
    @Override
    public synchronized void close() throws Exception {
        Optional<Operator> typing = Optional.ofNullable(operator);
        typing.ifPresent(Operator::close);
        if (sandbox != null) {
            sandbox.close();
            sandbox = null;
        }
    }
}
