package dev.copresence.http.identity;

import io.quarkus.oidc.runtime.OidcUtils;
import io.quarkus.oidc.runtime.TenantConfigBean;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.impl.ServerCookie;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The cookies in which a browser has its session and its unfinished logins, under the names that Quarkus gives them. */
@ApplicationScoped
class SessionCookies {

    private static final String CHUNK = "_chunk_";

    /** Logins that a browser may have begun and not ended, in tabs beside one another. */
    private static final int MAX_LOGINS = 5;

    /** The characters of the cookies of such logins together; servers and proxies take heads of 8 to 32 kB. */
    private static final int MAX_LOGIN_CHARACTERS = 6 << 10;

    private final TenantConfigBean tenants;

    /** The key is this process' own: a static one would be made when an executable is built, and known to all who have that. */
    private final SipHash hash = SipHash.ofThisProcess();

    private volatile @Nullable Names names;

    SessionCookies(TenantConfigBean tenants) {
        this.tenants = tenants;
    }

    /** The session, the tokens beside it if they are split, and the logins. */
    private record Names(String session, String accessToken, String refreshToken, String login) {

        boolean isSession(String name) {
            return isOf(name, session) || isOf(name, accessToken) || isOf(name, refreshToken);
        }

        boolean isLogin(String name) {
            return name.startsWith(login);
        }

        private static boolean isOf(String name, String base) {
            return name.startsWith(base) && (name.length() == base.length() || name.startsWith(CHUNK, base.length()));
        }
    }

    private Names names() {
        var known = names;
        if (known == null) {
            var suffix = OidcUtils.getCookieSuffix(tenants.getDefaultTenant().getOidcTenantConfig());
            known = new Names(
                    OidcUtils.SESSION_COOKIE_NAME + suffix,
                    OidcUtils.SESSION_AT_COOKIE_NAME + suffix,
                    OidcUtils.SESSION_RT_COOKIE_NAME + suffix,
                    OidcUtils.STATE_COOKIE_NAME + suffix);
            names = known;
        }
        return known;
    }

    /** The bearer or the session of a request, or null if it has neither. */
    @Nullable
    Credential credential(RoutingContext context) {
        var authorization = context.request().getHeader(HttpHeaders.AUTHORIZATION);
        if (authorization != null) {
            return Credential.of(Credential.Kind.BEARER, authorization, hash);
        }
        var header = context.request().getHeader(HttpHeaders.COOKIE);
        return header == null ? null : credential(pairs(header));
    }

    /** The session that a browser has once it was told these {@code Set-Cookie} lines. */
    @Nullable
    Credential credentialAfter(List<String> lines) {
        var pairs = new ArrayList<String>();
        for (var line : lines) {
            var pair = line.split(";", 2)[0];
            if (!pair.endsWith("=") && names().isSession(name(pair))) {
                pairs.add(pair);
            }
        }
        return credential(pairs);
    }

    /** The session's cookies alone, so that no other cookie goes into the memory, or around it. */
    private List<String> pairs(String header) {
        var found = new ArrayList<String>(1);
        for (var start = 0; start < header.length(); ) {
            var end = header.indexOf(';', start);
            end = end < 0 ? header.length() : end;
            while (start < end && header.charAt(start) == ' ') {
                start++;
            }
            if (header.startsWith(OidcUtils.SESSION_COOKIE_NAME, start)) {
                var pair = header.substring(start, end).stripTrailing();
                if (names().isSession(name(pair))) {
                    found.add(pair);
                }
            }
            start = end + 1;
        }
        return found;
    }

    private @Nullable Credential credential(List<String> pairs) {
        if (pairs.isEmpty()) {
            return null;
        }
        if (pairs.size() > 1) {
            // As Quarkus reads them: chunks count only while the whole cookie is not there.
            var names = names();
            dropChunks(pairs, names.session());
            dropChunks(pairs, names.accessToken());
            dropChunks(pairs, names.refreshToken());
            pairs.sort(Comparator.naturalOrder());
        }
        return Credential.of(
                Credential.Kind.SESSION, pairs.size() == 1 ? pairs.get(0) : String.join("; ", pairs), hash);
    }

    private static void dropChunks(List<String> pairs, String base) {
        if (pairs.stream().anyMatch(pair -> name(pair).equals(base))) {
            pairs.removeIf(pair -> pair.startsWith(base + CHUNK));
        }
    }

    /** The name of the cookie of a {@code name=value} pair or of a {@code Set-Cookie} line. */
    static String name(String pair) {
        var equals = pair.indexOf('=');
        return equals < 0 ? pair : pair.substring(0, equals);
    }

    boolean hasSession(RoutingContext context) {
        return names(context).anyMatch(names()::isSession);
    }

    boolean hasLogin(RoutingContext context) {
        return names(context).anyMatch(names()::isLogin);
    }

    /** The {@code Set-Cookie} lines that the answer is going to have, one to a name, the last one said. */
    static List<String> changes(RoutingContext context) {
        var lines = new LinkedHashMap<String, String>();
        for (var cookie : context.request().cookies()) {
            if (cookie instanceof ServerCookie change && change.isChanged()) {
                lines.put(cookie.getName(), change.encode());
            }
        }
        return List.copyOf(lines.values());
    }

    /** Leaves the browser's cookies as they are. */
    static void forgetChanges(RoutingContext context) {
        for (var cookie : context.request().cookies()) {
            if (cookie instanceof ServerCookie change) {
                change.setChanged(false);
            }
        }
    }

    /** Tells the browser cookies that another of its requests has led to. */
    static void tell(RoutingContext context, List<String> lines) {
        if (!lines.isEmpty() && !context.response().headWritten()) {
            context.response().headers().add(HttpHeaders.SET_COOKIE.toString(), lines);
        }
    }

    /** Has the browser remove all that it has of a session. */
    void removeSession(RoutingContext context) {
        remove(context, names(context).filter(names()::isSession).toList());
    }

    /** Has the browser remove its unfinished logins. */
    void removeLogins(RoutingContext context) {
        remove(context, logins(context).stream().map(Cookie::getName).toList());
    }

    /** Has the browser remove its unfinished logins if they are many: each click on a link begins one. */
    void removeLoginsThatPileUp(RoutingContext context) {
        var logins = logins(context);
        var size = logins.stream()
                .mapToInt(login -> login.getName().length() + login.getValue().length())
                .sum();
        if (logins.size() >= MAX_LOGINS || size > MAX_LOGIN_CHARACTERS) {
            removeLogins(context);
        }
    }

    /** Goes on with a request as if its browser had no session, and leaves it to the answer to say so. */
    void hideSession(RoutingContext context) {
        for (var name : names(context).filter(names()::isSession).toList()) {
            context.response().removeCookie(name, false);
        }
    }

    private static Stream<String> names(RoutingContext context) {
        return context.request().cookies().stream().map(Cookie::getName).distinct();
    }

    private List<Cookie> logins(RoutingContext context) {
        return context.request().cookies().stream()
                .filter(cookie -> names().isLogin(cookie.getName()))
                .toList();
    }

    private void remove(RoutingContext context, List<String> cookies) {
        var config = tenants.getDefaultTenant().getOidcTenantConfig();
        cookies.forEach(name -> OidcUtils.removeCookie(context, config, name));
    }
}
