package org.cchq.migrate;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The map of the house: which package may import which, and which library lives where. */
class ArchitectureTest {
    private static final String ROOT = "org.cchq.migrate.";

    /** Package to the packages that it may import. Order is the direction of dependency. */
    private static final Map<String, Set<String>> MAP = new LinkedHashMap<>();

    /** Library (package prefix) to the packages that may name it. */
    private static final Map<String, Set<String>> LIBRARIES = Map.ofEntries(
            Map.entry("com.fasterxml.jackson", Set.of("json")),
            Map.entry("software.amazon.awssdk", Set.of("store.blob")),
            Map.entry("org.postgresql", Set.of("store.row")),
            Map.entry("org.sqlite", Set.of("engine")),
            Map.entry("org.yaml.snakeyaml", Set.of("environment")),
            Map.entry("com.google.common", Set.of()),
            Map.entry("net.schmizz", Set.of("ssh")),
            Map.entry("com.hierynomus", Set.of("ssh")),
            Map.entry("org.apache.commons.compress", Set.of("push")),
            Map.entry("org.apache.commons.cli", Set.of("cli", "agent")),
            // Its configuration in code: its XML is a third of the agent's start.
            Map.entry("ch.qos.logback", Set.of("agent")));

    static {
        MAP.put("base", Set.of());
        MAP.put("console", Set.of("base"));
        MAP.put("json", Set.of("base"));
        MAP.put("migration", Set.of("base", "json"));
        MAP.put("engine", Set.of("base", "json", "migration"));
        // One client for both sorts of HTTP servers: Java's own costs several times the CPU, and its start.
        MAP.put("http", Set.of("base"));
        MAP.put("store.blob", Set.of("base", "json", "http"));
        MAP.put("store.document", Set.of("base", "json", "http"));
        MAP.put("store.row", Set.of("base", "json"));
        // The lines of progress that several migrations print as HQ does are made of the snapshot of "migration".
        MAP.put("hq", Set.of("base", "migration", "store.document", "store.row"));
        MAP.put(
                "kind.blobs",
                Set.of("base", "json", "migration", "engine", "store.blob", "store.document", "store.row", "hq"));
        MAP.put("javascript", Set.of());
        MAP.put(
                "kind.doctypes",
                Set.of("base", "json", "migration", "engine", "store.document", "store.row", "hq", "javascript"));
        MAP.put(
                "kind.metadata",
                Set.of("base", "json", "migration", "engine", "store.blob", "store.document", "store.row", "hq"));
        MAP.put(
                "agent",
                Set.of(
                        "base",
                        "console",
                        "json",
                        "migration",
                        "engine",
                        "store.blob",
                        "store.document",
                        "store.row",
                        "hq",
                        "kind.blobs",
                        "kind.doctypes",
                        "kind.metadata"));
        MAP.put("inventory", Set.of("base"));
        MAP.put("vault", Set.of("base"));
        MAP.put("jinja", Set.of("base"));
        MAP.put("environment", Set.of("base", "json", "inventory", "vault", "jinja"));
        MAP.put("render", Set.of("base", "json", "inventory", "environment", "jinja"));
        MAP.put("ssh", Set.of("base"));
        MAP.put("push", Set.of("base", "json", "ssh"));
        MAP.put("apply", Set.of("base", "ssh", "render"));
        MAP.put("plan", Set.of("base", "json", "migration", "inventory", "environment"));
        MAP.put("run", Set.of("base", "json", "migration", "inventory", "environment", "ssh", "push"));
        MAP.put("report", Set.of("base", "json", "migration"));
        MAP.put(
                "stage",
                Set.of(
                        "base",
                        "json",
                        "migration",
                        "inventory",
                        "environment",
                        "render",
                        "ssh",
                        "apply",
                        "push",
                        "run",
                        "report"));
        MAP.put(
                "cli",
                Set.of(
                        "base",
                        "console",
                        "json",
                        "migration",
                        "inventory",
                        "vault",
                        "environment",
                        "render",
                        "ssh",
                        "apply",
                        "push",
                        "plan",
                        "run",
                        "report",
                        "stage"));
    }

    private final JavaClasses classes = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("org.cchq.migrate");

    @Test
    void everyClassIsInAPackageOfTheMap() {
        Set<String> strangers = new TreeSet<>();
        for (JavaClass type : classes) {
            if (!MAP.containsKey(packageOf(type))) {
                strangers.add(type.getName());
            }
        }
        assertThat(strangers).isEmpty();
    }

    @Test
    void importsGoOnlyWhereTheMapSays() {
        Set<String> wrong = new TreeSet<>();
        for (JavaClass type : classes) {
            String from = packageOf(type);
            for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                JavaClass target = dependency.getTargetClass();
                if (!target.getPackageName().startsWith("org.cchq.migrate")) {
                    continue;
                }
                String to = packageOf(target);
                if (!to.equals(from) && !MAP.getOrDefault(from, Set.of()).contains(to)) {
                    wrong.add(type.getName() + " -> " + target.getName());
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void eachLibraryLivesWithItsOwner() {
        Set<String> wrong = new TreeSet<>();
        for (JavaClass type : classes) {
            String from = packageOf(type);
            for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                String target = dependency.getTargetClass().getName();
                LIBRARIES.forEach((library, owners) -> {
                    if (target.startsWith(library) && !owners.contains(from)) {
                        wrong.add(type.getName() + " -> " + target);
                    }
                });
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("org.cchq.migrate.(**)").should().beFreeOfCycles().check(classes);
    }

    @Test
    void storesAndKindsDoNotKnowTheirSiblings() {
        for (String family : List.of("store.", "kind.")) {
            MAP.forEach((name, allowed) -> {
                if (name.startsWith(family)) {
                    assertThat(allowed).noneMatch(other -> other.startsWith(family));
                }
            });
        }
    }

    private static String packageOf(JavaClass type) {
        String name = type.getPackageName();
        return name.startsWith(ROOT) ? name.substring(ROOT.length()) : "";
    }
}
