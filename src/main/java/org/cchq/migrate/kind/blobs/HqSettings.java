package org.cchq.migrate.kind.blobs;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.cchq.migrate.base.Problems;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.hq.CouchDatabases;
import org.cchq.migrate.hq.CouchDatabasesReader;
import org.cchq.migrate.hq.DatabasesReader;
import org.cchq.migrate.hq.SettingsObject;
import org.cchq.migrate.hq.ShardMap;
import org.cchq.migrate.json.Json;
import org.cchq.migrate.store.blob.S3Settings;

/**
 * What the blob commands take from HQ's settings: one JSON object with HQ's own names and shapes. It may be a whole dump;
 * names that are not used are ignored.
 *
 * <pre>{"S3_BLOB_DB_SETTINGS": {...}, "OLD_S3_BLOB_DB_SETTINGS": {...}, "BLOB_DB_MIGRATING_FROM_S3_TO_S3": true,
 *  "SHARED_DRIVE_ROOT": "/mnt/shared", "DATABASES": {...}, "USE_PARTITIONED_DATABASE": true, "COUCH_DATABASES": {...}}</pre>
 *
 * @param blobDb the blob database that HQ would use
 * @param databases where the rows are
 * @param couch where the documents are; without databases if none are configured
 * @param warnings settings that have no effect here, and the like
 */
public record HqSettings(BlobDb blobDb, ShardMap databases, CouchDatabases couch, List<String> warnings) {
    private static final String NEW = "S3_BLOB_DB_SETTINGS";
    private static final String OLD = "OLD_S3_BLOB_DB_SETTINGS";
    private static final String FROM_S3 = "BLOB_DB_MIGRATING_FROM_S3_TO_S3";
    private static final String FROM_FS = "BLOB_DB_MIGRATING_FROM_FS_TO_S3";
    private static final String DRIVE = "SHARED_DRIVE_CONF";
    private static final long MOST_BYTES = 16L << 20;

    public HqSettings {
        Objects.requireNonNull(blobDb);
        Objects.requireNonNull(databases);
        Objects.requireNonNull(couch);
        warnings = List.copyOf(warnings);
    }

