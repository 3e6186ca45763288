package org.cchq.migrate.store.blob;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointTrouble;
import org.cchq.migrate.base.Sleeper;
import org.cchq.migrate.base.TlsRefusal;
import org.cchq.migrate.http.HttpTransport;
import org.cchq.migrate.http.MalformedResponseException;
import org.cchq.migrate.store.blob.S3Settings.Signature;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;

/**
 * Finds out whether an account can use an endpoint, and if not, why: both signature versions are tried, and version 4
 * also as a proxy would need it that passes the Host header on without its port. Writes nothing.
 */
final class EndpointQuestions {
    private static final String DOING = "list keys";
    private static final int ATTEMPTS = 3;
    private static final Duration PAUSE = Duration.ofMillis(500);

    private final S3Endpoint endpoint;
    private final BucketQuestion question;
    private final AwsCredentialsIdentity keys;
    private final S3Failures failures;
    private final InstantSource clock;

    EndpointQuestions(
            HttpTransport transport,
            S3Endpoint endpoint,
            AwsCredentialsIdentity keys,
            S3Failures failures,
            InstantSource clock) {
        this.endpoint = endpoint;
        this.question = new BucketQuestion(transport, endpoint);
        this.keys = keys;
        this.failures = failures;
        this.clock = clock;
    }

    /** @param wanted the version that the settings name */
    EndpointAnswer ask(Signature wanted) throws InterruptedException {
        try {
            BucketQuestion.Answer first = patiently(wanted, endpoint.hostHeader());
            Signature other = wanted == Signature.V4 ? Signature.V2 : Signature.V4;
            Set<Signature> taken = EnumSet.noneOf(Signature.class);
            Optional<BucketQuestion.Answer> second = Optional.empty();
            if (first.knowsAccount() || first.refusesAccount()) {
                second = Optional.of(patiently(other, endpoint.hostHeader()));
            }
            if (first.knowsAccount()) {
                taken.add(wanted);
            }
            if (second.filter(BucketQuestion.Answer::knowsAccount).isPresent()) {
                taken.add(other);
            }
            Optional<EndpointTrouble> trouble = trouble(wanted, first, second);
            String message = trouble.map(kind -> message(kind, first)).orElse("");
            return new EndpointAnswer(trouble, message, taken);
        } catch (IOException e) {
            return EndpointAnswer.of(
                    trouble(e), String.valueOf(failures.of(DOING, e).getMessage()));
        }
    }

