package org.cchq.migrate.store.blob;

import java.net.URI;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.cchq.migrate.http.Route;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.services.s3.endpoints.S3EndpointProvider;

/**
 * Where the requests of one bucket go, and how its keys become paths.
 *
 * @param pathPrefix what stands before the encoded key in the request line; ends in a slash
 * @param resourcePrefix the same as version 2 signs it: begins with the bucket, whatever the addressing
 * @param hostHeader as sent and signed
 */
record S3Endpoint(
        Route route, String hostHeader, String pathPrefix, String resourcePrefix, String region, boolean pathStyle) {
    /** What HQ's client signs for where nothing names a region. */
    private static final String DEFAULT_REGION = "us-east-1";

    private static final Pattern AMAZON =
            Pattern.compile("(?:.+\\.)?s3[.-](?:dualstack\\.)?([a-z]{2}(?:-[a-z]+)+-\\d+)\\.amazonaws\\.com(?:\\.cn)?");

    /** Resolves it; without a URL and region the machine is asked for its region, which may take a request. */
    static S3Endpoint of(S3Settings settings) {
        boolean given = settings.url().isPresent();
        boolean pathStyle = switch (settings.addressing()) {
            case AUTO -> given;
            case PATH -> true;
            case VIRTUAL -> false;
        };
        return given ? atUrl(settings, pathStyle) : atAmazon(settings, pathStyle);
    }

    private static S3Endpoint atUrl(S3Settings settings, boolean pathStyle) {
        URI url = URI.create(settings.url().orElseThrow());
        String region = settings.region().orElseGet(() -> regionOf(url.getHost()));
        String host = pathStyle ? url.getHost() : settings.bucket() + "." + url.getHost();
        return of(settings, Route.of(url.getScheme(), host, url.getPort()), url.getRawPath(), region, pathStyle);
    }

    private static S3Endpoint atAmazon(S3Settings settings, boolean wantPath) {
        String region = settings.region().orElseGet(S3Endpoint::machineRegion);
        URI url = S3EndpointProvider.defaultProvider()
                .resolveEndpoint(asked -> asked.region(Region.of(region))
                        .bucket(settings.bucket())
                        .forcePathStyle(wantPath)
                        .useFips(false)
                        .useDualStack(false))
                .join()
                .endpointUrl()
                .toUri();
        // A bucket with dots has no certificate of its own: the rules put it into the path.
        boolean pathStyle = !url.getHost().startsWith(settings.bucket() + ".");
        String path = Optional.ofNullable(url.getRawPath()).orElse("");
        String base = pathStyle && path.endsWith("/" + settings.bucket())
                ? path.substring(0, path.length() - settings.bucket().length() - 1)
                : path;
        return of(settings, Route.of(url.getScheme(), url.getHost(), url.getPort()), base, region, pathStyle);
    }

    private static S3Endpoint of(S3Settings settings, Route route, String basePath, String region, boolean pathStyle) {
        String base = basePath.endsWith("/") ? basePath.substring(0, basePath.length() - 1) : basePath;
        String bucket = "/" + settings.bucket() + "/";
        return new S3Endpoint(
                route,
                route.hostHeader(),
                pathStyle ? base + bucket : base + "/",
                pathStyle ? base + bucket : "/" + settings.bucket() + base + "/",
                region,
                pathStyle);
    }

    /** Amazon's hosts name their region; everyone else gets HQ's default. */
    private static String regionOf(String host) {
        Matcher amazon = AMAZON.matcher(host);
        return amazon.matches() ? amazon.group(1) : DEFAULT_REGION;
    }

    private static String machineRegion() {
        try {
            return new DefaultAwsRegionProviderChain().getRegion().id();
        } catch (SdkClientException e) {
            return DEFAULT_REGION;
        }
    }
}
