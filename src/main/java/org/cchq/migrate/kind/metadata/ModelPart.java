package org.cchq.migrate.kind.metadata;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.store.row.PostgresDatabase;
import org.cchq.migrate.store.row.RowMapper;
import org.cchq.migrate.store.row.SqlArray;
import org.jspecify.annotations.Nullable;

/** The rows of an SQL model, in the order of their primary key. Thread-safe. */
final class ModelPart implements MetadataPart {
    private static final String DEMO_USERS = "DemoUserRestore";

    private final SqlModel model;
    private final PostgresDatabase main;
    private final SiteLookups lookups;

    ModelPart(SqlModel model, PostgresDatabase main, SiteLookups lookups) {
        this.model = model;
        this.main = main;
        this.lookups = lookups;
    }

    /** @param owner of a demo user's restore: the user's id; "" if there is none */
    private record ModelRow(long id, @Nullable String key, long length, String owner) {}

    private static final RowMapper<ModelRow> ROW = row -> new ModelRow(
            row.getLong(1),
            row.getString(2),
            row.getLong(3),
            Optional.ofNullable(row.getString(4)).orElse(""));

    @Override
    public String name() {
        return model.modelName();
    }

    @Override
    public String types() {
        return model.modelName();
    }

    @Override
    public List<String> ranges() {
        return List.of(model.modelName());
    }

    @Override
    public long total() throws EndpointException, InterruptedException {
        return main.queryOne("SELECT count(*) FROM " + model.table(), List.of(), row -> row.getLong(1))
                .orElse(0L);
    }

    @Override
    public Page page(String range, String after, int limit) throws EndpointException, InterruptedException {
        List<ModelRow> found = main.query(model.page(), List.of(number(after), limit), ROW);
        String through = found.isEmpty()
                ? after
                : Long.toString(found.get(found.size() - 1).id());
        return new Page(rows(found), through, found.isEmpty());
    }

    @Override
    public PageRows again(String range, String after, String through) throws EndpointException, InterruptedException {
        return rows(main.query(model.between(), List.of(number(after), Long.parseLong(through)), ROW));
    }

    @Override
    public PageRows some(List<String> ids) throws EndpointException, InterruptedException {
        List<Long> numbers = ids.stream().map(Long::parseLong).toList();
        return rows(main.query(model.byIds(), List.of(SqlArray.ofBigint(numbers)), ROW));
    }

    private static long number(String after) {
        return after.isEmpty() ? Long.MIN_VALUE : Long.parseLong(after);
    }

    private PageRows rows(List<ModelRow> found) throws EndpointException, InterruptedException {
        PageRows page = new PageRows();
        Map<Long, List<String>> uploads = model == SqlModel.CASE_UPLOAD && !found.isEmpty()
                ? lookups.uploads(found.stream().map(ModelRow::id).collect(Collectors.toSet()))
                : Map.of();
        Set<String> users = found.stream()
                .map(ModelRow::owner)
                .filter(owner -> !owner.isEmpty())
                .collect(Collectors.toSet());
        Map<String, String> userDomains =
                model == SqlModel.DEMO_USER && !users.isEmpty() ? lookups.userDomains(users) : Map.of();
        for (ModelRow row : found) {
            page.document(Long.toString(row.id()));
            List<String> domains = switch (model) {
                case CASE_UPLOAD -> uploads.getOrDefault(row.id(), List.of());
                case DEMO_USER ->
                    new ArrayList<>(Optional.ofNullable(userDomains.get(row.owner())).stream()
                            .toList());
                case ICDS_FILE -> List.of("icds-cas");
            };
            add(page, row, domains);
        }
        return page;
    }

    private void add(PageRows page, ModelRow row, List<String> domains) {
        Optional<String> domain = domains.stream().findFirst();
        PageRows.Subject subject =
                new PageRows.Subject(model.modelName(), Long.toString(row.id()), domain.orElse("None"));
        if (domain.isEmpty()) {
            page.unknownDomain(subject);
        }
        try {
            if (domains.size() > 1) {
                throw new UserException(domains.size() + " upload records name this file: whose is it?");
            }
            if (row.key() == null || row.key().isEmpty()) {
                throw new UserException("it names no blob");
            }
            page.rows(List.of(new MetadataRow(
                            domain.orElse(MetadataRow.UNKNOWN),
                            parent(row, domain),
                            "",
                            row.key(),
                            model.code(),
                            model == SqlModel.DEMO_USER ? Optional.of("text/xml") : Optional.empty(),
                            row.length())
                    .fitting()));
        } catch (UserException e) {
            page.refused(subject, String.valueOf(e.getMessage()));
        }
    }

    /** As HQ has it, with Python's word for an upload of no domain. */
    private String parent(ModelRow row, Optional<String> domain) {
        return switch (model) {
            case CASE_UPLOAD -> domain.orElse("None");
            case DEMO_USER -> row.owner().isEmpty() ? DEMO_USERS : row.owner();
            case ICDS_FILE -> "IcdsFile";
        };
    }
}
