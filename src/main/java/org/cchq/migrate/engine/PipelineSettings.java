package org.cchq.migrate.engine;

import java.time.Duration;

/**
 * @param chunkItems most items of a chunk, and of a page
 * @param chunkBytes a chunk is closed when its items have this many bytes
 * @param settle between the end of a chunk's last item and the look at what became of its items meanwhile; may be zero
 * @param retry how failures are tried again
 * @param grace how long items in flight may take to end when the run is cancelled or ends with an error
 */
public record PipelineSettings(int chunkItems, long chunkBytes, Duration settle, RetryPolicy retry, Duration grace) {
    public static final PipelineSettings DEFAULT =
            new PipelineSettings(1_000, 1L << 30, Duration.ofSeconds(30), RetryPolicy.DEFAULT, Duration.ofSeconds(60));

    public PipelineSettings {
        if (chunkItems < 1 || chunkBytes < 1 || settle.isNegative() || grace.isNegative()) {
            throw new IllegalArgumentException("chunks of at least one item and byte, times not negative");
        }
    }

    public PipelineSettings withChunkItems(int items) {
        return new PipelineSettings(items, chunkBytes, settle, retry, grace);
    }

    public PipelineSettings withSettle(Duration duration) {
        return new PipelineSettings(chunkItems, chunkBytes, duration, retry, grace);
    }

    public PipelineSettings withRetry(RetryPolicy policy) {
        return new PipelineSettings(chunkItems, chunkBytes, settle, policy, grace);
    }
}
