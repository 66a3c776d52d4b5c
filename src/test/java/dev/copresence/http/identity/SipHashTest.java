package dev.copresence.http.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The hash of credentials, by the vectors of its authors, and what a memory needs of it. */
class SipHashTest {

    @ParameterizedTest
    @CsvSource({
        "0, a3817f04ba25a8e66df67214c7550293",
        "1, da87c1d86b99af44347659119b22fc45",
        "2, 8177228da4a45dc7fca38bdef60affe4"
    })
    void itIsTheHashOfItsAuthors(int length, String expected) {
        // given
        var text = new byte[length];
        IntStream.range(0, length).forEach(i -> text[i] = (byte) i);

        // when
        var hash = new SipHash(0x0706050403020100L, 0x0f0e0d0c0b0a0908L).hash(text);

        // then
        var bytes = ByteBuffer.allocate(16)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(hash.high())
                .putLong(hash.low())
                .array();
        assertEquals(expected, HexFormat.of().formatHex(bytes));
    }

    @Test
    void textsThatDifferInOneCharacterAreStrangers() {
        var random = new Random(7);
        for (var round = 0; round < 2000; round++) {
            // given
            var text = new byte[1 + random.nextInt(200)];
            random.nextBytes(text);
            var other = text.clone();
            other[random.nextInt(text.length)] ^= (byte) (1 << random.nextInt(8));
            var hash = new SipHash(random.nextLong(), random.nextLong());

            // then
            assertNotEquals(hash.hash(text), hash.hash(other));
        }
    }

    @Test
    void aTextOfAnotherKindIsAStranger() {
        var keyed = SipHash.ofThisProcess();

        assertEquals(
                Credential.of(Credential.Kind.BEARER, "é", keyed), Credential.of(Credential.Kind.BEARER, "é", keyed));
        assertNotEquals(
                Credential.of(Credential.Kind.BEARER, "x", keyed), Credential.of(Credential.Kind.SESSION, "x", keyed));
        assertNotEquals(
                Credential.of(Credential.Kind.BEARER, "Ā", keyed), Credential.of(Credential.Kind.BEARER, "?", keyed));
    }
}
