package org.cchq.migrate.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;
import org.cchq.migrate.base.ExitCode;
import org.junit.jupiter.api.Test;

/** docs/reference/agent.md and the options that the agent knows. {@code -Dgolden.update=true} rewrites the page. */
class AgentReferenceTest {
    private static final Path PAGE = Path.of("docs/reference/agent.md");
    private static final String MARK = "<!-- generated from here on by AgentReferenceTest -->\n";

    @Test
    void thePageHasEveryCommandAndOptionAsTheAgentHasThem() throws Exception {
        String page = Files.readString(PAGE);
        String written = page.substring(0, page.indexOf(MARK) + MARK.length());
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(PAGE, written + generated());
        }

        assertThat(Files.readString(PAGE)).isEqualTo(written + generated());
    }

    @Test
    void thePageHasEveryExitStatusThatTheAgentCanHave() throws Exception {
        String page = Files.readString(PAGE);
        for (ExitCode code : ExitCode.values()) {
            assertThat(page).contains("\n| " + code.code() + " | ");
        }
    }

    private static String generated() {
        Map<String, Options> commands = new LinkedHashMap<>();
        commands.put(
                "run_blob_migration [options] migrate_backend|migrate_backend_check|migrate_metadata",
                BlobMigrationOptions.migration());
        commands.put("verify [options]", BlobMigrationOptions.verify());
        commands.put("copy-back [options]", BlobMigrationOptions.copyBack());
        commands.put("check_blob_logs [options] FILE...", BlobMigrationOptions.check());
        commands.put("run_doctype_migration [options] SLUG", DoctypeOptions.migration());
        commands.put("delete_doc_conflicts [options]", DoctypeOptions.conflicts());
        commands.put("verify_doctype [options] SLUG", DoctypeOptions.verify());
        commands.put("assert_initial_complete [options] SLUG", DoctypeOptions.state());
        commands.put("doctype_status [options] SLUG", DoctypeOptions.state());
        commands.put("doctype_mark [options] SLUG flip-ready|flipped|back", DoctypeOptions.state());
        commands.put("audit_doctype [options] SLUG", AuditDoctypeCommand.OPTIONS);
        commands.put("preindex_doctype [options] SLUG", PreindexDoctypeCommand.OPTIONS);
        commands.put("verify_blob_metadata [options]", VerifyMetadataCommand.OPTIONS);
        commands.put("run_sql [options] simple_move_form_attachments_to_blobmeta", RunSqlCommand.OPTIONS);
        commands.put("remove_blob_metadata [options]", RemoveMetadataCommand.OPTIONS);
        commands.put("estimate --settings FILE", BlobMigrationOptions.common());
        commands.put("probe <REQUEST.json", ProbeCommand.OPTIONS);
        StringBuilder text = new StringBuilder();
        commands.forEach((usage, options) -> {
            text.append("\n## ")
                    .append(usage.replaceFirst(" .*", ""))
                    .append("\n\n`")
                    .append(usage)
                    .append("`\n\n");
            text.append("| option | |\n|---|---|\n");
            for (Option option : options.getOptions()) {
                text.append("| `--").append(option.getLongOpt());
                text.append(option.hasArg() ? "=" + option.getArgName() : "").append("` | ");
                text.append(option.getDescription()).append(" |\n");
            }
        });
        return text.append("\n## version\n\nPrints the version, which has to be the controller's.\n")
                .toString();
    }
}
