package org.cchq.migrate.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.stage.MoveOptions;
import org.cchq.migrate.stage.Standing;
import org.jspecify.annotations.Nullable;

/** {@code status} and {@code status blobs}: stage, hosts, ports, gates, jobs, and what to type next. */
final class BlobStatus {
    private final Site site;

    BlobStatus(Site site) {
        this.site = site;
    }

    /** @param asked the migration was named: its stage is looked up on the hosts too */
    int show(boolean asked, boolean watch, boolean json) throws UserException, EndpointException, InterruptedException {
        Map<String, @Nullable Object> where = asked && !watch ? standing(json) : Map.of();
        return new JobsView(site, new BlobMigration(site), where.isEmpty()).show(where, watch, json);
    }

    /** Stage by files, hosts, ports and gates; shown, or as fields. */
    private Map<String, @Nullable Object> standing(boolean json) throws EndpointException, InterruptedException {
        String environment = site.environment().name();
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        try {
            Standing standing = Standing.of(new SiteGround(site), StandingLines.SILENT, MoveOptions.onlyShow());
            fields.putAll(standing.fields(environment));
            if (!json) {
                StandingLines.of(environment, standing).forEach(site.console()::result);
            }
        } catch (UserException e) {
            fields.put("obstacle", e.getMessage());
            if (!json) {
                site.console().result("stage  not known: " + e.getMessage());
            }
        }
        return fields;
    }
}
