package org.cchq.migrate.store.document;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandler;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLSocketFactory;
import org.cchq.migrate.base.EndpointException;
import org.cchq.migrate.base.EndpointException.Kind;
import org.cchq.migrate.base.TlsRefusal;
import org.cchq.migrate.base.TrustedIssuers;
import org.cchq.migrate.base.UserException;
import org.cchq.migrate.http.HttpResponse;
import org.cchq.migrate.http.HttpTransport;
import org.cchq.migrate.http.Route;
import org.jspecify.annotations.Nullable;

/** Sends requests of one account to one server and says in one place what went wrong. Thread-safe. */
final class CouchHttp {
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(10);
    /** CouchDB and its proxies end a request themselves after 60 to 150 s of silence. */
    private static final Duration SILENCE = Duration.ofMinutes(3);

    /** Requests at a time; beyond that they wait. */
    private static final int CONNECTIONS = 256;

    private static final AtomicReference<@Nullable SSLSocketFactory> TRUSTED = new AtomicReference<>();
    /** One for all databases of the process. */
    private static final HttpTransport TRANSPORT =
            new HttpTransport(CONNECTIONS, () -> Objects.requireNonNull(TRUSTED.get()), CONNECT_LIMIT, SILENCE);

    private final CouchSpec spec;
    /** For bodies that are streamed, and for requests beside each other. */
    private @Nullable HttpClient client;

    CouchHttp(CouchSpec spec) {
        this.spec = spec;
    }

    CouchSpec spec() {
        return spec;
    }

    /** Sends a request and waits for the head of the answer; whoever asked reads the rest. */
    CouchAnswer send(Ask ask) throws EndpointException, InterruptedException {
        if (ask.body().streamed()) {
            return await(ask, begin(ask));
        }
        long deadline = System.nanoTime() + ask.whole().toNanos();
        URI uri = uri(ask);
        Route route = Route.of(uri.getScheme(), uri.getHost(), uri.getPort());
        if (route.tls()) {
            trust(ask.action());
        }
        try {
            HttpResponse answer = TRANSPORT.ask(
                    route, ask.method(), head(ask, uri, route), ask.body().bytes(), ask.begin());
            CouchStream body = new CouchStream(answer.body(), SILENCE, deadline);
            return new CouchAnswer(
                    this,
                    ask.action(),
                    answer.status(),
                    name -> Optional.ofNullable(answer.head().find(name.toLowerCase(Locale.ROOT))),
                    body);
        } catch (IOException e) {
            throw lost(ask.action(), e);
        }
    }

    private String head(Ask ask, URI uri, Route route) {
        StringBuilder head = new StringBuilder(256);
        head.append(ask.method()).append(' ').append(uri.getRawPath());
        if (uri.getRawQuery() != null) {
            head.append('?').append(uri.getRawQuery());
        }
        head.append(" HTTP/1.1\r\nHost: ").append(route.hostHeader()).append("\r\n");
        ask.headers()
                .forEach((name, value) ->
                        head.append(name).append(": ").append(value).append("\r\n"));
        authorization()
                .ifPresent(value -> head.append("Authorization: ").append(value).append("\r\n"));
        int length = ask.body().bytes().length;
        if (length > 0 || ask.method().equals("POST") || ask.method().equals("PUT")) {
            head.append("Content-Length: ").append(length).append("\r\n");
        }
        return head.append("\r\n").toString();
    }

    /** Looks up once, and before it is needed, whose certificates count. */
    private void trust(String action) throws EndpointException {
        if (TRUSTED.get() == null) {
            try {
                TRUSTED.set(TrustedIssuers.ofThisMachine().context().getSocketFactory());
            } catch (UserException e) {
                throw error(Kind.UNUSABLE, action, String.valueOf(e.getMessage()), e);
            }
        }
    }

    /** Begins a request that goes on beside others; {@link #await} ends it. */
    CompletableFuture<java.net.http.HttpResponse<InputStream>> begin(Ask ask) throws EndpointException {
        return client(ask.action()).sendAsync(request(ask, ask.begin()), stream(ask));
    }

    CouchAnswer await(Ask ask, CompletableFuture<java.net.http.HttpResponse<InputStream>> begun)
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
        CompletableFuture<java.net.http.HttpResponse<InputStream>> begun =
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
        boolean unreached = e instanceof ConnectException
                || e instanceof UnknownHostException
                || e instanceof NoRouteToHostException;
        String what = unreached
                ? "no connection could be made"
                : e.getMessage() != null ? e.getMessage() : e.getClass().getSimpleName();
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

    private CouchAnswer answer(Ask ask, java.net.http.HttpResponse<InputStream> response) {
        return new CouchAnswer(
                this, ask.action(), response.statusCode(), response.headers()::firstValue, response.body());
    }

    private static BodyHandler<InputStream> stream(Ask ask) {
        long deadline = System.nanoTime() + ask.whole().toNanos();
        return response -> new CouchBody(SILENCE, deadline);
    }

    private URI uri(Ask ask) {
        return ask.path().startsWith("/")
                ? spec.address().resolve(ask.path())
                : URI.create(spec.address() + ask.path());
    }

    private Optional<String> authorization() {
        if (spec.user().isEmpty() || spec.password().isEmpty()) {
            return Optional.empty();
        }
        String pair = spec.user() + ":" + spec.password().reveal();
        return Optional.of("Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
    }

    private HttpRequest request(Ask ask, Duration limit) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(ask))
                .method(ask.method(), ask.body().publisher())
                .timeout(limit);
        ask.headers().forEach(request::header);
        authorization().ifPresent(value -> request.header("Authorization", value));
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
