package dev.copresence;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Addresses of pictures, read as browsers read them: by the WHATWG URL Standard, which takes more than RFC 3986 does, such as
 * {@code _} and umlauts in a host and a raw space in a path.
 */
final class Picture {

    static final int MAX_LENGTH = 2048;

    /** Scheme, host, port, path, query and fragment; what stands before an at sign in the host is nobody's to know. */
    private static final Pattern ADDRESS = Pattern.compile(
            "(?is)https:[/\\\\]{2,}([^/\\\\?#@:\\[]+|\\[[^]/\\\\?#@]*])(?::(\\d{0,7}))?([/\\\\][^?#]*)?(?:\\?([^#]*))?(?:#(.*))?");

    /** The characters that each part escapes beyond controls, the space and what is not ASCII. */
    private static final String IN_PATH = "\"#<>?^`{}";

    private static final String IN_QUERY = "\"#<>'";
    private static final String IN_FRAGMENT = "\"<>`";
    private static final String BESIDE_LETTERS_IN_HOST = "0123456789-_~";
    private static final Pattern DOT = Pattern.compile("(?i)\\.|%2e");
    private static final Pattern TWO_DOTS = Pattern.compile("(?i)(\\.|%2e){2}");
    private static final Pattern NUMBER = Pattern.compile("(?i)0x[0-9a-f]*|\\d+");

    private Picture() {}

    /**
     * The form that browsers give to an absolute https address.
     *
     * @return null for what is none: another scheme, no host or one that cannot be, credentials, half a surrogate pair, or
     *     more than {@value #MAX_LENGTH} characters
     */
    static @Nullable String canonical(String given) {
        if (given.length() > MAX_LENGTH || !Text.isWellFormed(given)) {
            return null;
        }
        var parts = ADDRESS.matcher(withoutEdges(given));
        if (!parts.matches()) {
            return null;
        }
        var host = host(parts.group(1));
        var port = port(parts.group(2));
        if (host == null || port == null) {
            return null;
        }
        var address = "https://" + host + port + path(parts.group(3)) + behind("?", parts.group(4), IN_QUERY)
                + behind("#", parts.group(5), IN_FRAGMENT);
        return address.length() > MAX_LENGTH ? null : address;
    }

    /** The text without the line ends and tabs that browsers pass over, and without controls and spaces around it. */
    private static String withoutEdges(String given) {
        var start = 0;
        var end = given.length();
        while (start < end && given.charAt(start) <= ' ') {
            start++;
        }
        while (end > start && given.charAt(end - 1) <= ' ') {
            end--;
        }
        return given.substring(start, end).replaceAll("[\t\n\r]", "");
    }

    private static @Nullable String port(@Nullable String given) {
        if (given == null || given.isEmpty()) {
            return "";
        }
        var port = Integer.parseInt(given);
        return port > 65535 ? null : port == 443 ? "" : ":" + port;
    }

    private static String path(@Nullable String given) {
        if (given == null) {
            return "/";
        }
        var segments = new ArrayList<String>();
        var all = given.replace('\\', '/').substring(1).split("/", -1);
        for (var i = 0; i < all.length; i++) {
            var isLast = i == all.length - 1;
            if (TWO_DOTS.matcher(all[i]).matches()) {
                if (!segments.isEmpty()) {
                    segments.remove(segments.size() - 1);
                }
            } else if (!DOT.matcher(all[i]).matches()) {
                segments.add(escaped(all[i], IN_PATH));
                continue;
            }
            if (isLast) {
                segments.add("");
            }
        }
        return "/" + String.join("/", segments);
    }

    private static String behind(String sign, @Nullable String part, String characters) {
        return part == null ? "" : sign + escaped(part, characters);
    }

    private static String escaped(String part, String characters) {
        var escaped = new StringBuilder(part.length());
        for (var b : part.getBytes(StandardCharsets.UTF_8)) {
            if (b <= ' ' || b == 0x7F || characters.indexOf(b) >= 0) {
                escaped.append("%%%02X".formatted(b));
            } else {
                escaped.append((char) b);
            }
        }
        return escaped.toString();
    }

