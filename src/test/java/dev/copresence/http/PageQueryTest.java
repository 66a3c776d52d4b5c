package dev.copresence.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.copresence.PagePath;
import dev.copresence.http.refusals.Problem;
import dev.copresence.http.refusals.RefusedException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class PageQueryTest {

    static Stream<Arguments> queries() {
        return Stream.of(
                arguments("pagePath=/docs/a", "/docs/a"),
                arguments("pagePath=%2Fdocs%2Fa", "/docs/a"),
                arguments("pagePath=%2fdocs%2fa%2f", "/docs/a"),
                arguments("pagePath=/", "/"),
                // the query's own escapes are undone once; what is left is the path's
                arguments("pagePath=/%C3%A9", "/%C3%A9"),
                arguments("pagePath=/%25C3%25A9", "/%C3%A9"),
                arguments("pagePath=/a%2520b", "/a%20b"),
                arguments("pagePath=/100%2525", "/100%25"),
                arguments("pagePath=/e%CC%81", "/%C3%A9"),
                // what encodeURIComponent makes of an address whose path has a percent sign alone, or brackets
                arguments("pagePath=%2Fwiki%2F100%25", "/wiki/100%25"),
                arguments("pagePath=%2F%25%2541", "/%25A"),
                arguments("pagePath=/%25zz", "/%25zz"),
                arguments("pagePath=%2Fapp%2F%5Bslug%5D", "/app/%5Bslug%5D"),
                arguments("pagePath=%2Fapp%2F%255Bslug%255D", "/app/%5Bslug%5D"),
                arguments("pagePath=/[slug]|^", "/%5Bslug%5D%7C%5E"),
                arguments("pagePath=%2F%25D9%2585%25DB%258C%25E2%2580%258C%25D8%25AE", "/%D9%85%DB%8C%E2%80%8C%D8%AE"),
                arguments("pagePath=/%F0%9F%98%80", "/%F0%9F%98%80"),
                // raw octets, one character each, as the server hands them on
                arguments("pagePath=/\u00C3\u00A9", "/%C3%A9"),
                // sub-delims
                arguments("pagePath=/a%2Bb", "/a+b"),
                arguments("pagePath=/a%26b", "/a&b"),
                arguments("pagePath=/a%3Db", "/a=b"),
                arguments("pagePath=/a=b", "/a=b"),
                arguments("pagePath=/a;b", "/a;b"),
                arguments("pagePath=/a%252Bb", "/a%2Bb"),
                arguments("pagePath=/a%2Fb", "/a/b"),
                // the parameter among others, and its name in another spelling
                arguments("page%50ath=/a", "/a"),
                arguments("%70%61%67%65%50%61%74%68=/a", "/a"),
                arguments("x=1&pagePath=/a&y=2", "/a"),
                arguments("&&pagePath=/a&&", "/a"),
                arguments("x&pagePath=/a&=&=1", "/a"),
                arguments("page=/b&path=/c&pagePath=/a&pagePath2=/d&xpagePath=/e", "/a"),
                arguments("x=pagePath%3D/b&pagePath=/a", "/a"),
                arguments("x=1&x=2&pagePath=/a", "/a"));
    }

    @ParameterizedTest
    @MethodSource("queries")
    void aQueryNamesOnePage(String query, String page) {
        var named = PageQuery.page(BadFieldsTest.VALIDATOR, query);

        assertEquals(new PagePath(page), named);
        assertEquals(page, named.value());
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "&", "x=1", "page=/a", "pagePathx=/a", "=/a", "/a", "x=pagePath", "pagePath%3D/a"})
    void aQueryWithoutThePageIsRefused(String query) {
        var refusal = assertThrows(RefusedException.class, () -> PageQuery.page(BadFieldsTest.VALIDATOR, query));

        assertViolation(refusal, "must not be missing");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pagePath=/a&pagePath=/b",
                "pagePath=/a&pagePath=/a",
                "pagePath=/a&x=1&pagePath=",
                "pagePath&pagePath=/a",
                "pagePath=/a&page%50ath=/b",
                "pagePath=/a&pagePath=/b&pagePath=/c"
            })
    void aPageThatIsGivenTwiceIsRefused(String query) {
        var refusal = assertThrows(RefusedException.class, () -> PageQuery.page(BadFieldsTest.VALIDATOR, query));

        assertViolation(refusal, "once");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pagepath=/a",
                "PagePath=/a",
                "PAGEPATH=/a",
                "pagePath=/a&pagepath=/a",
                "pagepath=/a&pagePath=/a",
                "page%70ath=/a",
                "pagepath"
            })
    void aNameOfAnotherCaseIsRefusedAndSaidSo(String query) {
        var refusal = assertThrows(RefusedException.class, () -> PageQuery.page(BadFieldsTest.VALIDATOR, query));

        assertViolation(refusal, "spelled");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pagePath=%zz",
                "pagePath=/%zz",
                "pagePath=/%",
                "pagePath=/%4",
                "pagePath=/a%g0",
                "pagePath=/%-1",
                "pagePath=/%u0041",
                "pagePath=/%FF",
                "pagePath=/%C3",
                "pagePath=/%C3a%A9",
                "pagePath=/%C0%AF",
                "pagePath=/%ED%A0%80",
                "pagePath=/%ED%A0%BD%ED%B8%80",
                "pagePath=/%F4%90%80%80",
                "pagePath=/\u00E9",
                "page%zzPath=/a",
                "pagePath=/a&%FF=1"
            })
    void whatIsNotPercentEncodedUtf8IsRefused(String query) {
        var refusal = assertThrows(RefusedException.class, () -> PageQuery.page(BadFieldsTest.VALIDATOR, query));

        assertEquals(400, refusal.problem().status());
        assertTrue(
                refusal.problem().detail().contains("percent-encoded UTF-8"),
                refusal.problem().detail());
    }

    static Stream<Arguments> badPages() {
        return Stream.of(
                arguments("pagePath", "absolute path"),
                arguments("pagePath=", "absolute path"),
                arguments("pagePath=a", "absolute path"),
                arguments("pagePath=https://example.org/a", "absolute path"),
                arguments("pagePath=//", "segment"),
                arguments("pagePath=/a/..", "segment"),
                arguments("pagePath=/a%3Fb", "query"),
                arguments("pagePath=/a%23b", "fragment"),
                arguments("pagePath=/a?b", "query"),
                // a plus is a form's space
                arguments("pagePath=/a+b", "U+0020"),
                arguments("pagePath=/a%20b", "U+0020"),
                arguments("pagePath=/%00", "U+0000"),
                arguments("pagePath=/a%0D%0AX:1", "U+000D"),
                arguments("pagePath=/%E2%80%8B", "U+200B"),
                arguments("pagePath=/a%252Fb", "escaped slash"),
                arguments("pagePath=/%25FF", "not UTF-8"),
                arguments("pagePath=/%252541", "another escape"));
    }

    @ParameterizedTest
    @MethodSource("badPages")
    void whatIsNoPageIsRefusedByTheParametersName(String query, String reason) {
        var refusal = assertThrows(RefusedException.class, () -> PageQuery.page(BadFieldsTest.VALIDATOR, query));

        assertViolation(refusal, reason);
    }

    @Test
    void aSignIsNoHexadecimalDigit() {
        assertThrows(RefusedException.class, () -> PageQuery.page(BadFieldsTest.VALIDATOR, "pagePath=/%+1"));
    }

    @Test
    void aStreamNamesPagesInTheirOrderEachOnce() {
        var pages = PageQuery.pages(
                BadFieldsTest.VALIDATOR,
                "pagePath=/b&pagePath=/a&x=1&pagePath=/b/&pagePath=/%25C3%25A9&pagePath=/e%CC%81");

        assertEquals(
                List.of(new PagePath("/b"), new PagePath("/a"), new PagePath("/\u00E9")), List.copyOf(pages.keySet()));
    }

    @Test
    void aStreamHasAtMost20Pages() {
        var most = IntStream.range(0, 20).mapToObj(i -> "pagePath=/" + i).collect(Collectors.joining("&"));

        assertEquals(20, PageQuery.pages(BadFieldsTest.VALIDATOR, most).size());
        var refusal = assertThrows(
                RefusedException.class, () -> PageQuery.pages(BadFieldsTest.VALIDATOR, most + "&pagePath=/20"));
        assertViolation(refusal, "more than 20");
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "x=1", "pagePathx=/a"})
    void aStreamOfNothingIsRefused(String query) {
        var refusal = assertThrows(RefusedException.class, () -> PageQuery.pages(BadFieldsTest.VALIDATOR, query));

        assertViolation(refusal, "must not be missing");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pagePath=/a&pagePath=b",
                "pagePath=/a&pagePath",
                "pagePath=/a&pagepath=/b",
                "pagePath=/a&pagePath=/%zz",
                "pagePath=/a&pagePath=/%FF",
                "pagePath=//&pagePath=/a"
            })
    void oneBadPageRefusesTheStream(String query) {
        var refusal = assertThrows(RefusedException.class, () -> PageQuery.pages(BadFieldsTest.VALIDATOR, query));

        assertEquals(400, refusal.problem().status());
    }

    private static void assertViolation(RefusedException refusal, String reason) {
        assertEquals(400, refusal.problem().status());
        var violations = refusal.problem().violations();
        assertEquals(
                List.of("pagePath"),
                violations.stream().map(Problem.Violation::field).toList());
        assertTrue(
                violations.get(0).message().contains(reason), violations.get(0).message());
    }
}
