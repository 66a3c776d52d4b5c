package dev.copresence.access;

import dev.copresence.InvalidValueException;
import dev.copresence.PagePath;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A set of pages, written as a path whose segments may be {@code *}, which is any one segment, {@code **}, which is any number of
 * them and none too, and {@code {user}}, which is any one and may be the caller's id. All other segments are themselves, case and all.
 *
 * @param segments the segments; none for the root alone
 */
record PathPattern(List<String> segments) {

    static final String ONE = "*";
    static final String ANY = "**";
    static final String USER = "{user}";

    PathPattern {
        segments = List.copyOf(segments);
    }

    /**
     * The pattern that {@code text} spells.
     *
     * @throws InvalidValueException if it is none; the message says why
     */
    static PathPattern of(String text) {
        if (!text.startsWith("/")) {
            throw new InvalidValueException("starts with '/' like every path");
        }
        var segments =
                text.equals("/") ? List.<String>of() : List.of(text.substring(1).split("/", -1));
        if (segments.size() > PagePath.MAX_SEGMENTS) {
            throw new InvalidValueException("has at most " + PagePath.MAX_SEGMENTS + " segments");
        }
        checkLiterals(segments);
        checkUser(segments);
        return new PathPattern(withoutDoubled(segments));
    }

    private static void checkLiterals(List<String> segments) {
        for (var segment : segments) {
            if (isLiteral(segment) && segment.contains("*")) {
                throw new InvalidValueException("has '*' and '**' as whole segments only");
            }
            if (isLiteral(segment) && (segment.contains("{") || segment.contains("}"))) {
                throw new InvalidValueException("has braces as the segment {user} only");
            }
        }
        // What is no wildcard is held to what a page's path has to be.
        var spelled = segments.stream()
                .map(segment -> isLiteral(segment) ? segment : "x")
                .collect(Collectors.joining("/", "/", ""));
        var canonical = new PagePath(spelled).value();
        if (!canonical.equals(spelled)) {
            throw new InvalidValueException(
                    "is in canonical form, without a slash at its end and with escapes only where"
                            + " they are needed, in upper case");
        }
    }

    /** The place of the segment that may be the caller's id has to be told from one end of the path. */
    private static void checkUser(List<String> segments) {
        var at = segments.indexOf(USER);
        if (at < 0) {
            return;
        }
        if (segments.lastIndexOf(USER) != at) {
            throw new InvalidValueException("has {user} once");
        }
        if (segments.indexOf(ANY) >= 0 && segments.indexOf(ANY) < at && segments.lastIndexOf(ANY) > at) {
            throw new InvalidValueException("does not have {user} between two '**', where it could be any segment");
        }
    }

    /** Two in a row are one. */
    private static List<String> withoutDoubled(List<String> segments) {
        return Stream.iterate(0, at -> at < segments.size(), at -> at + 1)
                .filter(at -> at == 0
                        || !segments.get(at).equals(ANY)
                        || !segments.get(at - 1).equals(ANY))
                .map(segments::get)
                .toList();
    }

    static boolean isLiteral(String segment) {
        return !segment.equals(ONE) && !segment.equals(ANY) && !segment.equals(USER);
    }

    /** True if a segment of it may be the caller's id. */
    boolean hasUser() {
        return segments.contains(USER);
    }

    /**
     * The place of the segment that may be the caller's id: from the start of the path, beginning with 0, or from its end, beginning
     * with -1; {@link Integer#MIN_VALUE} if there is none.
     */
    int userAt() {
        var at = segments.indexOf(USER);
        if (at < 0) {
            return Integer.MIN_VALUE;
        }
        return segments.subList(0, at).contains(ANY) ? at - segments.size() : at;
    }

    /** True if it matches the page; {@link PathTrie} tells the same for many patterns at once. */
    boolean matches(PagePath page) {
        var path = segmentsOf(page);
        var at = 0;
        var from = 0;
        // Where the last '**' stands, and up to where it reaches. Those before need not be tried again: they reach as
        // little as they can.
        var any = -1;
        var reach = 0;
        while (from < path.length) {
            if (at < segments.size() && segments.get(at).equals(ANY)) {
                any = at++;
                reach = from;
            } else if (at < segments.size() && matches(segments.get(at), path[from])) {
                at++;
                from++;
            } else if (any >= 0) {
                at = any + 1;
                from = ++reach;
            } else {
                return false;
            }
        }
        return at == segments.size()
                || at == segments.size() - 1 && segments.get(at).equals(ANY);
    }

    private static boolean matches(String segment, String actual) {
        return !isLiteral(segment) || segment.equals(actual);
    }

    /** The segments of a page's path; none of the root's. */
    static String[] segmentsOf(PagePath page) {
        return page.value().length() == 1
                ? new String[0]
                : page.value().substring(1).split("/", -1);
    }

    @Override
    public String toString() {
        return "/" + String.join("/", segments);
    }
}
