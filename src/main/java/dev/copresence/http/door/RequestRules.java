package dev.copresence.http.door;

import dev.copresence.http.refusals.Refusal;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The rules for the head of a request, whoever would answer it (RFC 9112). A proxy in front may read a sloppy head otherwise
 * than we do, and its rules would then be about another request than ours.
 */
final class RequestRules {

    /** Characters of a request's address. */
    private static final int MAX_URI_LENGTH = 8 << 10;

    /** A stream may name twenty pages: 800 characters for each. As many as the server reads at all. */
    private static final int MAX_STREAM_URI_LENGTH = 16 << 10;

    private RequestRules() {}

    /** A fault of a head, and whether it leaves open where the next request begins. */
    record Fault(Refusal refusal, String detail, boolean endsConnection) {

        private static Fault of(Refusal refusal, String detail) {
            return new Fault(refusal, detail, false);
        }
    }

    /** The first thing that is wrong with the head of {@code request}; null if nothing is. */
    static @Nullable Fault fault(HttpServerRequest request) {
        if (!CallTimes.isMethod(request.method().name())) {
            return Fault.of(Refusal.NOT_IMPLEMENTED, "There is no such method.");
        }
        var framing = request.version() == HttpVersion.HTTP_2 ? null : framingFault(request);
        return framing == null ? addressFault(request) : framing;
    }

    private static @Nullable Fault framingFault(HttpServerRequest request) {
        var coding = request.headers().getAll(HttpHeaders.TRANSFER_ENCODING);
        if (!coding.isEmpty()) {
            if (request.version() != HttpVersion.HTTP_1_1) {
                return new Fault(Refusal.INVALID_INPUT, "Transfer-Encoding is for HTTP/1.1.", true);
            }
            if (coding.size() > 1 || !coding.get(0).equalsIgnoreCase("chunked")) {
                return new Fault(Refusal.NOT_IMPLEMENTED, "No transfer coding but chunked is known here.", true);
            }
        }
        var hosts = request.headers().getAll(HttpHeaders.HOST);
        if (hosts.size() > 1 || hosts.isEmpty() && request.version() == HttpVersion.HTTP_1_1) {
            return new Fault(Refusal.INVALID_INPUT, "The request must have one Host.", true);
        }
        if (!hosts.isEmpty() && !isAuthority(hosts.get(0))) {
            return new Fault(Refusal.INVALID_INPUT, "The Host is no host and port.", true);
        }
        return null;
    }

    private static @Nullable Fault addressFault(HttpServerRequest request) {
        var uri = request.uri();
        var path = request.path();
        var limit = HttpLayer.STREAM.equals(path) ? MAX_STREAM_URI_LENGTH : MAX_URI_LENGTH;
        if (uri.length() > limit) {
            return Fault.of(Refusal.URI_TOO_LONG, "The address must not be longer than " + limit + " characters.");
        }
        if (!isUri(uri)) {
            return Fault.of(Refusal.INVALID_INPUT, "The address is not a URI (RFC 3986).");
        }
        if (!isPlain(path)) {
            return Fault.of(
                    Refusal.NOT_FOUND, "There is nothing at this address; all that is here is spelled plainly.");
        }
        return null;
    }

    private static boolean isUri(String uri) {
        if (isUsualUri(uri)) {
            return true;
        }
        try {
            return new URI(uri).getRawPath() != null;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    /** True for what nearly all addresses are, which to parse costs much more: a path and perhaps a query without escapes. */
    private static boolean isUsualUri(String uri) {
        return uri.startsWith("/")
                && !uri.startsWith("//")
                && isAll(
                        uri,
                        letter -> letter >= 'a' && letter <= 'z'
                                || letter >= 'A' && letter <= 'Z'
                                || letter >= '/' && letter <= '9'
                                || "-._~?&=".indexOf(letter) >= 0);
    }

    private static boolean isAll(String text, IntPredicate allowed) {
        for (var i = 0; i < text.length(); i++) {
            if (!allowed.test(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    /**
     * True for a path that has one reading: no escapes, no parameters of a segment, no empty, {@code .} or {@code ..} segment.
     * No address here needs them, and what checks a path by its beginning would read it otherwise than what serves it.
     */
    private static boolean isPlain(@Nullable String path) {
        if (path == null) {
            return false;
        }
        var last = path.length() - 1;
        for (var i = 0; i <= last; i++) {
            var letter = path.charAt(i);
            if (letter == '%' || letter == ';' || letter == '\\') {
                return false;
            }
            if (letter == '/' && i < last && (path.charAt(i + 1) == '/' || isDots(path, i + 1))) {
                return false;
            }
        }
        return true;
    }

    /** True if the segment that begins there is {@code .} or {@code ..}. */
    private static boolean isDots(String path, int start) {
        var end = start;
        while (end < path.length() && path.charAt(end) == '.') {
            end++;
        }
        var dots = end - start;
        return (dots == 1 || dots == 2) && (end == path.length() || path.charAt(end) == '/');
    }

    /** True for a host and perhaps a port (RFC 9110, section 7.2), or for nothing. */
    private static boolean isAuthority(String host) {
        var literal = host.startsWith("[");
        var end = literal ? host.indexOf(']') + 1 : host.indexOf(':');
        var name = end < 0 ? host : host.substring(0, end);
        if (literal && end == 0 || !isName(literal ? name.substring(1, name.length() - 1) : name, literal)) {
            return false;
        }
        var rest = host.substring(name.length());
        return rest.isEmpty() || rest.charAt(0) == ':' && isPort(rest.substring(1));
    }

    private static boolean isName(String name, boolean literal) {
        return isAll(
                name,
                letter -> letter > ' '
                        && letter < 0x7f
                        && "\"#/<>?@[\\]^`{|}".indexOf(letter) < 0
                        && (letter != ':' || literal));
    }

    private static boolean isPort(String port) {
        return port.length() <= 5
                && isAll(port, digit -> digit >= '0' && digit <= '9')
                && (port.isEmpty() || Integer.parseInt(port) < 1 << 16);
    }
}
