package dev.copresence.guard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.copresence.guard.Guard.Answer;
import dev.copresence.guard.Guard.Call;
import dev.copresence.guard.Guard.Row;
import dev.copresence.guard.Guard.TextName;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The guard by itself. */
class GuardTest extends GuardContract {

    private Guard guard;

    @Override
    void start(Guard given) {
        guard = given;
    }

    @Override
    Answer call(String method, String path, Map<String, String> headers, String body) {
        var bearer = headers.get("Authorization");
        var user = bearer == null ? null : bearer.substring("Bearer ".length());
        var answer = guard.answer(method, new Call(headers::get, user, new TextName(path, null), body));
        var lower = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
        lower.putAll(answer.headers());
        return new Answer(answer.status(), lower, answer.body());
    }

    @Test
    void nobodyIsRefused() {
        assertEquals(401, call("PUT", "/docs/a", new HashMap<>(), "x").status());
        assertEquals(401, call("POST", "/docs/a", new HashMap<>(), "").status());
    }

    @Test
    void aStoreThatFollowsTheRecipeIsGoodAndKeepsItsText() {
        store.rows.put(PAGE, new Row("As it was", 3, 9));
        Guard.check(store, PAGE);
        assertEquals("As it was", store.read(PAGE).text());
    }

    @Test
    void aStoreThatDoesNotIsToldWhy() {
        var wrong = new MemoryStore() {
            @Override
            public boolean save(TextName name, long fence, long base, String text) {
                return super.save(name, rows.get(name).fence(), base, text);
            }
        };
        wrong.rows.put(PAGE, new Row("", 0, 0));
        var said = assertThrows(IllegalStateException.class, () -> Guard.check(wrong, PAGE));
        assertTrue(said.getMessage().contains("waiting writer"), said.getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "/, /",
        "/a/, /a",
        "/%41%7e, /A~",
        "/a%2cb, /a%2Cb",
        "/é, /%C3%A9",
        "/e%CC%81, /%C3%A9",
        "/a[1]^|, /a%5B1%5D%5E%7C",
        "/100%, /100%25",
        "/%E9, /%E9"
    })
    void pagesAreComparedInTheirCanonicalForm(String path, String canonical) {
        assertEquals(canonical, Guard.canonical(path));
    }
}
