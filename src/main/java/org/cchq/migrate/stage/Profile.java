package org.cchq.migrate.stage;

import java.util.List;

/** Which of the two procedures an environment follows. */
public enum Profile {
    /** One S3-compatible cluster to another, both behind the environment's nginx, on two ports. */
    CLUSTER("cluster"),
    /** To a store that the environment names by URL and bucket: Amazon S3, MinIO. From a cluster, or from such a store. */
    EXTERNAL("external");

    private final String word;

    Profile(String word) {
        this.word = word;
    }

    /** As it stands in migrations/blobs.yml. */
    public String word() {
        return word;
    }

    /** The stages that one advances to, in order. */
    public List<Stage> stages() {
        return this == CLUSTER
                ? List.of(Stage.BEFORE, Stage.DUAL, Stage.TEMP_FLIP, Stage.FINAL)
                : List.of(Stage.BEFORE, Stage.DUAL, Stage.FINAL);
    }
}
