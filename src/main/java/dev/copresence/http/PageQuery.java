package dev.copresence.http;

import static java.util.Objects.requireNonNull;

import dev.copresence.PagePath;
import dev.copresence.http.refusals.Fields;
import dev.copresence.http.refusals.Problem;
import dev.copresence.http.refusals.Refusal;
import dev.copresence.http.refusals.RefusedException;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The {@code pagePath} parameters of a raw query. The servers' own decoders replace what they cannot read and take the
 * first of many; here that is refused.
 */
final class PageQuery {

    private static final String PARAMETER = "pagePath";

    private PageQuery() {}

    /** A stream's pages. */
    private static final int MAX_PAGES = 20;

    /** @throws RefusedException unless the query has 1 to 20 such parameters, and all are pages */
    static List<PagePath> pages(@Nullable String rawQuery) {
        var values = values(rawQuery);
        if (values.isEmpty() || values.size() > MAX_PAGES) {
            throw bad(values.isEmpty() ? "must not be missing" : "must not be given more than " + MAX_PAGES + " times");
        }
        var fields = new Fields();
        var pages = new LinkedHashSet<PagePath>();
        for (var value : values) {
            var page = fields.read(PARAMETER, value, PagePath::new);
            if (page != null) {
                pages.add(page);
            }
        }
        fields.check();
        return List.copyOf(pages);
    }

    /** @throws RefusedException unless the query has exactly one such parameter, and it is a page */
    static PagePath page(@Nullable String rawQuery) {
        var values = values(rawQuery);
        if (values.size() != 1) {
            throw bad(values.isEmpty() ? "must not be missing" : "must be given once");
        }
        var fields = new Fields();
        var page = fields.read(PARAMETER, values.get(0), PagePath::new);
        fields.check();
        return requireNonNull(page);
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

    private static RefusedException bad(String message) {
        return new RefusedException(List.of(new Problem.Violation(PARAMETER, message)));
    }
}
