package dev.copresence;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * A page of the host application: the canonical form of an absolute path ({@code ipath-absolute} of RFC 3987), at most
 * {@value #MAX_BYTES} bytes in at most {@value #MAX_SEGMENTS} segments.
 *
 * <p>Whatever spellings a browser shows as one URL are one page: the form is that of RFC 3986, section 6.2.2. Text is in
 * NFC and percent-encoded as UTF-8, escapes are upper case, unreserved characters stand unescaped, and there is no
 * trailing slash except for the root itself. Case is kept. A browser leaves this form as it is, and what a browser leaves
 * unescaped although no path may hold it ({@code [ ] ^ |} and a percent sign that begins no escape) is taken and
 * escaped. Everything else is refused, never repaired.
 */
public record PagePath(String value) {

    public static final int MAX_BYTES = 1024;
    public static final int MAX_SEGMENTS = 64;

    /*
     * Escapes that have to stay escapes (%20, %2C, ...) pass through normalisation as one private-use character each,
     * so that a combining mark after an escape cannot melt into the escape's last hex digit. No path may hold a
     * private-use character of its own (RFC 3987 allows those in queries only), so the two cannot be confused.
     */
    private static final char KEPT_ESCAPE = '\uE000';

    /** An escaped percent sign and two digits, however those were spelled. */
    private static final Pattern ESCAPED_ESCAPE = Pattern.compile((char) (KEPT_ESCAPE + '%') + "\\p{XDigit}{2}");

    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    /**
     * The page that {@code value} spells.
     *
     * @throws InvalidValueException if it is not such a path; the message says why
     */
    public PagePath {
        value = canonical(value);
    }

    @Override
    public String toString() {
        return value;
    }

    private static String canonical(String spelling) {
        if (!spelling.startsWith("/")) {
            throw new InvalidValueException("must be an absolute path: it starts with '/'");
        }
        var trimmed = withoutTrailingSlash(spelling);
        if (isPlain(trimmed)) {
            return trimmed;
        }
        var decoded = withoutTrailingSlash(decoded(spelling));
        // First, since to normalise a long row of marks takes its square in time; no form is shorter than its text.
        checkLength(decoded);
        var text = Normalizer.normalize(decoded, Normalizer.Form.NFC);
        checkSegments(text);
        checkEscapes(text);
        checkSpelling(text);
        var canonical = encoded(text);
        checkLength(canonical);
        return canonical;
    }

    /** True of a canonical path without an escape, which most are: this is all that is done for those. */
    private static boolean isPlain(String path) {
        if (path.length() > MAX_BYTES) {
            return false;
        }
        var slashes = 0;
        for (var at = 0; at < path.length(); at++) {
            var c = path.charAt(at);
            if (c == '/' ? ++slashes > MAX_SEGMENTS || !beginsSegment(path, at + 1) : !isRawAscii(c)) {
                return false;
            }
        }
        return true;
    }

    /** True if nothing is behind the slash of the root, or a segment that does not begin with a dot behind another. */
    private static boolean beginsSegment(String path, int from) {
        return from == path.length() ? from == 1 : path.charAt(from) != '/' && path.charAt(from) != '.';
    }

    /** The slash of "//" is none: it ends an empty segment. */
    private static String withoutTrailingSlash(String text) {
        return text.length() > 2 && text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    }

    private static void checkLength(String text) {
        if (text.length() > MAX_BYTES) {
            throw new InvalidValueException("must not be longer than " + MAX_BYTES + " bytes in canonical form");
        }
    }

    private static void checkEscapes(String text) {
        if (ESCAPED_ESCAPE.matcher(text).find()) {
            throw new InvalidValueException("holds an escape that decodes to another escape");
        }
    }

    private static String decoded(String spelling) {
        var text = new StringBuilder(spelling.length());
        var at = 0;
        while (at < spelling.length()) {
            if (isEscape(spelling, at)) {
                at = decodeEscapes(spelling, at, text);
            } else if (isRawInBrowsers(spelling.charAt(at))) {
                text.append((char) (KEPT_ESCAPE + spelling.charAt(at++)));
            } else {
                var codePoint = spelling.codePointAt(at);
                checkRaw(codePoint);
                text.appendCodePoint(codePoint);
                at += Character.charCount(codePoint);
            }
        }
        return text.toString();
    }

    private static boolean isEscape(String spelling, int at) {
        return at + 2 < spelling.length()
                && spelling.charAt(at) == '%'
                && HexFormat.isHexDigit(spelling.charAt(at + 1))
                && HexFormat.isHexDigit(spelling.charAt(at + 2));
    }

    /** Decodes the run of escapes at {@code from} and gives the index behind it. */
    private static int decodeEscapes(String spelling, int from, StringBuilder text) {
        var bytes = new ByteArrayOutputStream();
        var at = from;
        while (isEscape(spelling, at)) {
            bytes.write(HexFormat.fromHexDigits(spelling, at + 1, at + 3));
            at += 3;
        }
        utf8(ByteBuffer.wrap(bytes.toByteArray())).codePoints().forEach(codePoint -> appendEscaped(codePoint, text));
        return at;
    }

    private static String utf8(ByteBuffer bytes) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException e) {
            throw new InvalidValueException("holds escapes that are not UTF-8");
        }
    }

    private static void appendEscaped(int codePoint, StringBuilder text) {
        if (codePoint == '/' || codePoint == '\\') {
            throw new InvalidValueException("holds an escaped slash or backslash");
        }
        if (codePoint < 0x20 || codePoint == 0x7F) {
            throw new InvalidValueException("holds an escaped control character");
        }
        if (codePoint < 0x80 && !isUnreserved(codePoint)) {
            text.append((char) (KEPT_ESCAPE + codePoint));
            return;
        }
        checkRaw(codePoint);
        text.appendCodePoint(codePoint);
    }

    private static void checkRaw(int codePoint) {
        if (codePoint == '?' || codePoint == '#') {
            throw new InvalidValueException("must be a path alone, without query and fragment");
        }
        if (CodePoints.isNeverSpelling(codePoint)) {
            throw unseen(codePoint, "");
        }
        if (codePoint < 0x80
                ? !isRawAscii(codePoint)
                : !CodePoints.isUcschar(codePoint) && !CodePoints.isInvisible(codePoint)) {
            throw new InvalidValueException("holds a character that no path may hold, " + CodePoints.name(codePoint));
        }
    }

    /** Checks what may be spelling or not by what it stands beside, which is known in normal form only. */
    private static void checkSpelling(String text) {
        // These two of the kept ones are drawn on keycaps.
        var shown = text.replace((char) (KEPT_ESCAPE + '#'), '#').replace((char) (KEPT_ESCAPE + '*'), '*');
        var at = CodePoints.firstUnseen(shown);
        if (at >= 0) {
            throw unseen(text.codePointAt(at), ", where it spells nothing");
        }
    }

    private static InvalidValueException unseen(int codePoint, String where) {
        return new InvalidValueException(
                "holds an invisible or text-direction character, " + CodePoints.name(codePoint) + where);
    }

    private static void checkSegments(String text) {
        if (text.equals("/")) {
            return;
        }
        var segments = text.substring(1).split("/", -1);
        if (segments.length > MAX_SEGMENTS) {
            throw new InvalidValueException("must not have more than " + MAX_SEGMENTS + " segments");
        }
        for (var segment : segments) {
            if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
                throw new InvalidValueException("must not have an empty, '.' or '..' segment");
            }
        }
    }

    private static String encoded(String text) {
        var path = new StringBuilder(text.length());
        text.codePoints().forEach(codePoint -> {
            if (codePoint >= KEPT_ESCAPE && codePoint < KEPT_ESCAPE + 0x80) {
                escape((byte) (codePoint - KEPT_ESCAPE), path);
            } else if (codePoint == '/' || isRawAscii(codePoint)) {
                path.append((char) codePoint);
            } else {
                for (var octet : Character.toString(codePoint).getBytes(StandardCharsets.UTF_8)) {
                    escape(octet, path);
                }
            }
        });
        return path.toString();
    }

    private static void escape(byte octet, StringBuilder path) {
        path.append('%').append(HEX.toHexDigits(octet));
    }

    /** RFC 3986, section 2.3. */
    private static boolean isUnreserved(int c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || "-._~".indexOf(c) >= 0;
    }

    /** {@code pchar} of RFC 3986, section 3.3, without the escapes, and the slash between segments. */
    private static boolean isRawAscii(int c) {
        return isUnreserved(c) || "/!$&'()*+,;=:@".indexOf(c) >= 0;
    }

    /** The characters that the URL parser of WHATWG, or that of a browser, leaves unescaped although no path may hold them. */
    private static boolean isRawInBrowsers(int c) {
        return "[]^|%".indexOf(c) >= 0;
    }
}
