package org.cchq.migrate.testing.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the procedure tells the operator to edit in the environment's directory, as an operator does it in an editor. Each
 * edit fails if the text is not as it has to be.
 */
final class HandEdits {
    private static final String OLD = "127.0.0.2 hostname=oldriak0";
    private static final String NEW = "127.0.0.3 hostname=newriak0";
    private static final String MIGRATING = "  BLOB_DB_MIGRATING_FROM_S3_TO_S3: True\n";
    private static final String TEMPORARY = "  TEMP_RIAKCS_PROXY: True\n";

    private final Path environment;
    private final S3Cluster old;
    private final S3Cluster target;

    HandEdits(Path environment, S3Cluster old, S3Cluster target) {
        this.environment = environment;
        this.old = old;
        this.target = target;
    }

    /** "Add [riakcs_new] hosts (of new riak cluster) to inventory." */
    void addNewHosts() throws IOException {
        edit("inventory.ini", OLD + "\n", OLD + "\n\n[riakcs_new]\n" + NEW + "\n");
    }

    /** "Add localsettings.BLOB_DB_MIGRATING_FROM_S3_TO_S3: True in environments/ENV/public.yml". */
    void setMigrating() throws IOException {
        edit("public.yml", "\nlocalsettings:\n", "\nlocalsettings:\n" + MIGRATING);
    }

    /** "Add/update settings in environments/ENV/vault.yml": keys of the new cluster, and those of the old one as OLD. */
    void updateVault() throws IOException {
        edit("vault.yml", "RIAKCS_S3_ACCESS_KEY: " + old.accessKey(), "RIAKCS_S3_ACCESS_KEY: " + target.accessKey());
        edit(
                "vault.yml",
                "RIAKCS_S3_SECRET_KEY: " + old.secretKey() + "\n",
                "RIAKCS_S3_SECRET_KEY: " + target.secretKey() + "\n  OLD_S3_BLOB_DB_ACCESS_KEY: " + old.accessKey()
                        + "\n  OLD_S3_BLOB_DB_SECRET_KEY: " + old.secretKey() + "\n");
    }

    /** Before the way back from dual: the old cluster's keys in the place of the new one's. */
    void restoreVault() throws IOException {
        exchangeKeys(target, old);
    }

    /** After that way back, before the way ahead. */
    void updateVaultAgain() throws IOException {
        exchangeKeys(old, target);
    }

    private void exchangeKeys(S3Cluster from, S3Cluster to) throws IOException {
        edit("vault.yml", " RIAKCS_S3_ACCESS_KEY: " + from.accessKey(), " RIAKCS_S3_ACCESS_KEY: " + to.accessKey());
        edit("vault.yml", " RIAKCS_S3_SECRET_KEY: " + from.secretKey(), " RIAKCS_S3_SECRET_KEY: " + to.secretKey());
    }

    /** The new store's keys under the names that count once there is no cluster any more. */
    void nameKeysOfStore() throws IOException {
        edit(
                "vault.yml",
                " RIAKCS_S3_ACCESS_KEY: ",
                " S3_ACCESS_KEY: " + target.accessKey() + "\n  S3_SECRET_KEY: " + target.secretKey()
                        + "\n  RIAKCS_S3_ACCESS_KEY: ");
    }

    /** "Move [riakcs_new] hosts to [riakcs] (and delete old hosts) in inventory". */
    void moveHosts() throws IOException {
        edit("inventory.ini", OLD + "\n\n[riakcs_new]\n" + NEW + "\n", NEW + "\n");
    }

    /** "Remove BLOB_DB_MIGRATING_FROM_S3_TO_S3: True; add TEMP_RIAKCS_PROXY: True". */
    void setTemporaryProxy() throws IOException {
        edit("public.yml", MIGRATING, TEMPORARY);
    }

    /** "Remove localsettings.TEMP_RIAKCS_PROXY: True". */
    void removeTemporaryProxy() throws IOException {
        edit("public.yml", TEMPORARY, "");
    }

    private void edit(String file, String from, String to) throws IOException {
        Path path = environment.resolve(file);
        String text = Files.readString(path);
        int at = text.indexOf(from);
        if (at < 0 || text.indexOf(from, at + 1) >= 0) {
            throw new IllegalStateException(path + ": expected exactly once: " + from);
        }
        Files.writeString(path, text.replace(from, to));
    }
}
