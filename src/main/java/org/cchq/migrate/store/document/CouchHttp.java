package org.cchq.migrate.store.document;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointException.Kind;
import org.cchq.migrate.base.TlsRefusal;
import org.cchq.migrate.base.TrustedIssuers;
import org.cchq.migrate.base.UserException;
import org.jspecify.annotations.Nullable;

/** Sends requests of one account to one server and says in one place what went wrong. Thread-safe. */
final class CouchHttp {
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(10);
    /** CouchDB and its proxies end a request themselves after 60 to 150 s of silence. */
    private static final Duration SILENCE = Duration.ofMinutes(3);

    private final CouchSpec spec;
    private @Nullable HttpClient client;

    CouchHttp(CouchSpec spec) {
        this.spec = spec;
    }

    CouchSpec spec() {
        return spec;
    }

    CouchAnswer send(Ask ask) throws EndpointException, InterruptedException {
        HttpRequest request = request(ask, ask.begin());
        try {
            HttpResponse<InputStream> response = client(ask.action()).send(request, stream(ask));
            return answer(ask, response);
        } catch (IOException e) {
            throw lost(ask.action(), e);
        }
    }

    /** Begins a request that goes on beside others; {@link #await} ends it. */
    CompletableFuture<HttpResponse<InputStream>> begin(Ask ask) throws EndpointException {
        return client(ask.action()).sendAsync(request(ask, ask.begin()), stream(ask));
    }

    CouchAnswer await(Ask ask, CompletableFuture<HttpResponse<InputStream>> begun)
            throws EndpointException, InterruptedException {
        try {
            return answer(ask, begun.get());
        } catch (InterruptedException e) {
            begun.cancel(true);
            throw e;
        } catch (ExecutionException e) {
            throw failed(ask, e);
        }
    }

    /**
     * Sends a body that may take as long as it moves.
     *
     * @param moved bytes so far
     */
    CouchAnswer upload(Ask ask, LongSupplier moved) throws EndpointException, InterruptedException {
        CompletableFuture<HttpResponse<InputStream>> begun =
                client(ask.action()).sendAsync(request(ask, ask.whole()), stream(ask));
        long seen = -1;
        while (true) {
            try {
                return answer(ask, begun.get(SILENCE.toMillis(), TimeUnit.MILLISECONDS));
            } catch (TimeoutException e) {
                long now = moved.getAsLong();
                if (now == seen) {
                    begun.cancel(true);
                    throw error(Kind.UNREACHABLE, ask.action(), "it took no byte for " + SILENCE.toSeconds() + " s", e);
                }
                seen = now;
            } catch (InterruptedException e) {
                begun.cancel(true);
                throw e;
            } catch (ExecutionException e) {
                throw failed(ask, e);
            }
        }
    }

    EndpointException refused(String action, Refusal refusal) {
        return error(refusal.kind(), action, refusal.sentence(), null);
    }

    /** A connection that was not made, was lost, or took too long. */
    EndpointException lost(String action, IOException e) {
        Optional<String> tls = TlsRefusal.of(e);
        if (tls.isPresent()) {
            return error(Kind.UNUSABLE, action, tls.get(), e);
        }
        String what = e.getMessage() != null
                ? e.getMessage()
                : e instanceof ConnectException
                        ? "no connection could be made"
                        : e.getClass().getSimpleName();
        return error(Kind.UNREACHABLE, action, what, e);
    }

    EndpointException error(Kind kind, String action, String what, @Nullable Throwable cause) {
        return new EndpointException(
                spec.endpoint(), kind, "Tried to " + action + " on " + spec.endpoint() + " but " + what, cause);
    }

    static InterruptedException interrupted(InterruptedIOException e) {
        InterruptedException interrupted = new InterruptedException("interrupted while reading an answer");
        interrupted.initCause(e);
        return interrupted;
    }

    private EndpointException failed(Ask ask, ExecutionException e) {
        if (e.getCause() instanceof IOException cause) {
            return lost(ask.action(), cause);
        }
        if (e.getCause() instanceof UncheckedIOException unchecked) {
            return lost(ask.action(), new IOException("the body to be sent broke off", unchecked));
        }
        throw new IllegalStateException("the HTTP client failed", e);
    }

    private CouchAnswer answer(Ask ask, HttpResponse<InputStream> response) {
        return new CouchAnswer(this, ask.action(), response.statusCode(), response.headers(), response.body());
    }

    private static BodyHandler<InputStream> stream(Ask ask) {
        long deadline = System.nanoTime() + ask.whole().toNanos();
        return response -> new CouchBody(SILENCE, deadline);
    }

    private HttpRequest request(Ask ask, Duration limit) {
        URI uri = ask.path().startsWith("/")
                ? spec.address().resolve(ask.path())
                : URI.create(spec.address() + ask.path());
        HttpRequest.Builder request =
                HttpRequest.newBuilder(uri).method(ask.method(), ask.body()).timeout(limit);
        ask.headers().forEach(request::header);
        if (!spec.user().isEmpty() && !spec.password().isEmpty()) {
            String pair = spec.user() + ":" + spec.password().reveal();
            request.header(
                    "Authorization",
                    "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
        }
        return request.build();
    }

    private synchronized HttpClient client(String action) throws EndpointException {
        if (client == null) {
            HttpClient.Builder builder =
                    HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT_LIMIT);
            if ("https".equals(spec.address().getScheme())) {
                try {
                    builder.sslContext(TrustedIssuers.ofThisMachine().context());
                } catch (UserException e) {
                    throw error(Kind.UNUSABLE, action, String.valueOf(e.getMessage()), e);
                }
            }
            client = builder.build();
        }
        return client;
    }
}
