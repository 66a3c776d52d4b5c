package dev.copresence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UserIdTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "5b0c6a3e",
                "auth0|5f7c8ec7c33c6c004bbafe82",
                "ana@example.org",
                "\u00E9",
                "e\u0301",
                "\uD83D\uDE00",
                "a b",
                " a "
            })
    void anIdIsKeptAsTheProviderSaysIt(String value) {
        var id = new UserId(value);

        assertEquals(value, id.value());
        assertEquals(value, id.toString());
    }

    @Test
    void idsAreToldApartByEachCharacter() {
        var id = new UserId("ana");

        assertEquals(id, new UserId("ana"));
        assertNotEquals(id, new UserId("Ana"));
        assertNotEquals(id, new UserId("ana "));
        assertNotEquals(new UserId("\u00E9"), new UserId("e\u0301"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\t\r\n", "\u2003\u3000"})
    void aBlankIdIsRefused(String value) {
        var refusal = assertThrows(InvalidValueException.class, () -> new UserId(value));

        assertTrue(refusal.getMessage().contains("blank"), refusal.getMessage());
    }

    @Test
    void anIdOf512CharactersIsTheLongest() {
        var longest = "x".repeat(512);

        assertEquals(longest, new UserId(longest).value());
        assertThrows(InvalidValueException.class, () -> new UserId(longest + "x"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0xD800, 0xDBFF, 0xDC00, 0xDFFF})
    void halfASurrogatePairIsRefused(int surrogate) {
        var refusal = assertThrows(InvalidValueException.class, () -> new UserId("a" + (char) surrogate + "b"));

        assertTrue(refusal.getMessage().contains("surrogate"), refusal.getMessage());
    }
}
