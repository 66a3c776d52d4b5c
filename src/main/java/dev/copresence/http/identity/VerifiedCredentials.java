package dev.copresence.http.identity;

import dev.copresence.http.door.HttpLayer;
import dev.copresence.http.identity.CredentialMemory.Verified;
import dev.copresence.http.identity.IdentityRefusals.Cause;
import dev.copresence.http.identity.IdentityRefusals.IdentityRefusedException;
import dev.copresence.http.refusals.Refusal;
import dev.copresence.http.refusals.RefusedException;
import io.quarkus.oidc.common.runtime.OidcCommonUtils;
import io.quarkus.oidc.runtime.OidcAuthenticationMechanism;
import io.quarkus.oidc.runtime.TenantConfigBean;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.AuthenticationRedirectException;
import io.quarkus.security.identity.IdentityProviderManager;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.identity.request.AuthenticationRequest;
import io.quarkus.vertx.http.runtime.security.ChallengeData;
import io.quarkus.vertx.http.runtime.security.HttpAuthenticationMechanism;
import io.quarkus.vertx.http.runtime.security.HttpCredentialTransport;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Alternative;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.microprofile.jwt.JsonWebToken;
import org.jspecify.annotations.Nullable;

/**
 * Authentication by OIDC, which remembers what it has verified: the signature of a token is not checked with RSA again on each
 * heartbeat, and a session is renewed once for all requests that come with it. See
 * {@code docs/adr/0003-verified-credentials.md} for what that means.
 */
@Alternative
@Priority(1)
@ApplicationScoped
public class VerifiedCredentials implements HttpAuthenticationMechanism {

    /*
     * Requests come on all event loops. A credential that is not remembered is verified by the first request that brings it;
     * others wait for that one's flight, each to go on where it came from. A flight ends after its outcome is remembered, and
     * whoever begins one looks into the memory once more, so that nothing is verified, and no session renewed, twice.
     */

    /** The longest time that a credential is not verified again: for so long a withdrawn key is still taken. */
    public static final Duration LONGEST = Duration.ofSeconds(60);

    private static final Duration RETRY_AFTER_OUTAGE = Duration.ofSeconds(5);

    /** The time that others wait for a verification; a provider that is silent for so long is away. */
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    /** The time after which a token with an unknown key is looked at once more: the keys may just be on their way. */
    private static final Duration KEYS_ARRIVE = Duration.ofSeconds(1);

    private static final int MAX_WAITING_FOR_KEYS = 200;

    /** The name by which a request keeps whom its credential was verified for. */
    private static final String REMEMBERED = VerifiedCredentials.class.getName() + ".remembered";

    private final OidcAuthenticationMechanism oidc;
    private final OidcUser users;
    private final SessionCookies cookies;
    private final SessionTokens tokens;
    private final EndedSessions ended;
    private final IdentityRefusals refusals;
    private final LoginPages pages;
    private final TenantConfigBean tenants;
    private final CredentialMemory memory;
    private final ConcurrentMap<Credential, CompletableFuture<Optional<Verified>>> flights = new ConcurrentHashMap<>();
    private final AtomicInteger waitingForKeys = new AtomicInteger();

    VerifiedCredentials(
            OidcAuthenticationMechanism oidc,
            OidcUser users,
            SessionCookies cookies,
            SessionTokens tokens,
            EndedSessions ended,
            IdentityRefusals refusals,
            LoginPages pages,
            TenantConfigBean tenants,
            CredentialMemory memory) {
        this.oidc = oidc;
        this.users = users;
        this.cookies = cookies;
        this.tokens = tokens;
        this.ended = ended;
        this.refusals = refusals;
        this.pages = pages;
        this.tenants = tenants;
        this.memory = memory;
    }

    @Override
    public Uni<SecurityIdentity> authenticate(RoutingContext context, IdentityProviderManager identities) {
        var credential = cookies.credential(context);
        // So that the challenge, if there is to be one, is ours and not Quarkus' own.
        context.put(HttpAuthenticationMechanism.class.getName(), this);
        if (isApi(context)) {
            return credential == null
                    ? Uni.createFrom().nullItem()
                    : identity(credential, context, identities)
                            .onFailure()
                            .transform(failure -> refusal(credential, context, failure));
        }
        var known =
                credential == null ? oidc.authenticate(context, identities) : identity(credential, context, identities);
        return known.onFailure(failure -> !(failure instanceof AuthenticationRedirectException))
                .recoverWithUni(failure -> startAgain(credential, context, identities, failure));
    }

    /** The identity that the request's credential was verified for lately; null if that is not known, or the request has none. */
    @Nullable
    CallerIdentity remembered(RoutingContext context) {
        CallerIdentity before = context.get(REMEMBERED);
        if (before != null) {
            return before;
        }
        var credential = cookies.credential(context);
        var known = credential == null ? null : memory.verified(credential);
        if (known == null) {
            return null;
        }
        context.put(REMEMBERED, known.identity());
        return known.identity();
    }

