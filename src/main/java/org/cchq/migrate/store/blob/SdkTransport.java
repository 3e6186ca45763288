package org.cchq.migrate.store.blob;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Locale;
import java.util.Map;
import org.cchq.migrate.http.HttpResponse;
import org.cchq.migrate.http.HttpTransport;
import org.cchq.migrate.http.Route;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpFullResponse;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;

/**
 * Lets the AWS SDK send its rare control requests over the same connections, with the same faults, as the data path.
 * Request bodies are small documents and are held in memory.
 */
final class SdkTransport implements SdkHttpClient {
    private final HttpTransport transport;

    SdkTransport(HttpTransport transport) {
        this.transport = transport;
    }

    @Override
    public String clientName() {
        return "cchq-migrate";
    }

    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
        return new ExecutableHttpRequest() {
            @Override
            public HttpExecuteResponse call() throws IOException {
                return exchange(request);
            }

            @Override
            public void abort() {
                // Only the SDK's own time-outs would call this; none is set.
            }
        };
    }

    private HttpExecuteResponse exchange(HttpExecuteRequest execute) throws IOException {
        SdkHttpRequest request = execute.httpRequest();
        byte[] body = new byte[0];
        if (execute.contentStreamProvider().isPresent()) {
            try (InputStream content = execute.contentStreamProvider().get().newStream()) {
                body = content.readAllBytes();
            }
        }
        Route route = Route.of(request.protocol(), request.host(), request.port());
        try {
            HttpResponse response =
                    transport.exchange(route, request.method().name(), head(request, route, body), body, body.length);
            SdkHttpFullResponse.Builder answer = SdkHttpFullResponse.builder().statusCode(response.status());
            for (Map.Entry<String, String> header : response.head().all()) {
                answer.appendHeader(header.getKey(), header.getValue());
            }
            return HttpExecuteResponse.builder()
                    .response(answer.build())
                    .responseBody(AbortableInputStream.create(
                            response.body(), () -> response.body().abort()))
                    .build();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            InterruptedIOException interruption = new InterruptedIOException("interrupted");
            interruption.initCause(e);
            throw interruption;
        }
    }

    private static StringBuilder head(SdkHttpRequest request, Route route, byte[] body) {
        StringBuilder head = new StringBuilder(1024)
                .append(request.method().name())
                .append(' ')
                .append(request.encodedPath().isEmpty() ? "/" : request.encodedPath());
        request.encodedQueryParameters().ifPresent(query -> head.append('?').append(query));
        head.append(" HTTP/1.1\r\n");
        if (request.firstMatchingHeader("Host").isEmpty()) {
            head.append("Host: ").append(route.hostHeader()).append("\r\n");
        }
        request.forEachHeader((name, values) -> {
            String lower = name.toLowerCase(Locale.ROOT);
            if (!lower.equals("content-length") && !lower.equals("expect")) {
                values.forEach(
                        value -> head.append(name).append(": ").append(value).append("\r\n"));
            }
        });
        if (body.length > 0 || request.method() == SdkHttpMethod.POST || request.method() == SdkHttpMethod.PUT) {
            head.append("Content-Length: ").append(body.length).append("\r\n");
        }
        return head.append("\r\n");
    }

    @Override
    public void close() {
        // The transport belongs to the store.
    }
}
