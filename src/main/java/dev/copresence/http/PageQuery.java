package dev.copresence.http;

import dev.copresence.PagePath;
import dev.copresence.http.refusals.Constraints;
import dev.copresence.http.refusals.Is;
import dev.copresence.http.refusals.Problem;
import dev.copresence.http.refusals.Refusal;
import dev.copresence.http.refusals.RefusedException;
import jakarta.validation.Validator;
import jakarta.validation.constraints.NotEmpty;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The {@code pagePath} parameters of a raw query. The servers' own decoders replace what they cannot read and take the
 * first of many; here that is refused.
 */
final class PageQuery {

    private static final String PARAMETER = "pagePath";
    private static final String LISTED = "isListed";

    /** The most pages that a stream may be about. */
    private static final int MAX_PAGES = 20;

    private PageQuery() {}

    /** The one parameter of a query that has one. */
    private record OnePage(@Is(PagePath.class) String pagePath) {}

    /** The parameters of a query as it has them. */
    private record Pages(
            @NotEmpty(message = "{jakarta.validation.constraints.NotNull.message}")
            List<@Is(PagePath.class) String> pagePath) {}

    /**
     * The pages that a query names, in its order, each with the words by which it is named first.
     *
     * @throws RefusedException unless the query has 1 to 20 such parameters, and all are pages
     */
    static Map<PagePath, String> pages(Validator validator, @Nullable String rawQuery) {
        var values = values(rawQuery);
        if (values.size() > MAX_PAGES) {
            throw bad("must not be given more than " + MAX_PAGES + " times");
        }
        Constraints.check(validator, new Pages(values));
        var pages = new LinkedHashMap<PagePath, String>();
        values.forEach(words -> pages.putIfAbsent(new PagePath(words), words));
        return pages;
    }

    /**
     * The page that a query names.
     *
     * @throws RefusedException unless the query has exactly one such parameter, and it is a page
     */
    static PagePath page(Validator validator, @Nullable String rawQuery) {
        var values = values(rawQuery);
        if (values.size() > 1) {
            throw bad("must be given once");
        }
        // One text is checked for less than a list of one.
        Constraints.check(validator, values.isEmpty() ? new Pages(values) : new OnePage(values.get(0)));
        return new PagePath(values.get(0));
    }

    /**
     * False if a query says that it is about an unlisted tab.
     *
     * @throws RefusedException if it says something else of that than true or false
     */
    static boolean isListed(@Nullable String rawQuery) {
        if (rawQuery == null || !rawQuery.contains(LISTED)) {
            return true;
        }
        var listed = true;
        for (var parameter : rawQuery.split("&", -1)) {
            if (parameter.equals(LISTED) || parameter.startsWith(LISTED + "=")) {
                listed &= isTrue(parameter.substring(Math.min(parameter.length(), LISTED.length() + 1)));
            }
        }
        return listed;
    }

    private static boolean isTrue(String word) {
        if (!word.equals("true") && !word.equals("false")) {
            throw new RefusedException(List.of(new Problem.Violation(LISTED, "must be true or false")));
        }
        return word.equals("true");
    }

    private static List<String> values(@Nullable String rawQuery) {
        var values = new ArrayList<String>(1);
        if (rawQuery == null) {
            return values;
        }
        for (var parameter : rawQuery.split("&", -1)) {
            var equals = parameter.indexOf('=');
            var name = decode(equals < 0 ? parameter : parameter.substring(0, equals));
            if (name.equals(PARAMETER)) {
                values.add(decode(equals < 0 ? "" : parameter.substring(equals + 1)));
            } else if (name.equalsIgnoreCase(PARAMETER)) {
                throw bad("must be spelled so, not " + name);
            }
        }
        return values;
    }

    private static String decode(String encoded) {
        if (isPlain(encoded)) {
            return encoded;
        }
        try {
            // One character a byte first: URLDecoder itself would replace what is not UTF-8.
            var bytes = URLDecoder.decode(encoded, StandardCharsets.ISO_8859_1).getBytes(StandardCharsets.ISO_8859_1);
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException | IllegalArgumentException e) {
            throw new RefusedException(Refusal.INVALID_INPUT, "The query is not percent-encoded UTF-8.");
        }
    }

    /** True if the text is ASCII without escapes, and so needs no decoding. */
    private static boolean isPlain(String encoded) {
        for (var at = 0; at < encoded.length(); at++) {
            var letter = encoded.charAt(at);
            if (letter == '%' || letter == '+' || letter >= 0x80) {
                return false;
            }
        }
        return true;
    }

    private static RefusedException bad(String message) {
        return new RefusedException(List.of(new Problem.Violation(PARAMETER, message)));
    }
}
