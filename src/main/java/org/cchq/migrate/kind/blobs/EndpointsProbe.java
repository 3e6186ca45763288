package org.cchq.migrate.kind.blobs;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointTrouble;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.migration.ProbedEndpoint;
import org.cchq.migrate.migration.ProbedEndpoint.Marker;
import org.cchq.migrate.store.blob.EndpointAnswer;
import org.cchq.migrate.store.blob.MarkerKey;
import org.cchq.migrate.store.blob.S3EndpointProbe;
import org.cchq.migrate.store.blob.S3Settings;

/**
 * Looks at several endpoints from this machine: whether each can be used, what it can do, and which of them lead to one
 * store. That is found with a marker object, put through the one endpoint that may be written to, and removed again
 * whatever happens.
 */
public final class EndpointsProbe {
    private final ProbeRequest request;
    private final Clock clock;

    public EndpointsProbe(ProbeRequest request, Clock clock) {
        this.request = request;
        this.clock = clock;
    }

    /** What was found, in the request's order. */
    public List<ProbedEndpoint> run() throws UserException, InterruptedException {
        List<Endpoint> endpoints = new ArrayList<>();
        try {
            for (Map.Entry<String, S3Settings> asked : request.endpoints().entrySet()) {
                endpoints.add(new Endpoint(asked.getKey(), S3EndpointProbe.open(asked.getValue())));
            }
            for (Endpoint endpoint : endpoints) {
                endpoint.look();
            }
            Optional<Endpoint> writable = endpoints.stream()
                    .filter(endpoint ->
                            request.put().filter(endpoint.name::equals).isPresent())
                    .filter(Endpoint::usable)
                    .findFirst();
            if (writable.isPresent()) {
                mark(writable.get(), endpoints);
            }
            return endpoints.stream().map(endpoint -> endpoint.found).toList();
        } finally {
            endpoints.forEach(endpoint -> endpoint.probe.close());
        }
    }

    /** The marker is removed also if this is interrupted; what cannot be removed is told. */
    private void mark(Endpoint writable, List<Endpoint> endpoints) throws InterruptedException {
        if (!request.onlyMarker()) {
            writable.tryWrites();
        }
        if (!writable.usable()) {
            return;
        }
        String key = MarkerKey.make(clock.instant());
        try {
            writable.put(key);
            for (Endpoint endpoint : endpoints) {
                if (writable.usable()
                        && endpoint != writable
                        && request.look().contains(endpoint.name)
                        && endpoint.usable()) {
                    endpoint.lookFor(key);
                }
            }
        } finally {
            boolean interrupted = Thread.interrupted();
            try {
                writable.remove(key);
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }

    /** One endpoint, and what is known of it so far. */
    private static final class Endpoint {
        private final String name;
        private final S3EndpointProbe probe;
        private ProbedEndpoint found;

        Endpoint(String name, S3EndpointProbe probe) {
            this.name = name;
            this.probe = probe;
            this.found = ProbedEndpoint.unknown(name, probe.description());
        }

        boolean usable() {
            return found.trouble().isEmpty();
        }

        void look() throws InterruptedException {
            EndpointAnswer answer = probe.look();
            found = found.withSignatures(answer.signatures().stream()
                    .map(version -> version.name().toLowerCase(Locale.ROOT))
                    .sorted()
                    .toList());
            if (answer.trouble().isPresent()) {
                found = found.withTrouble(answer.trouble().get(), answer.message());
            }
        }

        void tryWrites() throws InterruptedException {
            try {
                S3EndpointProbe.Abilities can = probe.tryWrites();
                found = found.withAbilities(new ProbedEndpoint.Abilities(
                        can.capabilities().conditionalPut(),
                        can.capabilities().etagIsMd5(),
                        can.capabilities().checksContentMd5(),
                        can.unsignedBodies(),
                        can.capabilities().largestPut()));
            } catch (EndpointException e) {
                cannotWrite(e);
            }
        }

        void put(String key) throws InterruptedException {
            try {
                probe.put(key);
                if (probe.sees(key)) {
                    found = found.withMarker(Marker.PUT);
                } else {
                    found = found.withTrouble(
                            EndpointTrouble.CANNOT_WRITE,
                            "Tried to put the marker " + key + " on " + probe.description()
                                    + " but it was not there afterwards");
                }
            } catch (EndpointException e) {
                cannotWrite(e);
            }
        }

        void lookFor(String key) throws InterruptedException {
            try {
                found = found.withMarker(probe.sees(key) ? Marker.SEEN : Marker.ABSENT);
            } catch (EndpointException e) {
                EndpointTrouble trouble = e.kind() == EndpointException.Kind.DENIED
                        ? EndpointTrouble.DENIED
                        : e.kind() == EndpointException.Kind.UNREACHABLE
                                ? EndpointTrouble.NO_ANSWER
                                : EndpointTrouble.REFUSED;
                found = found.withTrouble(trouble, String.valueOf(e.getMessage()));
            }
        }

        void remove(String key) throws InterruptedException {
            try {
                probe.remove(key);
            } catch (EndpointException e) {
                if (usable()) {
                    cannotWrite(e);
                }
                found = found.withLeftBehind(key);
            }
        }

        private void cannotWrite(EndpointException why) {
            found = found.withTrouble(EndpointTrouble.CANNOT_WRITE, String.valueOf(why.getMessage()));
        }
    }
}
