package org.cchq.migrate.stage;

import java.util.Optional;
import org.cchq.migrate.base.UserException;

/**
 * A store that an environment names itself, as public.yml has it: both are YAML values as they are written, quotes and
 * expressions included, and "" where public.yml says nothing.
 */
record StoreAddress(String url, String bucket) {
    static StoreAddress current(PublicEdit text) throws UserException {
        return of(text, "");
    }

    static StoreAddress old(PublicEdit text) throws UserException {
        return of(text, "old_");
    }

    private static StoreAddress of(PublicEdit text, String prefix) throws UserException {
        Optional<String> url = text.written(prefix + "s3_blob_db_url");
        return new StoreAddress(
                url.orElse(""), text.written(prefix + "s3_blob_db_s3_bucket").orElse(""));
    }
}
