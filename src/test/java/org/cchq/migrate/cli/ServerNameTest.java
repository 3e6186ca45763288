package org.cchq.migrate.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.cchq.migrate.base.UsageException;
import org.junit.jupiter.api.Test;

class ServerNameTest {
    @Test
    void readsEveryFormThatOperatorsType() throws Exception {
        assertThat(ServerName.parse("django_manage")).isEqualTo(new ServerName(Optional.empty(), "django_manage"));
        assertThat(ServerName.parse("ann@celery[1]")).isEqualTo(new ServerName(Optional.of("ann"), "celery[1]"));
        assertThat(ServerName.parse("elasticsearch:0")).isEqualTo(new ServerName(Optional.empty(), "elasticsearch[0]"));
        assertThat(ServerName.parse("-")).isEqualTo(new ServerName(Optional.empty(), "django_manage[0]"));
        assertThat(ServerName.parse("10.1.2.3").pattern()).isEqualTo("10.1.2.3");
        assertThat(ServerName.parse("web:&celery").pattern()).isEqualTo("web:&celery");
    }

    @Test
    void aUserCannotBeAnOption() {
        for (String word : new String[] {"@web", "-oProxyCommand=x@web", "a b@web", "ann@", ""}) {
            assertThatThrownBy(() -> ServerName.parse(word))
                    .as(word)
                    .isInstanceOf(UsageException.class)
                    .hasMessage("expected [user@]group[index], found '" + word + "'");
        }
    }
}
