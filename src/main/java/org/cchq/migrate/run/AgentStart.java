package org.cchq.migrate.run;

import java.util.List;
import java.util.Set;
import org.cchq.migrate.base.Secret;
import org.cchq.migrate.push.InstalledAgent;

/**
 * What is to be started.
 *
 * @param agent java and jar on the host
 * @param javaOptions options of the JVM: {@code -Xmx512m}
 * @param arguments of the agent, without those that the controller adds (settings, events, control, run-by)
 * @param settings JSON of the settings; reaches the agent through its stdin, and nothing else ever sees it
 */
public record AgentStart(InstalledAgent agent, List<String> javaOptions, List<String> arguments, Secret settings) {
    /**
     * What the agent's Java is given on a host: a bound for its memory at any number of rows, a collector without
     * threads of its own, and an optimising compiler that waits for code which is really hot: compiling costs more than
     * copying some ten thousand small blobs.
     */
    public static final List<String> JAVA_OPTIONS = List.of(
            "-Xmx384m",
            "-XX:+UseSerialGC",
            "-XX:Tier4InvocationThreshold=50000",
            "-XX:Tier4MinInvocationThreshold=20000",
            "-XX:Tier4CompileThreshold=150000",
            "-XX:Tier4BackEdgeThreshold=1000000");

    /**
     * The same for what reads and writes rows and documents, and hashes nothing: without the optimising compiler, whose work,
     * and the counting that precedes it, costs more than it gains where the servers are what is waited for.
     */
    public static final List<String> DOCUMENT_JAVA_OPTIONS =
            List.of("-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    private static final Set<String> OF_DOCUMENTS = Set.of(
            "migrate_metadata",
            "verify_blob_metadata",
            "remove_blob_metadata",
            "run_doctype_migration",
            "verify_doctype",
            "delete_doc_conflicts",
            "assert_initial_complete",
            "doctype_status",
            "doctype_mark",
            "preindex_doctype");

    public AgentStart {
        javaOptions = List.copyOf(javaOptions);
        arguments = List.copyOf(arguments);
    }

    /**
     * Options of the JVM for a command of the agent.
     *
     * @param arguments the command first
     */
    public static List<String> javaOptions(List<String> arguments) {
        boolean documents = arguments.stream().limit(2).anyMatch(OF_DOCUMENTS::contains);
        return documents ? DOCUMENT_JAVA_OPTIONS : JAVA_OPTIONS;
    }
}
