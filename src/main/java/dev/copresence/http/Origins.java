package dev.copresence.http;

import io.quarkus.vertx.http.runtime.cors.CORSFilter;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** The pages whose scripts may change something with a user's session cookie: our own origin's, and configured ones. */
@ApplicationScoped
class Origins {

    /** Of a request: how the page that sends it stands to us (Fetch Metadata). */
    static final String SITE = "Sec-Fetch-Site";

    private static final String SAME_ORIGIN = "same-origin";

    private final List<String> allowed;
    private final List<Pattern> allowedPatterns;

    Origins(@ConfigProperty(name = "quarkus.http.cors.origins") Optional<List<String>> allowed) {
        this.allowed = allowed.orElse(List.of());
        this.allowedPatterns = CORSFilter.parseAllowedOriginsRegex(allowed);
    }

    /**
     * Whether the request comes from such a page. Browsers vouch for that with {@code Sec-Fetch-Site} (Fetch Metadata) or
     * {@code Origin} (RFC 6454), which no script can set; without either, or with two that contradict each other, nobody
     * does.
     */
    boolean allow(HttpServerRequest request) {
        var site = request.getHeader(SITE);
        var origin = request.getHeader(HttpHeaders.ORIGIN);
        if (origin == null) {
            return SAME_ORIGIN.equals(site);
        }
        return isConfigured(origin) || (site == null || SAME_ORIGIN.equals(site)) && isOwn(request, origin);
    }

    /** Whether the answer may be read by the origin's pages, as CORS has it; that alone lets them change nothing. */
    boolean mayRead(HttpServerRequest request, String origin) {
        return allowed.contains("*") || isConfigured(origin) || isOwn(request, origin);
    }

    /** Whether the origin is one of those that the operator has named, and not just our own. */
    boolean isConfigured(String origin) {
        return allowed.contains(origin) || CORSFilter.isOriginAllowedByRegex(allowedPatterns, origin);
    }

    /** Whether the origin is ours, in capitals or not. */
    static boolean isOwn(HttpServerRequest request, String origin) {
        var authority = request.authority();
        return authority != null && origin.equalsIgnoreCase(request.scheme() + "://" + authority);
    }
}
