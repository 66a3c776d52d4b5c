package dev.copresence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TabIdTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "3f1c7c1e-8f0a-4c53-9a53-2b7d6f6f6a01",
                "00000000-0000-0000-0000-000000000000",
                "ffffffff-ffff-ffff-ffff-ffffffffffff",
                "01890a5d-ac96-774b-bcce-b302099a8057",
                "80000000-0000-0000-8000-000000000000"
            })
    void aUuidOf36CharactersNamesATab(String text) {
        var tab = TabId.of(text);

        assertEquals(text, tab.toString());
    }

    @Test
    void aTabIsKeptAsItsBits() {
        var tab = TabId.of("3f1c7c1e-8f0a-4c53-9a53-2b7d6f6f6a01");

        assertEquals(new TabId(0x3f1c7c1e8f0a4c53L, 0x9a532b7d6f6f6a01L), tab);
    }

    @Test
    void theCaseOfItsDigitsMakesNoOtherTab() {
        var lower = TabId.of("3f1c7c1e-8f0a-4c53-9a53-2b7d6f6f6a01");

        var upper = TabId.of("3F1C7C1E-8F0A-4C53-9A53-2B7D6F6F6A01");

        assertEquals(lower, upper);
        assertEquals(lower.hashCode(), upper.hashCode());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "3f1c7c1e-8f0a-4c53-9a53-2b7d6f6f6a02",
                "3f1c7c1f-8f0a-4c53-9a53-2b7d6f6f6a01",
                "9a532b7d-6f6f-6a01-3f1c-7c1e8f0a4c53"
            })
    void anotherUuidIsAnotherTab(String other) {
        var tab = TabId.of("3f1c7c1e-8f0a-4c53-9a53-2b7d6f6f6a01");

        assertNotEquals(tab, TabId.of(other));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "tab-1",
                "1-1-1-1-1",
                "3f1c7c1e8f0a4c539a532b7d6f6f6a01",
                "{3f1c7c1e-8f0a-4c53-9a53-2b7d6f6f6a01}",
                "urn:uuid:3f1c7c1e-8f0a-4c53-9a53-2b7d6f6f6a01",
                " 3f1c7c1e-8f0a-4c53-9a53-2b7d6f6f6a01",
                "3f1c7c1e-8f0a-4c53-9a53-2b7d6f6f6a01 ",
                "3f1c7c1e-8f0a-4c53-9a53-2b7d6f6f6a01\n",
                "3f1c7c1e-8f0a-4c53-9a53-2b7d6f6f6a0",
                "3f1c7c1e-8f0a-4c53-9a53-2b7d6f6f6a0\n",
                "3f1c7c1e-8f0a-4c53-9a53-2b7d6f6f6a011",
                "3f1c7c1e-8f0a-4c53-9a53-2b7d6f6f6a0g",
                "3f1c7c1e_8f0a_4c53_9a53_2b7d6f6f6a01",
                "3f1c7c1e8-f0a-4c53-9a53-2b7d6f6f6a01",
                "3f1c7c1e-8f0a-4c53-9a532-b7d6f6f6a01",
                "+f1c7c1e-8f0a-4c53-9a53-2b7d6f6f6a01",
                "3f1c7c1e-8f0a-4c53-9a53--b7d6f6f6a01",
                "\uFF13f1c7c1e-8f0a-4c53-9a53-2b7d6f6f6a01",
                "\u0663f1c7c1e-8f0a-4c53-9a53-2b7d6f6f6a01",
                "3f1c7c1e\u20108f0a-4c53-9a53-2b7d6f6f6a01"
            })
    void whatIsNoUuidOf36CharactersIsRefused(String text) {
        var refusal = assertThrows(InvalidValueException.class, () -> TabId.of(text));

        assertTrue(refusal.getMessage().contains("UUID of 36 characters"), refusal.getMessage());
    }

    @Test
    void aLongTextIsRefusedWithoutBeingShown() {
        var text = "3f1c7c1e-".repeat(100_000);

        var refusal = assertThrows(InvalidValueException.class, () -> TabId.of(text));

        assertTrue(refusal.getMessage().length() < 100, refusal.getMessage());
    }
}
