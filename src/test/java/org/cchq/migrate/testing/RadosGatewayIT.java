package org.cchq.migrate.testing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RadosGatewayIT {
    @Test
    void knowsBothAccounts() throws Exception {
        RadosGateway gateway = RadosGateway.shared();

        assertThat(gateway.admin("user", "info", "--uid=new")).contains(RadosGateway.NEW.accessKey());
        assertThat(gateway.admin("user", "info", "--uid=old")).contains(RadosGateway.OLD.accessKey());
    }
}
