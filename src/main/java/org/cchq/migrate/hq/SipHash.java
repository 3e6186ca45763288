package org.cchq.migrate.hq;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * SipHash-2-4 with a key of 16 zero bytes, as PL/Proxy's {@code hash_string(text, 'siphash24')}: which shard a row's
 * parent is in.
 */
public final class SipHash {
    private long v0 = 0x736f6d6570736575L;
    private long v1 = 0x646f72616e646f6dL;
    private long v2 = 0x6c7967656e657261L;
    private long v3 = 0x7465646279746573L;

    private SipHash() {}

    /** The low 32 bits, unsigned, of the hash of the text's UTF-8 bytes. */
    public static long low32(String text) {
        return new SipHash().digest(text.getBytes(StandardCharsets.UTF_8)) & 0xffff_ffffL;
    }

    private long digest(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.remaining() >= Long.BYTES) {
            compress(buffer.getLong());
        }
        long last = (long) bytes.length << 56;
        for (int shift = 0; buffer.hasRemaining(); shift += 8) {
            last |= (buffer.get() & 0xffL) << shift;
        }
        compress(last);
        v2 ^= 0xff;
        for (int i = 0; i < 4; i++) {
            round();
        }
        return v0 ^ v1 ^ v2 ^ v3;
    }

    private void compress(long word) {
        v3 ^= word;
        round();
        round();
        v0 ^= word;
    }

    private void round() {
        v0 += v1;
        v1 = Long.rotateLeft(v1, 13) ^ v0;
        v0 = Long.rotateLeft(v0, 32);
        v2 += v3;
        v3 = Long.rotateLeft(v3, 16) ^ v2;
        v0 += v3;
        v3 = Long.rotateLeft(v3, 21) ^ v0;
        v2 += v1;
        v1 = Long.rotateLeft(v1, 17) ^ v2;
        v2 = Long.rotateLeft(v2, 32);
    }
}
