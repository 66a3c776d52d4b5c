package dev.copresence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rule R4: which spellings are one section, and what is refused. */
class SectionTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "install",
                "Install",
                "2.1-über",
                "user-content-日本",
                "\uD83D\uDE00",
                "#",
                "a/b?c",
                "%20",
                "[0]|^`<>{}\"\\",
                "\u0645\u06CC\u200C\u062E\u0648\u0627\u0647\u0645",
                "\u0D05\u0D35\u0D28\u0D4D\u200D",
                "\uD83C\uDFF3\uFE0F\u200D\uD83C\uDF08",
                "1\uFE0F\u20E3",
                "#\uFE0F\u20E3",
                "\uE000",
                "\uFFFD"
            })
    void aNameIsKeptAsItIs(String value) {
        var section = new Section(value);

        assertEquals(value, section.value());
        assertEquals(value, section.toString());
    }

    @ParameterizedTest
    @CsvSource({"e\u0301te\u0301,\u00E9t\u00E9", "\u212A,K", "\u1112\u1161\u11AB,\uD55C", "a\u0307\u0323,\u1EA1\u0307"})
    void composedOrNotItIsOneSection(String spelling, String name) {
        var section = new Section(spelling);

        assertEquals(new Section(name), section);
        assertEquals(name, section.value());
    }

    static Stream<Arguments> refusals() {
        return Stream.of(
                arguments("", "1 to 128 characters"),
                arguments(" ", "white space or control characters, U+0020"),
                arguments("a b", "white space or control characters, U+0020"),
                arguments("a\t", "white space or control characters, U+0009"),
                arguments("\na", "white space or control characters, U+000A"),
                arguments("a\u0000", "white space or control characters, U+0000"),
                arguments("\u007F", "white space or control characters, U+007F"),
                arguments("a\u0085", "white space or control characters, U+0085"),
                arguments("a\u00A0b", "invisible or text-direction character, U+00A0"),
                arguments("\u2000", "invisible or text-direction character, U+2000"),
                arguments("\u3000", "invisible or text-direction character, U+3000"),
                arguments("\u202Ea", "invisible or text-direction character, U+202E"),
                arguments("a\u200B", "invisible or text-direction character, U+200B"),
                arguments("\u2800", "invisible or text-direction character, U+2800"),
                arguments("\u3164", "invisible or text-direction character, U+3164"),
                arguments("a\u180Bb", "invisible or text-direction character, U+180B"),
                arguments("\uDB40\uDC41", "invisible or text-direction character, U+0E0041, where it spells nothing"),
                arguments("a\u200Db", "invisible or text-direction character, U+200D, where it spells nothing"),
                arguments("\u0645\u200C", "invisible or text-direction character, U+200C, where it spells nothing"),
                arguments("a\uFE0F", "invisible or text-direction character, U+FE0F, where it spells nothing"),
                arguments("\uD800", "half a surrogate pair"),
                arguments("a\uDC00b", "half a surrogate pair"));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void whatIsNoNameIsRefusedWithTheReason(String value, String reason) {
        var refusal = assertThrows(InvalidValueException.class, () -> new Section(value));

        assertTrue(refusal.getMessage().contains(reason), refusal.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "\u00E9", "\u65E5", "\uD83D\uDE00"})
    void aNameOf128CharactersIsTheLongest(String character) {
        var longest = character.repeat(128);

        assertEquals(longest, new Section(longest).value());
        assertThrows(InvalidValueException.class, () -> new Section(longest + "x"));
    }

    @Test
    void theLengthIsThatOfTheComposedName() {
        // the characters that are made of the most: four, and of the longest: two of two chars each
        assertEquals("\u1F82".repeat(128), new Section("\u03B1\u0313\u0300\u0345".repeat(128)).value());
        assertEquals("\uD804\uDC9A".repeat(128), new Section("\uD804\uDC99\uD804\uDCBA".repeat(128)).value());
        assertThrows(InvalidValueException.class, () -> new Section("e\u0301".repeat(129)));
    }

    @Test
    void aTextOfAnyLengthIsRefusedAtOnce() {
        var marks = "a" + "\u0315\u0316".repeat(1_000_000);

        assertTimeout(Duration.ofSeconds(2), () -> assertThrows(InvalidValueException.class, () -> new Section(marks)));
    }

    @Test
    void theOrderIsThatOfTheBytesInUtf8() {
        var names = Stream.of(
                        "", "a", "b", "é", "\uD7FF", "\uE000", "\uFFFD", "\uD83D\uDE00", "\uD83D\uDE01", "\uDBFF\uDFFD")
                .flatMap(end -> Stream.of("a" + end, "é" + end, "\uD83D\uDE00" + end))
                .map(Section::new)
                .toList();
        Comparator<Section> byBytes = (one, other) -> Arrays.compareUnsigned(bytes(one), bytes(other));

        for (var one : names) {
            for (var other : names) {
                assertEquals(
                        Integer.signum(byBytes.compare(one, other)),
                        Integer.signum(one.compareTo(other)),
                        () -> one + " and " + other);
            }
        }
    }

    private static byte[] bytes(Section section) {
        return section.value().getBytes(StandardCharsets.UTF_8);
    }
}
