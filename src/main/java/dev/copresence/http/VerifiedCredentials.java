package dev.copresence.http;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.copresence.PresenceConfig;
import io.quarkus.oidc.runtime.OidcAuthenticationMechanism;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.identity.IdentityProviderManager;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.identity.request.AuthenticationRequest;
import io.quarkus.security.runtime.QuarkusPrincipal;
import io.quarkus.security.runtime.QuarkusSecurityIdentity;
import io.quarkus.vertx.http.runtime.security.ChallengeData;
import io.quarkus.vertx.http.runtime.security.HttpAuthenticationMechanism;
import io.quarkus.vertx.http.runtime.security.HttpCredentialTransport;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Alternative;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.microprofile.jwt.JsonWebToken;
import org.jspecify.annotations.Nullable;

/**
 * Authentication by OIDC, which for the API's calls remembers what it has verified: the signature of a token is not
 * checked with RSA again on each heartbeat. See {@code docs/adr/0003-verified-credentials.md} for what that means.
 */
@Alternative
@Priority(1)
@ApplicationScoped
// A native executable has to be told which classes Caffeine chooses, by name, for a cache that is built like this one.
@RegisterForReflection(
        classNames = {
            "com.github.benmanes.caffeine.cache.SS",
            "com.github.benmanes.caffeine.cache.SSMW",
            "com.github.benmanes.caffeine.cache.SSMWW",
            "com.github.benmanes.caffeine.cache.PS",
            "com.github.benmanes.caffeine.cache.PSW",
            "com.github.benmanes.caffeine.cache.PSWMW"
        })
public class VerifiedCredentials implements HttpAuthenticationMechanism {

    /** No longer than this, whatever is configured: so long a revoked credential may still be taken for good. */
    static final Duration LONGEST = Duration.ofSeconds(60);

    private static final Duration RETRY_AFTER_OUTAGE = Duration.ofSeconds(5);
    private static final String SESSION_COOKIE = "q_session";

    /** Or an eighth of the heap if that is less, since the tabs need it: what is forgotten is verified anew. */
    private static final long MAX_REMEMBERED_CHARACTERS = 32L << 20;

    /**
     * A bearer or a session's cookies, equal only as a whole. The end alone is hashed: it is a signature's or a cipher's, so
     * as good as random, and the whole is some kB.
     */
    private record Credential(String text) {

        private static final int HASHED = 32;

        @Override
        public int hashCode() {
            var hash = 0;
            for (var i = Math.max(0, text.length() - HASHED); i < text.length(); i++) {
                hash = 31 * hash + text.charAt(i);
            }
            return hash;
        }
    }

    /** An identity and the moment from which on its credential has to be verified again. */
    private record Verified(SecurityIdentity identity, Instant until) {}

    private final OidcAuthenticationMechanism oidc;
    private final OidcUser users;
    private final Clock clock;
    private final Duration remembered;

    /** By the whole credential, so that one that differs in a single character is a stranger. */
    private final Cache<Credential, Verified> verified;

    public VerifiedCredentials(OidcAuthenticationMechanism oidc, OidcUser users, Clock clock, PresenceConfig config) {
        this.oidc = oidc;
        this.users = users;
        this.clock = clock;
        this.remembered = config.identity().verifiedCache();
        this.verified = Caffeine.newBuilder()
                .expireAfterWrite(LONGEST)
                // On the spot: to wake another thread for it costs more than it is.
                .executor(Runnable::run)
                .maximumWeight(
                        Math.min(MAX_REMEMBERED_CHARACTERS, Runtime.getRuntime().maxMemory() / 8))
                .weigher((Credential credential, Verified known) ->
                        credential.text().length())
                .build();
    }

    @Override
    public Uni<SecurityIdentity> authenticate(RoutingContext context, IdentityProviderManager identities) {
        if (!isApi(context)) {
            return oidc.authenticate(context, identities);
        }
        var credential = credential(context);
        if (credential == null) {
            return Uni.createFrom().nullItem();
        }
        var remembered = remembered(credential);
        if (remembered != null) {
            return Uni.createFrom().item(remembered);
        }
        return oidc.authenticate(context, identities)
                .onFailure()
                .transform(VerifiedCredentials::refusal)
                .map(identity -> identity == null ? null : remember(credential, identity));
    }

    /** Whom the request's credential was verified for lately; null if that is not known, or the request has none. */
    @Nullable
    SecurityIdentity remembered(RoutingContext context) {
        var credential = credential(context);
        return credential == null ? null : remembered(credential);
    }

    private @Nullable SecurityIdentity remembered(Credential credential) {
        var known = verified.getIfPresent(credential);
        return known != null && clock.instant().isBefore(known.until()) ? known.identity() : null;
    }

    private static Throwable refusal(Throwable failure) {
        if (isOutage(failure)) {
            return new RefusedException(
                    Refusal.UNAVAILABLE, "The identity provider cannot be reached.", RETRY_AFTER_OUTAGE);
        }
        return failure instanceof AuthenticationFailedException ? failure : new AuthenticationFailedException(failure);
    }

    /** Whether it was the way to the provider that failed, and nothing is known of the credential. */
    private static boolean isOutage(Throwable failure) {
        for (var cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SocketException
                    || cause instanceof UnknownHostException
                    || cause instanceof HttpClosedException
                    || cause instanceof TimeoutException) {
                return true;
            }
        }
        return false;
    }

    @Override
    public Uni<ChallengeData> getChallenge(RoutingContext context) {
        return isApi(context)
                ? Uni.createFrom().item(new ChallengeData(401, "WWW-Authenticate", "Bearer"))
                : oidc.getChallenge(context);
    }

    @Override
    public Set<Class<? extends AuthenticationRequest>> getCredentialTypes() {
        return oidc.getCredentialTypes();
    }

    @Override
    public Uni<HttpCredentialTransport> getCredentialTransport(RoutingContext context) {
        return oidc.getCredentialTransport(context);
    }

    @Override
    public int getPriority() {
        return oidc.getPriority();
    }

    private static boolean isApi(RoutingContext context) {
        return context.normalizedPath().startsWith(HttpLayer.API);
    }

    /** The bearer or the session cookies, whole, or null if the request has neither. */
    private static @Nullable Credential credential(RoutingContext context) {
        var authorization = context.request().getHeader(HttpHeaders.AUTHORIZATION);
        if (authorization != null) {
            return new Credential(authorization);
        }
        var header = context.request().getHeader(HttpHeaders.COOKIE);
        if (header == null) {
            return null;
        }
        var cookies = Stream.of(header.split(";"))
                .map(String::strip)
                .filter(cookie -> cookie.startsWith(SESSION_COOKIE))
                .sorted()
                .collect(Collectors.joining("; "));
        return cookies.isEmpty() ? null : new Credential(cookies);
    }

    private SecurityIdentity remember(Credential credential, SecurityIdentity identity) {
        var token = (JsonWebToken) identity.getPrincipal();
        var user = users.of(token);
        var expiry = Instant.ofEpochSecond(Math.min(token.getExpirationTime(), Instant.MAX.getEpochSecond()));
        var known = QuarkusSecurityIdentity.builder()
                .setPrincipal(new QuarkusPrincipal(user.id().value()))
                .addRoles(identity.getRoles())
                .addAttribute(OidcUser.ATTRIBUTE, user)
                .addAttribute(OidcUser.UNTIL, expiry)
                .build();
        if (!remembered.isZero()) {
            var until = clock.instant().plus(remembered);
            verified.put(credential, new Verified(known, until.isBefore(expiry) ? until : expiry));
        }
        return known;
    }
}
