package dev.copresence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IncarnationTest {

    private static final Clock NOW = Clock.fixed(Instant.ofEpochMilli(1795467000123L), ZoneOffset.UTC);

    private static final double DAY_AFTER = 1795467000123.0 + 24 * 60 * 60 * 1000;

    @ParameterizedTest
    @ValueSource(doubles = {0, 1, -1, 1795467000123.4, Double.MAX_VALUE, -Double.MAX_VALUE, Double.MIN_VALUE})
    void anyFiniteNumberIsAnIncarnation(double value) {
        var incarnation = new Incarnation(value);

        assertEquals(value, incarnation.value());
    }

    @Test
    void documentsAreToldApartByFractionsOfAMillisecond() {
        var incarnation = new Incarnation(1795467000123.4);

        assertEquals(incarnation, new Incarnation(1795467000123.4));
        assertNotEquals(incarnation, new Incarnation(1795467000123.5));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, -Double.MAX_VALUE, 1795467000123.4, DAY_AFTER})
    void aClientNamesOneOfThePastOrOfTheNextDay(double value) {
        assertEquals(value, Incarnation.of(value, NOW).value());
    }

    @ParameterizedTest
    @ValueSource(doubles = {DAY_AFTER + 1, 1e300, Double.MAX_VALUE})
    void oneOfTheFarFutureIsRefused(double value) {
        var refusal = assertThrows(InvalidValueException.class, () -> Incarnation.of(value, NOW));

        assertTrue(refusal.getMessage().contains("day ahead"), refusal.getMessage());
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void aNumberThatOrdersNothingIsRefused(double value) {
        var refusal = assertThrows(InvalidValueException.class, () -> new Incarnation(value));

        assertTrue(refusal.getMessage().contains("finite"), refusal.getMessage());
    }
}
