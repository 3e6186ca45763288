package org.cchq.migrate.store.document;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.cchq.migrate.base.EndpointException;
import org.jspecify.annotations.Nullable;

/** Makes, removes and looks after a database. */
final class CouchAdmin {
    /** CouchDB's own limit for one request. */
    private static final int PURGED_AT_ONCE = 100;

    private static final CouchPath DATABASE = new CouchPath("");

    private final CouchHttp http;
    private final CouchVersion.Known version;

    CouchAdmin(CouchHttp http, CouchVersion.Known version) {
        this.http = http;
        this.version = version;
    }

    boolean exists() throws EndpointException, InterruptedException {
        String action = "look for the database";
        try (CouchAnswer answer = http.send(Ask.get(DATABASE, action))) {
            if (answer.ok()) {
                return true;
            }
            Refusal refusal = answer.refusal();
            if (refusal.status() == 404 && refusal.byServer()) {
                return false;
            }
            throw http.refused(action, refusal);
        }
    }

    void create() throws EndpointException, InterruptedException {
        try (CouchAnswer answer = http.send(Ask.of("PUT", DATABASE, "make the database"))) {
            if (answer.status() != 412) {
                answer.required();
            }
        }
    }

    void drop() throws EndpointException, InterruptedException {
        String action = "remove the database";
        try (CouchAnswer answer = http.send(Ask.of("DELETE", DATABASE, action))) {
            if (!answer.ok()) {
                Refusal refusal = answer.refusal();
                if (refusal.status() != 404 || !refusal.byServer()) {
                    throw http.refused(action, refusal);
                }
            }
        }
    }

    void compact() throws EndpointException, InterruptedException {
        done(Ask.of("POST", new CouchPath("_compact"), "ask for compaction").json(Map.of()));
    }

    void cleanUpViews() throws EndpointException, InterruptedException {
        done(Ask.of("POST", new CouchPath("_view_cleanup"), "ask for the removal of old index files")
                .json(Map.of()));
    }

    private void done(Ask ask) throws EndpointException, InterruptedException {
        try (CouchAnswer answer = http.send(ask)) {
            answer.required();
        }
    }

    boolean purge(Map<String, ? extends Collection<String>> revs) throws EndpointException, InterruptedException {
        if (!version.get().apache()) {
            return false;
        }
        Map<String, Collection<String>> portion = new LinkedHashMap<>();
        for (Map.Entry<String, ? extends Collection<String>> entry : revs.entrySet()) {
            portion.put(entry.getKey(), entry.getValue());
            if (portion.size() == PURGED_AT_ONCE) {
                if (!purgePortion(portion)) {
                    return false;
                }
                portion.clear();
            }
        }
        return portion.isEmpty() || purgePortion(portion);
    }

    private boolean purgePortion(Map<String, Collection<String>> revs) throws EndpointException, InterruptedException {
        String action = "purge " + revs.size() + " documents";
        try (CouchAnswer answer = http.send(Ask.post(new CouchPath("_purge"), revs, action))) {
            if (answer.status() == 405 || answer.status() == 501 || answer.missing()) {
                // Clusters cannot before CouchDB 2.3.
                return false;
            }
            return true;
        }
    }

    /** Of what runs now, and of what is scheduled, where the server says it to this account. */
    List<String> replications() throws EndpointException, InterruptedException {
        Set<String> sentences = new LinkedHashSet<>();
        for (Map<String, @Nullable Object> task : list("_active_tasks", "")) {
            if ("replication".equals(task.get("type"))) {
                sentence(task, "running").ifPresent(sentences::add);
            }
        }
        for (Map<String, @Nullable Object> job : list("_scheduler/jobs", "jobs")) {
            sentence(job, "scheduled").ifPresent(sentences::add);
        }
        return new ArrayList<>(sentences);
    }

    private List<Map<String, @Nullable Object>> list(String path, String field)
            throws EndpointException, InterruptedException {
        String action = "ask for replications (" + path + ")";
        try (CouchAnswer answer = http.send(Ask.server("GET", path, action))) {
            if (answer.ok()) {
                return field.isEmpty()
                        ? answer.objects()
                        : answer.objects(answer.object().get(field));
            }
            Refusal refusal = answer.refusal();
            if (Set.of(401, 403, 404, 405).contains(refusal.status())) {
                // An old server, or only for administrators.
                return List.of();
            }
            throw http.refused(action, refusal);
        }
    }

    private Optional<String> sentence(Map<String, @Nullable Object> job, String state) {
        String source = bare(Objects.toString(job.get("source"), ""));
        String target = bare(Objects.toString(job.get("target"), ""));
        boolean reads = isThis(source);
        if (!reads && !isThis(target)) {
            return Optional.empty();
        }
        String id = Objects.toString(job.get("replication_id"), Objects.toString(job.get("id"), "without an id"));
        Object document = job.get("doc_id");
        return Optional.of("replication " + id + " " + (reads ? "reads from" : "writes to") + " "
                + http.spec().database() + ": " + source + " -> " + target + ", " + state
                + (document == null ? "" : ", document '" + document + "'"));
    }

    private boolean isThis(String end) {
        String path = end.endsWith("/") ? end.substring(0, end.length() - 1) : end;
        String name = path.substring(path.lastIndexOf('/') + 1);
        try {
            return URLDecoder.decode(name, StandardCharsets.UTF_8)
                    .equals(http.spec().database());
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Without the account that an address may carry. */
    private static String bare(String address) {
        return address.replaceFirst("//[^/@]*@", "//");
    }
}
