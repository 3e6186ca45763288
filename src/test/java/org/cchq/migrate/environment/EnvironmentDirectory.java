package org.cchq.migrate.environment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A small environment on disk that a test then bends. */
record EnvironmentDirectory(Path directory) {
    /** Cluster to cluster, dual stage; the directory's name and deploy_env differ. */
    static EnvironmentDirectory valid(Path root, String name) throws IOException {
        EnvironmentDirectory environment = new EnvironmentDirectory(Files.createDirectories(root.resolve(name)));
        environment.write("public.yml", """
                ALTERNATE_HOSTS: []
                couch_dbs:
                  default:
                    host: "{{ groups.couchdb2_proxy.0 }}"
                    port: 25984
                    name: commcarehq
                    username: "{{ localsettings_private.COUCH_USERNAME }}"
                    password: "{{ localsettings_private.COUCH_PASSWORD }}"
                    is_https: False
                localsettings:
                  BLOB_DB_MIGRATING_FROM_S3_TO_S3: True
                """);
        environment.write("vault.yml", """
                secrets:
                  POSTGRES_USERS:
                    commcare:
                      username: commcarehq
                      password: example-pg
                  RIAKCS_S3_ACCESS_KEY: EXAMPLENEW
                  RIAKCS_S3_SECRET_KEY: example/new
                  OLD_S3_BLOB_DB_ACCESS_KEY: EXAMPLEOLD
                  OLD_S3_BLOB_DB_SECRET_KEY: example/old
                localsettings_private:
                  COUCH_USERNAME: commcarehq
                  COUCH_PASSWORD: example-couch
                ansible_sudo_pass: example-sudo
                """);
        environment.write("meta.yml", """
                deploy_env: east-prod
                env_monitoring_id: east
                users: [org]
                """);
        environment.write("proxy.yml", "SITE_HOST: east.example.com\n");
        environment.write("postgresql.yml", """
                DEFAULT_POSTGRESQL_HOST: pg0
                SEPARATE_SYNCLOGS_DB: False
                dbs:
                  synclogs: null
                  form_processing:
                    partitions:
                      p1:
                        shards: [0, 511]
                        host: pg1
                      p2:
                        shards: [512, 1023]
                        host: pg0
                """);
        environment.write("inventory.ini", """
                [web0]
                10.0.0.4:2222 hostname=web0-east ansible_host=127.0.0.1 ansible_user=deployer
                [web0:vars]
                encrypted_root=/opt/data/ecrypt
                ansible_ssh_private_key_file=keys/id_ed25519
                [proxy]
                10.0.0.5
                [couchdb2_proxy]
                10.0.0.5
                [pg0]
                10.0.0.6
                [pg1]
                10.0.0.7
                [postgresql:children]
                pg0
                pg1
                [django_manage:children]
                web0
                [riakcs]
                10.0.1.[1:3]
                [riakcs_new]
                10.0.2.[1:3]
                """);
        return environment;
    }

    void write(String file, String text) throws IOException {
        Files.writeString(directory.resolve(file), text);
    }

    void append(String file, String text) throws IOException {
        Files.writeString(directory.resolve(file), text, StandardOpenOption.APPEND);
    }

    /** Replaces text that must be there exactly once. */
    void replace(String file, String old, String with) throws IOException {
        String text = Files.readString(directory.resolve(file));
        int at = text.indexOf(old);
        if (at < 0 || text.indexOf(old, at + 1) >= 0) {
            throw new IllegalArgumentException("not exactly once in " + file + ": " + old);
        }
        write(file, text.substring(0, at) + with + text.substring(at + old.length()));
    }
}
