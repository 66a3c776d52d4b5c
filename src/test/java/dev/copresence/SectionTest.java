package dev.copresence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SectionTest {

    @ParameterizedTest
    @ValueSource(
            strings = {"a", "install", "Install", "2.1-über", "user-content-日本", "\uD83D\uDE00", "#", "a/b?c", "%20"})
    void aNameIsKeptAsItIs(String value) {
        var section = new Section(value);

        assertEquals(value, section.value());
        assertEquals(value, section.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "a b",
                "a\t",
                "\na",
                "a\u00A0b",
                "\u3000",
                "a\u0000",
                "\u007F",
                "\u202Ea",
                "a\u200B",
                "\uD800",
                "a\uDC00b"
            })
    void whatIsNoNameIsRefused(String value) {
        assertThrows(InvalidValueException.class, () -> new Section(value));
    }

    @Test
    void aNameOf128CharactersIsTheLongest() {
        var longest = "x".repeat(128);

        assertEquals(longest, new Section(longest).value());
        assertThrows(InvalidValueException.class, () -> new Section(longest + "x"));
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
