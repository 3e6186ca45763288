package org.cchq.migrate.testing.sandbox;

import java.net.URI;
import java.util.List;

/**
 * A localsettings.py as commcare-cloud left it on the hosts long ago: plain Python with much more in it than blob settings,
 * which whoever deploys a new one has to leave alone.
 */
final class LocalSettings {
    private static final String HEAD = """
            # -*- coding: utf-8 -*-
            from __future__ import absolute_import
            import json
            import os

            ####### Configuration for CommCareHQ Running on Production Servers #####
            BASE_ADDRESS = 'localhost'
            DEBUG = False
            SERVER_ENVIRONMENT = 'sandbox'
            ADMINS = (('HQ Dev Team', 'admin@localhost'),)
            SECRET_KEY = 'a "quoted" \\\\ secret \\'key\\''
            EMAIL_SMTP_PORT = 587  # = SMTP's submission
            TWO_FACTOR_GATEWAY_ENABLED = bool(os.environ.get('TWO_FACTOR'))
            REPORTING_DATABASES = json.loads(\"\"\"{"ucr": "default"}\"\"\")

            """;

    private static final String STORE = """
            %s = {
                'url': '%s',
                'access_key': '%s',
                'secret_key': '%s',
                's3_bucket': '%s',
                'bulk_delete_chunksize': 1000,
                'config': {
                    'signature_version': 's3',
                },
            }

            """;

    private static final String TAIL = """
            LOGGING_FILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'django.log')
            if os.environ.get('HQ_TESTS_PRINT_IMPORTS'):
                DEBUG = True
            """;

    private final Databases databases;
    private final String password;

    LocalSettings(Databases databases, String password) {
        this.databases = databases;
        this.password = password;
    }

    /** The file of the stage before the migration. */
    String before(URI url, S3Cluster old) {
        return text(store("S3_BLOB_DB_SETTINGS", url, old));
    }

    /** The file of the dual stage. */
    String dual(URI newUrl, S3Cluster target, URI oldUrl, S3Cluster old) {
        return text(store("S3_BLOB_DB_SETTINGS", newUrl, target)
                + store("OLD_S3_BLOB_DB_SETTINGS", oldUrl, old)
                + "BLOB_DB_MIGRATING_FROM_S3_TO_S3 = True\n\n");
    }

    private static String store(String name, URI url, S3Cluster cluster) {
        return STORE.formatted(name, url, cluster.accessKey(), cluster.secretKey(), Sandbox.BUCKET);
    }

    private String text(String blobs) {
        StringBuilder text = new StringBuilder(HEAD).append("DATABASES = {\n");
        database(text, "default", "commcarehq", "");
        database(text, "proxy", "commcarehq_proxy", "'PLPROXY': {'PROXY': True}, ");
        int shards = ParentShard.SHARDS / ParentShard.ALIASES.size();
        for (int i = 0; i < ParentShard.ALIASES.size(); i++) {
            String range = "'PLPROXY': {'SHARDS': " + List.of(i * shards, (i + 1) * shards - 1) + "}, ";
            String alias = ParentShard.ALIASES.get(i);
            database(text, alias, "commcarehq_" + alias, range);
        }
        return text.append("}\nUSE_PARTITIONED_DATABASE = True\n\n")
                .append(blobs)
                .append(TAIL)
                .toString();
    }

    private void database(StringBuilder text, String alias, String name, String more) {
        text.append("    '%s': {'ENGINE': 'django.db.backends.postgresql', 'NAME': '%s', %s'USER': '%s',\n"
                        .formatted(alias, name, more, Databases.USER))
                .append("        'PASSWORD': '%s', 'HOST': '127.0.0.1', 'PORT': '%d'},\n"
                        .formatted(password, databases.port()));
    }
}