    private static @Nullable String host(String given) {
        if (given.startsWith("[")) {
            var address = ipv6(given.substring(1, given.length() - 1));
            return address == null ? null : "[" + address + "]";
        }
        var host = unescaped(given);
        if (host == null) {
            return null;
        }
        var labels = mapped(host).split("\\.", -1);
        for (var i = 0; i < labels.length; i++) {
            if (!isLabel(labels[i])) {
                return null;
            }
            labels[i] = labels[i].chars().allMatch(c -> c < 0x80) ? labels[i] : "xn--" + punycode(labels[i]);
        }
        var ascii = String.join(".", labels);
        var last = labels[labels.length - 1].isEmpty() && labels.length > 1
                ? labels[labels.length - 2]
                : labels[labels.length - 1];
        return ascii.isEmpty() ? null : NUMBER.matcher(last).matches() ? ipv4(ascii) : ascii;
    }

    private static @Nullable String unescaped(String host) {
        if (host.indexOf('%') < 0) {
            return host;
        }
        var bytes = host.getBytes(StandardCharsets.UTF_8);
        var length = 0;
        for (var i = 0; i < bytes.length; i++) {
            if (bytes[i] == '%' && i + 2 < bytes.length) {
                var high = Character.digit(bytes[i + 1], 16);
                var low = Character.digit(bytes[i + 2], 16);
                if (high >= 0 && low >= 0) {
                    bytes[length++] = (byte) (16 * high + low);
                    i += 2;
                    continue;
                }
            }
            bytes[length++] = bytes[i];
        }
        var unescaped = new String(bytes, 0, length, StandardCharsets.UTF_8);
        return unescaped.indexOf(0xFFFD) >= 0 ? null : unescaped;
    }

    /** The domain as UTS 46 maps it: lower case, compatibility forms as what they stand for, without what nobody sees. */
    private static String mapped(String host) {
        var visible = host.codePoints()
                .filter(c -> c != 0xAD && c != 0x200B && c != 0x2060 && c != 0xFEFF && !(c >= 0xFE00 && c <= 0xFE0F))
                .map(c -> c == 0x3002 || c == 0xFF0E || c == 0xFF61 ? '.' : Character.toLowerCase(c))
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append);
        return Normalizer.normalize(visible, Normalizer.Form.NFKC)
                .codePoints()
                .map(Character::toLowerCase)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static boolean isLabel(String label) {
        return label.codePoints()
                .allMatch(c -> c < 0x80
                        ? c >= 'a' && c <= 'z' || BESIDE_LETTERS_IN_HOST.indexOf(c) >= 0
                        : switch (Character.getType(c)) {
                            case Character.CONTROL,
                                    Character.FORMAT,
                                    Character.SURROGATE,
                                    Character.PRIVATE_USE,
                                    Character.SPACE_SEPARATOR,
                                    Character.LINE_SEPARATOR,
                                    Character.PARAGRAPH_SEPARATOR -> false;
                            default -> true;
                        });
    }

    /** RFC 3492, section 6.3. */
    private static String punycode(String label) {
        var characters = label.codePoints().toArray();
        var code = new StringBuilder();
        Arrays.stream(characters).filter(c -> c < 0x80).forEach(code::appendCodePoint);
        var basic = code.length();
        if (basic > 0) {
            code.append('-');
        }
        var bias = 72;
        var delta = 0;
        var n = 0x80;
        for (var handled = basic; handled < characters.length; n++) {
            var from = n;
            var next = Arrays.stream(characters).filter(c -> c >= from).min().orElseThrow();
            delta += (next - n) * (handled + 1);
            n = next;
            for (var c : characters) {
                if (c < n) {
                    delta++;
                } else if (c == n) {
                    var q = delta;
                    for (var k = 36; ; k += 36) {
                        var threshold = Math.max(1, Math.min(26, k - bias));
                        if (q < threshold) {
                            break;
                        }
                        code.append(digit(threshold + (q - threshold) % (36 - threshold)));
                        q = (q - threshold) / (36 - threshold);
                    }
                    code.append(digit(q));
                    bias = adapt(delta, handled + 1, handled == basic);
                    delta = 0;
                    handled++;
                }
            }
            delta++;
        }
        return code.toString();
    }

