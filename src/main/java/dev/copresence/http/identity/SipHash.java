package dev.copresence.http.identity;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.SecureRandom;

/**
 * SipHash-2-4 with 128 bits (Aumasson and Bernstein, 2012), a keyed hash for short texts: without the key nobody can find two
 * texts of one hash, nor texts whose hashes crowd a table.
 */
final class SipHash {

    /** A hash of 128 bits. */
    record Hash(long high, long low) {}

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final long key0;
    private final long key1;

    SipHash(long key0, long key1) {
        this.key0 = key0;
        this.key1 = key1;
    }

    /** A hash whose key nobody knows, not even the next process. */
    static SipHash ofThisProcess() {
        var random = new SecureRandom();
        return new SipHash(random.nextLong(), random.nextLong());
    }

    Hash hash(byte[] text) {
        var state = new State(key0, key1);
        var end = text.length & ~7;
        for (var at = 0; at < end; at += 8) {
            state.take((long) LONGS.get(text, at));
        }
        var last = (long) text.length << 56;
        for (var at = end; at < text.length; at++) {
            last |= (text[at] & 0xFFL) << (8 * (at - end));
        }
        state.take(last);
        return state.hash();
    }

    private static final class State {

        private long v0;
        private long v1;
        private long v2;
        private long v3;

        State(long key0, long key1) {
            v0 = key0 ^ 0x736f6d6570736575L;
            v1 = key1 ^ 0x646f72616e646f6dL ^ 0xee;
            v2 = key0 ^ 0x6c7967656e657261L;
            v3 = key1 ^ 0x7465646279746573L;
        }

        void take(long word) {
            v3 ^= word;
            round();
            round();
            v0 ^= word;
        }

        Hash hash() {
            v2 ^= 0xee;
            var first = finish();
            v1 ^= 0xdd;
            return new Hash(first, finish());
        }

        private long finish() {
            round();
            round();
            round();
            round();
            return v0 ^ v1 ^ v2 ^ v3;
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
}