    private Uni<SecurityIdentity> identity(
            Credential credential, RoutingContext context, IdentityProviderManager identities) {
        return Uni.createFrom().deferred(() -> {
            var known = memory.known(credential);
            if (known != null) {
                return told(Optional.of(known), context);
            }
            var flight = new CompletableFuture<Optional<Verified>>();
            var ahead = flights.putIfAbsent(credential, flight);
            return ahead == null ? lead(flight, credential, context, identities) : follow(ahead, context);
        });
    }

    private static Uni<SecurityIdentity> told(Optional<Verified> known, RoutingContext context) {
        known.ifPresent(one -> SessionCookies.tell(context, one.lines()));
        return identity(known);
    }

    private static Uni<SecurityIdentity> identity(Optional<Verified> known) {
        return Uni.createFrom().optional(known.map(Verified::identity));
    }

    private static Uni<SecurityIdentity> follow(CompletableFuture<Optional<Verified>> ahead, RoutingContext context) {
        var here = context.vertx().getOrCreateContext();
        // A copy, since whoever stops waiting would end the flight of all.
        return Uni.createFrom()
                .completionStage(ahead.copy())
                .ifNoItem()
                .after(PATIENCE)
                .failWith(TimeoutException::new)
                .emitOn(step -> here.runOnContext(on -> step.run()))
                .chain(known -> told(known, context));
    }

    private Uni<SecurityIdentity> lead(
            CompletableFuture<Optional<Verified>> flight,
            Credential credential,
            RoutingContext context,
            IdentityProviderManager identities) {
        return Uni.createFrom()
                .deferred(() -> {
                    var known = memory.known(credential);
                    if (known != null) {
                        SessionCookies.tell(context, known.lines());
                        return Uni.createFrom().item(Optional.of(known));
                    }
                    return verify(credential, context, identities);
                })
                .onItemOrFailure()
                .invoke((known, failure) -> {
                    flights.remove(credential, flight);
                    if (failure == null) {
                        flight.complete(known);
                    } else {
                        flight.completeExceptionally(failure);
                    }
                })
                .onCancellation()
                .invoke(() -> {
                    flights.remove(credential, flight);
                    flight.completeExceptionally(new TimeoutException());
                })
                .chain(VerifiedCredentials::identity);
    }

    private Uni<Optional<Verified>> verify(
            Credential credential, RoutingContext context, IdentityProviderManager identities) {
        var last = memory.refusal(credential);
        if (last != null) {
            return Uni.createFrom().failure(new IdentityRefusedException(last, "It was refused just now"));
        }
        return oidc.authenticate(context, identities)
                .onFailure(failure -> mayBeKnownSoon(credential, failure))
                .recoverWithUni(failure -> lookAgain(context, identities))
                .chain(identity -> identity == null
                        ? Uni.createFrom().item(Optional.<Verified>empty())
                        : vouch(credential, context, identity))
                .onFailure()
                .invoke(failure -> {
                    tokens.endTurn(context, List.of());
                    var cause = refusals.cause(credential.kind(), failure);
                    if (cause.isFinal()) {
                        memory.refuse(credential, cause);
                    }
                });
    }

    private boolean mayBeKnownSoon(Credential credential, Throwable failure) {
        return credential.kind() == Credential.Kind.BEARER
                && refusals.cause(credential.kind(), failure) == Cause.UNKNOWN_KEY
                && waitingForKeys.get() < MAX_WAITING_FOR_KEYS;
    }

    private Uni<SecurityIdentity> lookAgain(RoutingContext context, IdentityProviderManager identities) {
        var here = context.vertx().getOrCreateContext();
        waitingForKeys.incrementAndGet();
        return Uni.createFrom()
                .nullItem()
                .onItem()
                .delayIt()
                .by(KEYS_ARRIVE)
                .onTermination()
                .invoke(waitingForKeys::decrementAndGet)
                .emitOn(step -> here.runOnContext(on -> step.run()))
                .chain(() -> oidc.authenticate(context, identities));
    }

    private Uni<Optional<Verified>> vouch(Credential credential, RoutingContext context, SecurityIdentity identity) {
        var token = (JsonWebToken) identity.getPrincipal();
        var raw = token.getRawToken();
        var session = LoginSession.of(OidcCommonUtils.decodeJwtContent(raw), raw);
        if (credential.kind() == Credential.Kind.SESSION) {
            return Uni.createFrom().item(Optional.of(remember(credential, context, identity, token, session)));
        }
        if (!AccessTokens.isOne(token)) {
            throw new IdentityRefusedException(
                    Cause.NO_ACCESS_TOKEN, "The token is no access token; an ID token is not meant for calls");
        }
        return ended.isEnded(session).map(over -> {
            refuseEnded(over);
            return Optional.of(remember(credential, context, identity, token, session));
        });
    }

