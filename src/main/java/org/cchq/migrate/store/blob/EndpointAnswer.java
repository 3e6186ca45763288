package org.cchq.migrate.store.blob;

import java.util.Optional;
import java.util.Set;
import org.cchq.migrate.base.EndpointTrouble;

/**
 * What an endpoint said to one account, found without writing.
 *
 * @param trouble empty if the bucket could be listed with the settings given
 * @param message what happened and what would be right, for a person; "" without trouble
 * @param signatures versions that it takes from this account
 */
public record EndpointAnswer(Optional<EndpointTrouble> trouble, String message, Set<S3Settings.Signature> signatures) {
    public EndpointAnswer {
        signatures = Set.copyOf(signatures);
    }

    static EndpointAnswer of(EndpointTrouble trouble, String message) {
        return new EndpointAnswer(Optional.of(trouble), message, Set.of());
    }
}
