package dev.copresence.http.identity;

import dev.copresence.http.identity.IdentityRefusals.Cause;
import dev.copresence.http.refusals.Problems;
import dev.copresence.http.refusals.Refusal;
import dev.copresence.http.refusals.RefusalPage;
import io.quarkus.oidc.runtime.TenantConfigBean;
import io.quarkus.vertx.http.runtime.security.ChallengeData;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URI;
import java.util.Set;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * The answers to a browser that opens a page and is not signed in: mostly the way to the provider, whatever is wrong with its
 * cookies, and a page in words where that way would go in a circle or nowhere.
 */
@ApplicationScoped
class LoginPages {

    private static final Logger LOG = Logger.getLogger(LoginPages.class);

    private static final String FAILURE = LoginPages.class.getName() + ".failure";

    /** The key under which Quarkus notes that a browser without our cookies may have come from the provider; then it would give up. */
    private static final String NO_COOKIES = "no_oidc_cookies";

    /** The parameters that a provider sends a browser back with (RFC 6749, section 4.1.2). */
    private static final Set<String> RETURNED = Set.of("code", "state", "error");

    private static final String RETRY_AFTER_SECONDS = "5";

    private final SessionCookies cookies;
    private final TenantConfigBean tenants;
    private final Problems problems;
    private final RefusalPage page;

    LoginPages(SessionCookies cookies, TenantConfigBean tenants, Problems problems, RefusalPage page) {
        this.cookies = cookies;
        this.tenants = tenants;
        this.problems = problems;
        this.page = page;
    }

    /** Notes why the request's session or login is no good. */
    void setFailure(RoutingContext context, Cause cause) {
        context.put(FAILURE, cause);
    }

    /** True if it is the provider that has sent the browser here. */
    boolean isReturn(RoutingContext context) {
        var path = tenants.getDefaultTenant()
                .getOidcTenantConfig()
                .authentication()
                .redirectPath()
                .orElse("");
        return (path.startsWith("http") ? URI.create(path).getPath() : path).equals(context.normalizedPath())
                && context.queryParams().names().stream().anyMatch(RETURNED::contains);
    }

    /** Sends a browser to the provider, or tells it why not; ends the response unless that is a redirect. */
    Uni<Boolean> challenge(RoutingContext context, Function<RoutingContext, Uni<ChallengeData>> provider) {
        Cause failure = context.get(FAILURE);
        if (failure == Cause.PROVIDER_AWAY) {
            return away(context);
        }
        cookies.removeSession(context);
        if (isReturn(context)) {
            cookies.removeLogins(context);
            page.tell(
                    context,
                    Refusal.UNAUTHENTICATED,
                    "You are not signed in",
                    "The login was cancelled, took too long or was used before.",
                    "/login",
                    "Sign in");
            return Uni.createFrom().item(true);
        }
        if (!isNavigation(context)) {
            context.response().putHeader("WWW-Authenticate", "Bearer");
            problems.refuse(context, Refusal.UNAUTHENTICATED, Problems.UNAUTHENTICATED);
            return Uni.createFrom().item(true);
        }
        cookies.removeLoginsThatPileUp(context);
        context.remove(NO_COOKIES);
        return Uni.createFrom()
                .deferred(() -> provider.apply(context))
                .map(way -> send(context, way))
                .onFailure()
                .recoverWithUni(e -> {
                    LOG.debug("A browser cannot be sent to the provider", e);
                    return away(context);
                });
    }

    private static boolean send(RoutingContext context, ChallengeData way) {
        context.response().setStatusCode(way.status).putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        way.getHeaders().forEach((name, value) -> context.response().putHeader(name, value));
        return true;
    }

    /** The cookies stay: they may be good again once the provider is back. */
    private Uni<Boolean> away(RoutingContext context) {
        SessionCookies.forgetChanges(context);
        context.response().putHeader(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
        page.tell(
                context,
                Refusal.UNAVAILABLE,
                "Signing in is not possible just now",
                "The identity provider cannot be reached. Try again in a moment; you need not sign in anew.",
                "",
                "Try again");
        return Uni.createFrom().item(true);
    }

    /** True unless it is a script, or a part of a page, that asks: it could not show anybody the provider's form. */
    private static boolean isNavigation(RoutingContext context) {
        var request = context.request();
        var mode = request.getHeader("Sec-Fetch-Mode");
        return (mode == null || mode.equals("navigate"))
                && request.getHeader("X-Requested-With") == null
                && request.getHeader(HttpHeaders.AUTHORIZATION) == null
                && (request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD));
    }
}
