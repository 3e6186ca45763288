package org.cchq.migrate.stage;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.environment.Environment;

/**
 * The stage that an environment's files describe; the hosts may be behind.
 *
 * <pre>
 *              riakcs  riakcs_new    localsettings
 * before       OLD     - or NEW      -
 * dual         OLD     NEW           MIGRATING
 * flipping     NEW     NEW           MIGRATING
 * temp-flip    NEW     NEW or -      TEMP_RIAKCS_PROXY
 * final        NEW     -             -
 * </pre>
 *
 * A store that public.yml names has before, dual and final only. Before and final look alike: migrations/blobs.yml tells
 * which of the two ends is the new one; without it, it is before.
 *
 * @param stage empty if the files describe no stage
 * @param explanation what they describe, in one sentence; what is wrong and what would be right if it is no stage
 */
public record FileStage(Profile profile, Optional<Stage> stage, String explanation) {
    /** What the environment's files describe. */
    public static FileStage of(Environment environment) throws UserException {
        return of(BlobFacts.of(environment));
    }

    static FileStage of(BlobFacts facts) {
        Profile profile = profile(facts);
        return profile == Profile.CLUSTER ? cluster(facts) : external(facts);
    }

    /** The stage, or a refusal that says why there is none. */
    public Stage require() throws UserException {
        return stage.orElseThrow(() -> new UserException("the environment's files are at no stage: " + explanation));
    }

    private static Profile profile(BlobFacts facts) {
        if (facts.record().isPresent()) {
            return facts.record().get().profile();
        }
        boolean cluster = !facts.hosts("riakcs").isEmpty() && !facts.namesStore();
        return cluster ? Profile.CLUSTER : Profile.EXTERNAL;
    }

    private static FileStage cluster(BlobFacts facts) {
        List<String> current = facts.hosts("riakcs");
        List<String> coming = facts.hosts("riakcs_new");
        boolean migrating = facts.flag(BlobFacts.MIGRATING);
        boolean temporary = facts.flag(BlobFacts.TEMPORARY);
        if (migrating && temporary) {
            return none(
                    Profile.CLUSTER,
                    BlobFacts.MIGRATING + " and " + BlobFacts.TEMPORARY
                            + " are both set in public.yml; remove the first if riakcs holds the new hosts already, the"
                            + " second if not");
        }
        if (current.isEmpty()) {
            return none(Profile.CLUSTER, "the inventory has no host in riakcs; there is no cluster behind the proxy");
        }
        Set<String> both = new HashSet<>(current);
        both.retainAll(coming);
        boolean same = Set.copyOf(current).equals(Set.copyOf(coming));
        if (!both.isEmpty() && !same) {
            return none(
                    Profile.CLUSTER,
                    "riakcs and riakcs_new share some hosts (" + String.join(", ", both)
                            + "), not all; a host belongs to the old cluster or to the new one");
        }
        return migrating ? migrating(coming, same) : settled(facts, current, coming, same, temporary);
    }

    private static FileStage migrating(List<String> coming, boolean same) {
        if (coming.isEmpty()) {
            return none(
                    Profile.CLUSTER,
                    BlobFacts.MIGRATING
                            + " is set, but the inventory has no riakcs_new: nothing would listen on the second port;"
                            + " add riakcs_new, or name a store with s3_blob_db_url");
        }
        return same
                ? at(
                        Profile.CLUSTER,
                        Stage.FLIPPING,
                        "riakcs holds the new hosts, the site is still told of two stores")
                : at(
                        Profile.CLUSTER,
                        Stage.DUAL,
                        "the site writes to riakcs_new, and reads there first, then on riakcs");
    }

    private static FileStage settled(
            BlobFacts facts, List<String> current, List<String> coming, boolean same, boolean temporary) {
        Optional<MigrationRecord> record = facts.record();
        boolean isOld = record.isPresent() && sameHosts(record.get().oldHosts(), current);
        boolean isNew = record.isPresent() && sameHosts(record.get().newHosts(), current);
        if (temporary) {
            if (isOld || (!coming.isEmpty() && !same)) {
                return none(
                        Profile.CLUSTER,
                        BlobFacts.TEMPORARY + " is set, but riakcs still holds the old hosts: the site would lose what"
                                + " is on the new ones; move the hosts of riakcs_new to riakcs, or set "
                                + BlobFacts.MIGRATING + " in its place");
            }
            return at(
                    Profile.CLUSTER,
                    Stage.TEMP_FLIP,
                    "both ports lead to the new cluster"
                            + (coming.isEmpty() ? "" : ", riakcs_new is left to be removed"));
        }
        if (isNew && (coming.isEmpty() || same)) {
            return at(Profile.CLUSTER, Stage.FINAL, "the site knows the new cluster only");
        }
        if (same) {
            return none(
                    Profile.CLUSTER,
                    "riakcs and riakcs_new hold the same hosts, and neither " + BlobFacts.MIGRATING + " nor "
                            + BlobFacts.TEMPORARY + " is set; remove riakcs_new if the migration is over");
        }
        return at(
                Profile.CLUSTER,
                Stage.BEFORE,
                coming.isEmpty()
                        ? "the site knows one cluster"
                                + (record.isEmpty() ? " (a migration that is over looks the same)" : "")
                        : "the site knows one cluster; riakcs_new is prepared");
    }

    private static FileStage external(BlobFacts facts) {
        if (facts.flag(BlobFacts.TEMPORARY)) {
            return none(
                    Profile.EXTERNAL,
                    BlobFacts.TEMPORARY + " is set, which is for a cluster behind the proxy only; remove it");
        }
        if (facts.flag(BlobFacts.MIGRATING)) {
            return facts.namesStore()
                    ? at(
                            Profile.EXTERNAL,
                            Stage.DUAL,
                            "the site writes to the store of s3_blob_db_url, and reads there first, then on the old one")
                    : none(
                            Profile.EXTERNAL,
                            BlobFacts.MIGRATING + " is set, but no new store is named; set s3_blob_db_url and"
                                    + " s3_blob_db_s3_bucket in public.yml");
        }
        Optional<StoreAddress> coming = facts.record().flatMap(MigrationRecord::newStore);
        boolean isNew = coming.isPresent() && names(facts, coming.get());
        return isNew
                ? at(Profile.EXTERNAL, Stage.FINAL, "the site knows the new store only")
                : at(Profile.EXTERNAL, Stage.BEFORE, "the site knows one store");
    }

    private static boolean names(BlobFacts facts, StoreAddress store) {
        return facts.text("s3_blob_db_url").orElse("").equals(bare(store.url()))
                && facts.text("s3_blob_db_s3_bucket").orElse("").equals(bare(store.bucket()));
    }

    /** A YAML value without its quotes. */
    private static String bare(String written) {
        boolean quoted = written.length() > 1
                && (written.startsWith("\"") || written.startsWith("'"))
                && written.charAt(written.length() - 1) == written.charAt(0);
        return quoted ? written.substring(1, written.length() - 1) : written;
    }

    private static boolean sameHosts(Map<String, List<String>> recorded, List<String> hosts) {
        List<String> known = recorded.getOrDefault("riakcs", List.of());
        return !known.isEmpty() && Set.copyOf(known).equals(Set.copyOf(hosts));
    }

    private static FileStage at(Profile profile, Stage stage, String explanation) {
        return new FileStage(profile, Optional.of(stage), explanation);
    }

    private static FileStage none(Profile profile, String explanation) {
        return new FileStage(profile, Optional.empty(), explanation);
    }
}
