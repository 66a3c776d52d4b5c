package dev.copresence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IncarnationTest {

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
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void aNumberThatOrdersNothingIsRefused(double value) {
        var refusal = assertThrows(InvalidValueException.class, () -> new Incarnation(value));

        assertTrue(refusal.getMessage().contains("finite"), refusal.getMessage());
    }
}
