package dev.copresence.http.door;

import dev.copresence.Text;
import dev.copresence.http.refusals.Refusal;
import dev.copresence.http.refusals.RefusedException;
import io.quarkus.vertx.http.runtime.cors.CORSFilter;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/** The pages whose scripts may change something with a user's session cookie: our own origin's, and configured ones. */
@ApplicationScoped
public class Origins {

    /** The header that says how the page that sends a request stands to us (Fetch Metadata). */
    static final String SITE = "Sec-Fetch-Site";

    private static final String SAME_ORIGIN = "same-origin";
    private static final String NONE = "none";

    /** Characters of a foreign text that an answer repeats. */
    private static final int MAX_SHOWN = 200;

    /** Configured origins that an answer names. */
    private static final int MAX_NAMED = 5;

    private final List<String> allowed;
    private final List<Pattern> allowedPatterns;

    Origins(@ConfigProperty(name = "quarkus.http.cors.origins") Optional<List<String>> allowed) {
        this.allowed = allowed.orElse(List.of());
        this.allowedPatterns = CORSFilter.parseAllowedOriginsRegex(allowed);
    }

    /**
     * True if the request comes from such a page. Browsers vouch for that with {@code Sec-Fetch-Site} (Fetch Metadata), which no
     * script can set, and which behind a proxy is right where {@code Origin} (RFC 6454) names a host that this process has never
     * heard of. Browsers that do not know it, and pages over plain HTTP, have the origin alone; without either nobody vouches.
     */
    public boolean allow(HttpServerRequest request) {
        var site = request.getHeader(SITE);
        if (SAME_ORIGIN.equals(site)) {
            return true;
        }
        var origin = request.getHeader(HttpHeaders.ORIGIN);
        return origin != null && (isConfigured(origin) || site == null && isOwn(request, origin));
    }

    /** The refusal of a change that comes from no such page, which says why and what to do about it. */
    public RefusedException whyNot(RoutingContext context) {
        var origin = origin(context);
        var site = context.request().getHeader(SITE);
        var from = origin != null
                ? "this one is of " + Text.cut(origin, MAX_SHOWN) + ". " + allowedFor(context.request())
                        + " Add that origin there if it is yours, have a proxy keep Host if the two are meant to be one,"
                : site != null
                        ? "this one says Sec-Fetch-Site: " + Text.cut(site, MAX_SHOWN)
                                + " and no Origin. Let it send that,"
                        : "this request has neither Sec-Fetch-Site nor Origin. Let it send one,";
        return new RefusedException(
                Refusal.FOREIGN_ORIGIN,
                "A session cookie changes something only for pages of an allowed origin; " + from
                        + " or send a bearer token.");
    }

    /** The sentence that names the origins that are allowed, and the property that says so. */
    private String allowedFor(HttpServerRequest request) {
        var own = request.scheme() + "://" + request.authority();
        if (allowed.isEmpty()) {
            return "Allowed is " + own
                    + ", which is this service as it was called; quarkus.http.cors.origins names no other.";
        }
        var named = String.join(" ", allowed.subList(0, Math.min(allowed.size(), MAX_NAMED)));
        return "Allowed are " + own
                + ", which is this service as it was called, and what quarkus.http.cors.origins names ("
                + Text.cut(named, MAX_SHOWN) + (allowed.size() > MAX_NAMED ? " and more)." : ").");
    }

    /** True if somebody has gone there by themselves, or from a page of ours or of a configured origin. */
    public boolean mayNavigate(HttpServerRequest request) {
        var site = request.getHeader(SITE);
        if (SAME_ORIGIN.equals(site) || NONE.equals(site)) {
            return true;
        }
        var referrer = referrer(request);
        if (referrer == null) {
            return site == null;
        }
        return isConfigured(referrer) || site == null && isOwn(request, referrer);
    }

    private static @Nullable String referrer(HttpServerRequest request) {
        var referrer = request.getHeader(HttpHeaders.REFERER);
        if (referrer == null) {
            return null;
        }
        var host = referrer.indexOf("://");
        var path = host < 0 ? -1 : referrer.indexOf('/', host + 3);
        return path < 0 ? referrer : referrer.substring(0, path);
    }

    /** Hides the origin of a request from the server's own filter, which would refuse it with an empty answer. */
    static void hide(RoutingContext context) {
        context.put(SITE, context.request().getHeader(HttpHeaders.ORIGIN));
        context.request().headers().remove(HttpHeaders.ORIGIN);
    }

    private static @Nullable String origin(RoutingContext context) {
        String hidden = context.get(SITE);
        return hidden != null ? hidden : context.request().getHeader(HttpHeaders.ORIGIN);
    }

    /** True if the answer may be read by the origin's pages, as CORS has it; that alone lets them change nothing. */
    boolean mayRead(HttpServerRequest request, String origin) {
        return allowed.contains("*") || isConfigured(origin) || isOwn(request, origin);
    }

    /** True if the origin is one of those that the operator has named, and not just our own. */
    public boolean isConfigured(String origin) {
        return allowed.contains(origin) || CORSFilter.isOriginAllowedByRegex(allowedPatterns, origin);
    }

    /** True if the origin is ours, in capitals or not. */
    static boolean isOwn(HttpServerRequest request, String origin) {
        var authority = request.authority();
        return authority != null && origin.equalsIgnoreCase(request.scheme() + "://" + authority);
    }
}
