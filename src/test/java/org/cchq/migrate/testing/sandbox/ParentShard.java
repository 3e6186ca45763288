package org.cchq.migrate.testing.sandbox;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Where HQ keeps the rows of a parent: SipHash-2-4 with a key of zeros over its UTF-8 text, low 32 bits, masked by the
 * number of shards. Written a second time on purpose: the data that tests the product must not be laid out by it.
 */
final class ParentShard {
    static final int SHARDS = 1024;

    /** Databases of the sandbox, over which the shards are laid in equal ranges. */
    static final List<String> ALIASES = List.of("p1", "p2", "p3", "p4");

    private ParentShard() {}

    /** The alias whose range has the parent's shard. */
    static String aliasOf(String parentId) {
        return ALIASES.get(of(parentId, SHARDS) * ALIASES.size() / SHARDS);
    }

    /** The shard's number. {@code shards} is a power of two. */
    static int of(String parentId, int shards) {
        return (int) (sipHash(parentId.getBytes(StandardCharsets.UTF_8)) & (shards - 1));
    }

    static long sipHash(byte[] text) {
        long[] v = {0x736f6d6570736575L, 0x646f72616e646f6dL, 0x6c7967656e657261L, 0x7465646279746573L};
        ByteBuffer padded = ByteBuffer.allocate(text.length / 8 * 8 + 8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(text);
        padded.put(padded.capacity() - 1, (byte) text.length);
        padded.rewind();
        while (padded.hasRemaining()) {
            long word = padded.getLong();
            v[3] ^= word;
            rounds(v, 2);
            v[0] ^= word;
        }
        v[2] ^= 0xff;
        rounds(v, 4);
        return v[0] ^ v[1] ^ v[2] ^ v[3];
    }

    private static void rounds(long[] v, int count) {
        for (int i = 0; i < count; i++) {
            v[0] += v[1];
            v[1] = Long.rotateLeft(v[1], 13) ^ v[0];
            v[0] = Long.rotateLeft(v[0], 32);
            v[2] += v[3];
            v[3] = Long.rotateLeft(v[3], 16) ^ v[2];
            v[0] += v[3];
            v[3] = Long.rotateLeft(v[3], 21) ^ v[0];
            v[2] += v[1];
            v[1] = Long.rotateLeft(v[1], 17) ^ v[2];
            v[2] = Long.rotateLeft(v[2], 32);
        }
    }
}
