package org.cchq.migrate.apply;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.cchq.migrate.base.Secret;
import org.junit.jupiter.api.Test;

class MaskingTest {
    private final Masking masking = new Masking(List.of(new Secret("vault-it's-4711"), new Secret("abc")));

    @Test
    void hidesValuesOfNamesThatSoundLikeASecret() {
        String text = String.join(
                "\n",
                "S3_BLOB_DB_SETTINGS = {'url': 'http://10.0.0.5:8081', 'access_key': 'AKIA1', 'secret_key': 'zz\\'zz', 's3_bucket': 'b'}",
                "DATABASES['default']['PASSWORD'] = \"pg-word\"",
                "SECRET_KEY = (",
                "    'first-half'",
                "    'second-half'",
                ")",
                "DEBUG = False",
                "PRIVATE_KEY = '''-----BEGIN",
                "raw-bytes",
                "'''",
                "AFTER = 'seen'",
                "password: pla,in word",
                "BROKER_URL = 'redis://:red-word@10.0.0.1/0'",
                "RECAPTCHA_PRIVATE_KEY = None",
                "EMAIL_PASSWORD = ''",
                "proxy_set_header Authorization x;");

        String shown = masking.masked(text);

        assertThat(shown)
                .doesNotContain("AKIA1", "zz", "pg-word", "half", "raw-bytes", "pla,in", "word'", "red-word", "BEGIN")
                .contains("'url': 'http://10.0.0.5:8081'", "'s3_bucket': 'b'", "'access_key': '********'")
                .contains("DEBUG = False", "AFTER = 'seen'", "@10.0.0.1/0", "RECAPTCHA_PRIVATE_KEY = None")
                .contains("EMAIL_PASSWORD = ''");
        assertThat(shown.lines()).hasSameSizeAs(text.lines().toList());
    }

    @Test
    void hidesKnownValuesWhereverTheyStandAndHoweverTheyAreWritten() {
        String shown =
                masking.masked("x = 'vault-it\\'s-4711' \"vault-it's-4711\" vault-it%27s-4711\ny = 'abc'\nabcdef = 1");

        assertThat(shown).isEqualTo("x = '********' \"********\" ********\ny = '********'\nabcdef = 1");
    }
}