    private Verified remember(
            Credential credential,
            RoutingContext context,
            SecurityIdentity identity,
            JsonWebToken token,
            LoginSession session) {
        var config = tenants.getDefaultTenant().getOidcTenantConfig();
        var expiry = SessionTokens.end(token.getExpirationTime(), config);
        var claims = OidcCommonUtils.decodeJwtContent(token.getRawToken());
        var caller = users.caller(token, identity.getRoles(), claims, expiry);
        var slim = new CallerIdentity(caller, expiry.getEpochSecond(), session);
        var lines = newLines(credential, context);
        var successor = lines.isEmpty() ? null : cookies.credentialAfter(lines);
        var known = successor == null
                ? memory.remember(credential, slim)
                : memory.renew(credential, successor, lines, slim);
        // After it was remembered, for it may have ended meanwhile, and what was remembered then was forgotten before.
        if (ended.isEndedHere(session)) {
            memory.forget(session);
            refuseEnded(true);
        }
        return known;
    }

    private List<String> newLines(Credential credential, RoutingContext context) {
        if (credential.kind() == Credential.Kind.BEARER) {
            return List.of();
        }
        var elsewhere = SessionTokens.linesFromElsewhere(context);
        if (!elsewhere.isEmpty()) {
            SessionCookies.tell(context, elsewhere);
            return elsewhere;
        }
        var lines = SessionCookies.changes(context);
        tokens.endTurn(context, lines);
        return lines;
    }

    private static void refuseEnded(boolean over) {
        if (over) {
            throw new IdentityRefusedException(Cause.SESSION_ENDED, "The session was ended by a logout");
        }
    }

    /** Tells a machine; its browser, if it has one, keeps its cookies for the next page, which knows what to do with them. */
    private Throwable refusal(Credential credential, RoutingContext context, Throwable failure) {
        SessionCookies.forgetChanges(context);
        var cause = refusals.cause(credential.kind(), failure);
        refusals.note(cause, "A call to the API", failure);
        if (cause == Cause.PROVIDER_AWAY) {
            return new RefusedException(
                    Refusal.UNAVAILABLE, "The identity provider cannot be reached.", RETRY_AFTER_OUTAGE);
        }
        return failure instanceof AuthenticationFailedException ? failure : new AuthenticationFailedException(failure);
    }

    /** Goes on with a page's request as if its browser had no session, since it has none that is good. */
    private Uni<SecurityIdentity> startAgain(
            @Nullable Credential credential,
            RoutingContext context,
            IdentityProviderManager identities,
            Throwable failure) {
        var kind = credential == null ? Credential.Kind.SESSION : credential.kind();
        var found = refusals.cause(kind, failure);
        var cause = credential == null && found != Cause.PROVIDER_AWAY ? Cause.LOGIN_FAILED : found;
        refusals.note(cause, "A page's session", failure);
        if (kind == Credential.Kind.SESSION
                && credential != null
                && cause != Cause.PROVIDER_AWAY
                && pages.isReturn(context)
                && cookies.hasLogin(context)) {
            return finishLogin(context, identities);
        }
        pages.setFailure(context, cause);
        context.put(HttpAuthenticationMechanism.class.getName(), this);
        return Uni.createFrom().nullItem();
    }

    /** Ends a login that was begun while the browser had a bad session, and may have it still. */
    private Uni<SecurityIdentity> finishLogin(RoutingContext context, IdentityProviderManager identities) {
        cookies.removeSession(context);
        var removals = SessionCookies.changes(context);
        cookies.hideSession(context);
        return oidc.authenticate(context, identities)
                .onFailure(AuthenticationRedirectException.class)
                .invoke(done -> {
                    var news = SessionCookies.changes(context).stream()
                            .map(SessionCookies::name)
                            .toList();
                    SessionCookies.tell(
                            context,
                            removals.stream()
                                    .filter(line -> !news.contains(SessionCookies.name(line)))
                                    .toList());
                })
                .onFailure(failure -> !(failure instanceof AuthenticationRedirectException))
                .recoverWithUni(failure -> startAgain(null, context, identities, failure));
    }

    @Override
    public Uni<ChallengeData> getChallenge(RoutingContext context) {
        return isApi(context)
                ? Uni.createFrom().item(new ChallengeData(401, "WWW-Authenticate", "Bearer"))
                : oidc.getChallenge(context);
    }

    @Override
    public Uni<Boolean> sendChallenge(RoutingContext context) {
        return isApi(context)
                ? HttpAuthenticationMechanism.super.sendChallenge(context)
                : pages.challenge(context, oidc::getChallenge);
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
}
