package dev.copresence.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.copresence.InvalidValueException;
import dev.copresence.PagePath;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A2: what a pattern matches, and what is none. */
class PathPatternTest {

    @ParameterizedTest
    @CsvSource({
        "/, /, true",
        "/, /a, false",
        "/**, /, true",
        "/**, /a/b/c, true",
        "/*, /, false",
        "/*, /a, true",
        "/*, /a/b, false",
        "/hr/**, /hr, true",
        "/hr/**, /hr/a, true",
        "/hr/**, /hr/a/b, true",
        "/hr/**, /hra, false",
        "/hr/**, /HR/a, false",
        "/hr/*, /hr, false",
        "/hr/*, /hr/a, true",
        "/hr/*, /hr/a/b, false",
        "/legal/*/drafts/**, /legal/x/drafts, true",
        "/legal/*/drafts/**, /legal/x/drafts/1/2, true",
        "/legal/*/drafts/**, /legal/drafts/1, false",
        "/**/secret, /secret, true",
        "/**/secret, /a/secret, true",
        "/**/secret, /a/secret/b, false",
        "/**/secret/**, /a/b/secret/c, true",
        "/**/a/**/b, /x/a/b, true",
        "/**/a/**/b, /b/a, false",
        "/**/a/b/**/a, /a/b/a/b/a, true",
        "/**/a/*/a, /a/a/a/a/b/a, true",
        "/**/**/x, /x, true",
        "/u/{user}/**, /u/ana, true",
        "/u/{user}/**, /u, false",
        "/docs/%C3%A9, /docs/é, true",
        "/a%2Cb, /a%2cb, true"
    })
    void aPatternMatchesSegmentBySegment(String pattern, String page, boolean matches) {
        var path = new PagePath(page);

        assertEquals(matches, PathPattern.of(pattern).matches(path));
        assertEquals(matches, trie(pattern).first(path) == 0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "hr/**",
                "*",
                "/hr/",
                "/hr**",
                "/hr*",
                "/***",
                "/a//b",
                "/a/../b",
                "/a/./b",
                "/a?b",
                "/a#b",
                "/a b",
                "/é",
                "/%c3%A9",
                "/%41",
                "/{id}",
                "/{user",
                "/x{user}",
                "/u/{user}/{user}",
                "/**/{user}/**"
            })
    void whatIsNoPatternIsRefused(String text) {
        assertThrows(InvalidValueException.class, () -> PathPattern.of(text));
    }

    @ParameterizedTest
    @CsvSource({"/u/{user}, 1", "/{user}/**, 0", "/**/{user}, -1", "/**/{user}/notes, -2"})
    void thePlaceOfTheUserIsToldFromAnEnd(String pattern, int place) {
        assertEquals(place, PathPattern.of(pattern).userAt());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/**/a/**/a/**/a/**/a/**/a/**/a/**/b", "/**/a/*/**/a/*/**/a/**/*/b"})
    void aPatternOfManyKindsTakesNoTimeThatAPageCouldMakeLong(String pattern) {
        // With as many ways to match as there are, all of which end nowhere.
        var page = new PagePath("/a".repeat(64));

        assertEquals(false, PathPattern.of(pattern).matches(page));
        assertEquals(PathTrie.NONE, trie(pattern).first(page));
        assertTrue(PathPattern.of(pattern).matches(new PagePath("/a".repeat(63) + "/b")));
        assertEquals(0, trie(pattern).first(new PagePath("/a".repeat(63) + "/b")));
    }

    private static PathTrie trie(String pattern) {
        var trie = new PathTrie();
        trie.add(PathPattern.of(pattern));
        return trie;
    }
}