    /** Reads a file; all its problems in one exception, each with the setting's path. */
    public static HqSettings read(Path file) throws UserException {
        if (!Files.exists(file)) {
            throw new UserException(file + ": no such file; --settings names a JSON file with HQ's settings");
        }
        if (!Files.isRegularFile(file)) {
            throw new UserException(file + ": not a regular file; --settings names a JSON file with HQ's settings");
        }
        List<String> warnings = new ArrayList<>();
        String text;
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new UserException(file + ": larger than " + (MOST_BYTES >> 20) + " MiB, not a settings file");
            }
            text = Files.readString(file);
            if (othersMayRead(file)) {
                warnings.add(file + ": can be read by other users although it holds secrets; chmod 600 it");
            }
        } catch (IOException e) {
            throw new UserException(file + ": cannot be read as UTF-8 text: " + e, e);
        }
        return of(Json.readObject(text, file.toString()), warnings);
    }

    /** Takes the settings out of an object; all problems in one exception, each with the setting's path. */
    public static HqSettings of(Map<String, ?> object) throws UserException {
        return of(object, List.of());
    }

    private static HqSettings of(Map<String, ?> object, List<String> known) throws UserException {
        Problems problems = new Problems();
        List<String> warnings = new ArrayList<>(known);
        SettingsObject settings = new SettingsObject(object, "", problems);
        Optional<ShardMap> databases = new DatabasesReader(problems, warnings).read(settings);
        CouchDatabases couch = CouchDatabasesReader.read(settings);
        Optional<BlobDb> blobDb = blobDb(settings, problems, warnings);
        problems.throwIfAny();
        return new HqSettings(blobDb.orElseThrow(), databases.orElseThrow(), couch, warnings);
    }

    /** HQ's rule: no S3 settings, the file system; else migrating from the file system, from S3, or plain S3. */
    private static Optional<BlobDb> blobDb(SettingsObject settings, Problems problems, List<String> warnings) {
        S3SettingsReader reader = new S3SettingsReader(problems, warnings);
        Optional<S3Settings> target = settings.objectOrNull(NEW).map(reader::read);
        Optional<S3Settings> old = settings.objectOrNull(OLD).map(reader::read);
        boolean fromFileSystem = settings.flag(FROM_FS);
        boolean fromS3 = settings.flag(FROM_S3);
        if (target.isEmpty()) {
            if (settings.has(NEW) && settings.objectOrNull(NEW).isEmpty() && !problems.isEmpty()) {
                return Optional.empty();
            }
            return blobDirectory(settings).map(BlobDb.FileSystem::new);
        }
        BlobDb.S3 s3 = new BlobDb.S3(target.get());
        if (fromFileSystem) {
            if (fromS3) {
                warnings.add(FROM_S3 + ": has no effect, as in HQ, while " + FROM_FS + " is true too");
            }
            return blobDirectory(settings).map(directory -> new BlobDb.Migrating(s3, new BlobDb.FileSystem(directory)));
        }
        if (!fromS3) {
            return Optional.of(s3);
        }
        if (old.isEmpty()) {
            if (settings.objectOrNull(OLD).isEmpty()) {
                settings.problem(OLD, "is missing although " + FROM_S3 + " is true");
            }
            return Optional.empty();
        }
        if (sameBucket(target.get(), old.get())) {
            settings.problem(OLD, "names the same endpoint and bucket as " + NEW + "; there is nothing to migrate");
        }
        return Optional.of(new BlobDb.Migrating(s3, new BlobDb.S3(old.get())));
    }

    /** {@code SHARED_DRIVE_CONF.blob_dir}, or {@code SHARED_BLOB_DIR_NAME} below {@code SHARED_DRIVE_ROOT}. */
    private static Optional<Path> blobDirectory(SettingsObject settings) {
        Optional<String> given = settings.objectOrNull(DRIVE).flatMap(drive -> drive.textOrNull("blob_dir"));
        Optional<String> root = settings.textOrNull("SHARED_DRIVE_ROOT").filter(value -> !value.isEmpty());
        String name = given.orElseGet(() -> settings.textOrNull("SHARED_BLOB_DIR_NAME")
                .filter(value -> !value.isEmpty())
                .orElse("blobdb"));
        if (name.indexOf('\0') >= 0
                || root.filter(value -> value.indexOf('\0') >= 0).isPresent()) {
            settings.problem(DRIVE + ".blob_dir", "is no path");
            return Optional.empty();
        }
        if (given.isEmpty() && root.isEmpty()) {
            settings.problem(
                    DRIVE + ".blob_dir",
                    "is missing; blobs are in the file system, so name their directory, or give SHARED_DRIVE_ROOT");
            return Optional.empty();
        }
        Path directory = root.map(value -> Path.of(value).resolve(name)).orElseGet(() -> Path.of(name));
        if (!directory.isAbsolute()) {
            settings.problem(DRIVE + ".blob_dir", "must be an absolute path, or SHARED_DRIVE_ROOT must be given");
            return Optional.empty();
        }
        return Optional.of(directory.normalize());
    }

    private static boolean sameBucket(S3Settings one, S3Settings other) {
        return one.bucket().equals(other.bucket()) && endpoint(one).equals(endpoint(other));
    }

    private static String endpoint(S3Settings settings) {
        try {
            URI uri = URI.create(settings.url().orElse("amazon"));
            if (uri.getHost() == null) {
                return uri.toString();
            }
            boolean https = "https".equalsIgnoreCase(uri.getScheme());
            int port = uri.getPort() >= 0 ? uri.getPort() : https ? 443 : 80;
            return (https + " " + uri.getHost() + ":" + port + " "
                            + uri.getPath().replaceAll("/+$", ""))
                    .toLowerCase(Locale.ROOT);
        } catch (IllegalArgumentException e) {
            return settings.url().orElse("");
        }
    }

    private static boolean othersMayRead(Path file) throws IOException {
        try {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            return permissions.contains(PosixFilePermission.OTHERS_READ);
        } catch (UnsupportedOperationException e) {
            return false;
        }
    }
}