    /** A busy endpoint, and one that dropped a kept connection, is asked again; one that nobody listens at is not. */
    private BucketQuestion.Answer patiently(Signature version, String signedHost)
            throws IOException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            BucketQuestion.Answer answer = question.ask(signer(version), signedHost, keys);
            if ((answer.status() < 500 && answer.status() != 429) || attempt == ATTEMPTS) {
                return answer;
            }
            Sleeper.SYSTEM.sleep(PAUSE.multipliedBy(attempt));
        }
    }

    private RequestSigner signer(Signature version) {
        return version == Signature.V2 ? new SigV2(clock) : new SigV4(endpoint.region(), clock);
    }

    private Optional<EndpointTrouble> trouble(
            Signature wanted, BucketQuestion.Answer first, Optional<BucketQuestion.Answer> second)
            throws IOException, InterruptedException {
        if (first.listed()) {
            return Optional.empty();
        }
        if (!first.refusesAccount()) {
            return Optional.of(plain(first));
        }
        BucketQuestion.Answer four = wanted == Signature.V4 ? first : second.orElse(first);
        boolean otherIsTaken =
                second.filter(BucketQuestion.Answer::knowsAccount).isPresent();
        if (!four.knowsAccount() && takesTheHostWithoutPort()) {
            return Optional.of(EndpointTrouble.HOST_CHANGED);
        }
        if (otherIsTaken && wanted == Signature.V2) {
            return Optional.of(EndpointTrouble.ONLY_VERSION_4);
        }
        if (otherIsTaken) {
            return Optional.of(
                    first.error().code().equals("SignatureDoesNotMatch")
                            ? EndpointTrouble.HOST_CHANGED
                            : EndpointTrouble.ONLY_VERSION_2);
        }
        return Optional.of(plain(first));
    }

    /** A server that takes this signature sees a Host without the port that was sent: nginx's {@code $host}. */
    private boolean takesTheHostWithoutPort() throws IOException, InterruptedException {
        String host = endpoint.hostHeader().replaceFirst(":[0-9]+$", "");
        return !host.equals(endpoint.hostHeader())
                && patiently(Signature.V4, host).knowsAccount();
    }

    private static EndpointTrouble plain(BucketQuestion.Answer answer) {
        return switch (answer.error().code()) {
            case "NoSuchBucket" -> EndpointTrouble.NO_BUCKET;
            case "InvalidAccessKeyId" -> EndpointTrouble.UNKNOWN_ACCESS_KEY;
            case "SignatureDoesNotMatch" -> EndpointTrouble.WRONG_SECRET_KEY;
            case "RequestTimeTooSkewed" -> EndpointTrouble.CLOCK;
            case "PermanentRedirect", "TemporaryRedirect", "AuthorizationHeaderMalformed" ->
                EndpointTrouble.OTHER_REGION;
            case "AccessDenied", "AllAccessDisabled", "AccountProblem" -> EndpointTrouble.DENIED;
            case "SlowDown", "Busy", "ServiceUnavailable", "TooManyRequests", "RequestLimitExceeded" ->
                EndpointTrouble.BUSY;
            case "" -> byStatus(answer.status());
            default -> EndpointTrouble.REFUSED;
        };
    }

    /** Without S3's error document: of a proxy, or of a server of another kind. */
    private static EndpointTrouble byStatus(int status) {
        return switch (status) {
            case 301, 302, 307, 308 -> EndpointTrouble.OTHER_REGION;
            case 401, 403 -> EndpointTrouble.DENIED;
            case 429 -> EndpointTrouble.BUSY;
            case 502, 503, 504 -> EndpointTrouble.STORE_DOWN;
            default -> EndpointTrouble.NOT_S3;
        };
    }

    private static EndpointTrouble trouble(IOException failure) {
        if (TlsRefusal.of(failure).isPresent()) {
            return EndpointTrouble.TLS;
        }
        if (failure instanceof UnknownHostException) {
            return EndpointTrouble.UNKNOWN_HOST;
        }
        if (failure instanceof ConnectException && !(failure instanceof NoRouteToHostException)) {
            return EndpointTrouble.PORT_REFUSES;
        }
        return failure instanceof MalformedResponseException ? EndpointTrouble.NOT_S3 : EndpointTrouble.NO_ANSWER;
    }

    private String message(EndpointTrouble trouble, BucketQuestion.Answer answer) {
        EndpointException told = answer.status() / 100 == 2
                ? failures.failure(
                        EndpointException.Kind.REFUSED,
                        DOING,
                        "it answered " + answer.status() + " with a page that is not S3's; check url",
                        null)
                : failures.of(DOING, answer.status(), answer.error(), answer.serverDate(), null);
        return told.getMessage() + remark(trouble);
    }

    private static String remark(EndpointTrouble trouble) {
        return switch (trouble) {
            case HOST_CHANGED ->
                "; the keys are right: a proxy on the way changes the Host header, which signature version 4 covers"
                        + " (nginx: proxy_set_header Host $http_host)";
            case ONLY_VERSION_2 -> "; the keys are right for signature version 2: set config.signature_version to s3";
            case ONLY_VERSION_4 -> "; the keys are right for signature version 4: set config.signature_version to s3v4";
            case STORE_DOWN -> "; a proxy says so: the store behind it does not answer";
            case DENIED -> "; wrong keys, or an account without the right to list the bucket";
            default -> "";
        };
    }
}