    private static char digit(int value) {
        return (char) (value < 26 ? 'a' + value : '0' + value - 26);
    }

    private static int adapt(int delta, int length, boolean first) {
        var rest = first ? delta / 700 : delta / 2;
        rest += rest / length;
        var k = 0;
        for (; rest > 455; k += 36) {
            rest /= 35;
        }
        return k + 36 * rest / (rest + 38);
    }

    private static @Nullable String ipv4(String host) {
        var parts = (host.endsWith(".") ? host.substring(0, host.length() - 1) : host).split("\\.", -1);
        if (parts.length > 4) {
            return null;
        }
        var address = 0L;
        for (var i = 0; i < parts.length; i++) {
            if (!NUMBER.matcher(parts[i]).matches() || parts[i].length() > 12) {
                return null;
            }
            var number = number(parts[i]);
            var room = i < parts.length - 1 ? 1 : 5 - parts.length;
            if (number < 0 || number >= 1L << 8 * room) {
                return null;
            }
            address |= number << 8 * (4 - i - room);
        }
        return "%d.%d.%d.%d".formatted(address >> 24, address >> 16 & 255, address >> 8 & 255, address & 255);
    }

    private static long number(String text) {
        var lower = text.toLowerCase(Locale.ROOT);
        try {
            return lower.equals("0x")
                    ? 0
                    : lower.startsWith("0x")
                            ? Long.parseLong(lower, 2, lower.length(), 16)
                            : Long.parseLong(lower, lower.length() > 1 && lower.startsWith("0") ? 8 : 10);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private static @Nullable String ipv6(String given) {
        var text = given.toLowerCase(Locale.ROOT);
        var lastColon = text.lastIndexOf(':');
        if (text.indexOf('.') > lastColon && lastColon >= 0) {
            var tail = text.substring(lastColon + 1);
            var quad = tail.matches("(0|[1-9]\\d{0,2})(\\.(0|[1-9]\\d{0,2})){3}") ? ipv4(tail) : null;
            if (quad == null) {
                return null;
            }
            var bytes =
                    Arrays.stream(quad.split("\\.")).mapToInt(Integer::parseInt).toArray();
            text = text.substring(0, lastColon + 1)
                    + "%x:%x".formatted(bytes[0] << 8 | bytes[1], bytes[2] << 8 | bytes[3]);
        }
        var gap = text.indexOf("::");
        var before = groups(gap < 0 ? text : text.substring(0, gap));
        var after = gap < 0 ? new String[0] : groups(text.substring(gap + 2));
        var missing = 8 - before.length - after.length;
        if (gap < 0 ? missing != 0 : missing < 1) {
            return null;
        }
        var groups = new int[8];
        for (var i = 0; i < 8; i++) {
            var group = i < before.length ? before[i] : i >= 8 - after.length ? after[i - 8 + after.length] : "0";
            if (!group.matches("[0-9a-f]{1,4}")) {
                return null;
            }
            groups[i] = Integer.parseInt(group, 16);
        }
        return compressed(groups);
    }

    private static String[] groups(String text) {
        return text.isEmpty() ? new String[0] : text.split(":", -1);
    }

    /** The first of the longest runs of two zeros or more is left out. */
    private static String compressed(int[] groups) {
        var start = -1;
        var length = 1;
        for (var i = 0; i < 8; i++) {
            var end = i;
            while (end < 8 && groups[end] == 0) {
                end++;
            }
            if (end - i > length) {
                start = i;
                length = end - i;
            }
        }
        var all = Arrays.stream(groups).mapToObj(Integer::toHexString).toList();
        return start < 0
                ? String.join(":", all)
                : all.subList(0, start).stream().collect(Collectors.joining(":")) + "::"
                        + String.join(":", all.subList(start + length, 8));
    }
}
