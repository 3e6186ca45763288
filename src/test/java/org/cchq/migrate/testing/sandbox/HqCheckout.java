package org.cchq.migrate.testing.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What an operator finds in {@code ~/www/ENV/current} beside localsettings.py: a manage.py, settings.py as HQ has it (it takes
 * localsettings.py in, prints what it likes, and makes objects of plain values) and python_env.
 */
final class HqCheckout {
    private static final String MANAGE = """
            #!/usr/bin/env python
            import sys
            print("HQ itself: " + " ".join(sys.argv[1:]))
            """;

    private static final String SETTINGS = """
            import os
            import settingshelper as helper
            print("settings of HQ")
            FILEPATH = os.path.abspath(os.path.dirname(__file__))
            SHARED_DRIVE_ROOT = None
            USE_PARTITIONED_DATABASE = False
            S3_BLOB_DB_SETTINGS = None
            OLD_S3_BLOB_DB_SETTINGS = None
            PILLOWTOPS = {"core": [object()]}
            try:
                from localsettings import *
            except ImportError as error:
                if str(error) != "No module named 'localsettings'":
                    raise
            SHARED_DRIVE_CONF = helper.SharedDriveConfiguration(SHARED_DRIVE_ROOT, "blobdb")
            for alias in DATABASES:
                DATABASES[alias].setdefault("TEST", {})["SERIALIZE"] = False
            """;

    private static final String HELPER = """
            import os
            class SharedDriveConfiguration(object):
                def __init__(self, root, blob_dir):
                    self.blob_dir = os.path.join(root, blob_dir) if root else None
            """;

    private static final String ACTIVATE = """
            VIRTUAL_ENV="%s"
            export VIRTUAL_ENV
            PATH="$VIRTUAL_ENV/bin:$PATH"
            export PATH
            PS1="(python_env) ${PS1:-}"
            """;

    private static final String COUCH = """

            COUCH_DATABASES = {'default': {
                'COUCH_HTTPS': False, 'COUCH_SERVER_ROOT': '%s', 'COUCH_USERNAME': '%s',
                'COUCH_PASSWORD': '%s', 'COUCH_DATABASE_NAME': 'commcarehq',
            }}
            """;

    private HqCheckout() {}

    /** Puts it on the management host. */
    static void install(Sandbox sandbox, SiteAccount account) throws IOException {
        SandboxHost host = sandbox.host("manage0");
        Path code = host.localSettings().getParent();
        account.write(code.resolve("manage.py"), MANAGE, "rwxr-xr-x");
        account.write(code.resolve("settings.py"), SETTINGS, "rw-r--r--");
        account.write(code.resolve("settingshelper.py"), HELPER, "rw-r--r--");
        Path programs = account.give(Files.createDirectories(code.resolve("python_env/bin")));
        account.write(programs.resolve("activate"), ACTIVATE.formatted(code.resolve("python_env")), "rw-r--r--");
        for (String name : new String[] {"python", "python3"}) {
            Files.createSymbolicLink(programs.resolve(name), Path.of("/usr/bin/python3"));
        }
        String server = "127.0.0.1:" + sandbox.couch().orElseThrow().port();
        account.write(
                host.localSettings(),
                Files.readString(host.localSettings())
                        + COUCH.formatted(server, Sandbox.COUCH_USER, Sandbox.COUCH_PASSWORD),
                "rw-------");
    }
}
