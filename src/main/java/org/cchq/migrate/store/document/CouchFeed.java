package org.cchq.migrate.store.document;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.store.document.DocumentDatabase.Change;
import org.cchq.migrate.store.document.DocumentDatabase.Changes;
import org.cchq.migrate.store.document.DocumentDatabase.Sequence;
import org.jspecify.annotations.Nullable;

/** The feed of changes, a page at a time. */
final class CouchFeed {
    /** The server ends a wait itself; a server that does not, or sends line ends for ever, is left after this. */
    private static final Duration GRACE = Duration.ofSeconds(1);
    /** nginx and load balancers end a silent connection after 60 s or more. */
    private static final long LONGEST_WAIT = 45_000;

    private final CouchHttp http;

    CouchFeed(CouchHttp http) {
        this.http = http;
    }

    Changes page(Sequence since, int limit, long wait) throws EndpointException, InterruptedException {
        long end = System.nanoTime() + Duration.ofMillis(wait).toNanos();
        Changes page = once(since, limit, Math.min(wait, LONGEST_WAIT));
        long left = (end - System.nanoTime()) / 1_000_000;
        while (page.rows().isEmpty() && left > 0) {
            page = once(page.last(), limit, Math.min(left, LONGEST_WAIT));
            left = (end - System.nanoTime()) / 1_000_000;
        }
        return page;
    }

    private Changes once(Sequence since, int limit, long wait) throws EndpointException, InterruptedException {
        CouchPath path = new CouchPath("_changes")
                .with("style", "all_docs")
                .with("since", since.json())
                .with("limit", Integer.toString(limit));
        String action = "read the changes since " + shown(since);
        if (wait <= 0) {
            try (CouchAnswer answer = http.send(Ask.get(path, action))) {
                return changes(answer, answer.required().object());
            }
        }
        path.with("feed", "longpoll").with("timeout", Long.toString(wait));
        Ask ask = Ask.get(path, action).ending(Duration.ofMillis(wait).plus(GRACE));
        try (CouchAnswer answer = http.send(ask)) {
            Optional<Map<String, @Nullable Object>> page = answer.required().objectInTime();
            return page.isPresent() ? changes(answer, page.get()) : new Changes(List.of(), since, Optional.empty());
        }
    }

    private static Changes changes(CouchAnswer answer, Map<String, @Nullable Object> page) throws EndpointException {
        List<Change> rows = new ArrayList<>();
        for (Map<String, @Nullable Object> row : answer.objects(page.get("results"))) {
            String id = CouchQueries.text(row.get("id")).orElseThrow(() -> answer.strange("a change without an id"));
            List<String> revs = answer.objects(row.get("changes")).stream()
                    .map(change -> String.valueOf(change.get("rev")))
                    .toList();
            rows.add(new Change(id, revs, Boolean.TRUE.equals(row.get("deleted")), sequence(row.get("seq"))));
        }
        if (!page.containsKey("last_seq")) {
            throw answer.strange("no last_seq");
        }
        return new Changes(rows, sequence(page.get("last_seq")), CouchQueries.number(page.get("pending")));
    }

    private static Sequence sequence(@Nullable Object value) {
        return new Sequence(Json.write(value));
    }

    private static String shown(Sequence since) {
        String text = since.text();
        return text.length() <= 24 ? text : text.substring(0, 24) + "...";
    }
}
