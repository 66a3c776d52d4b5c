package dev.copresence.http.identity;

import dev.copresence.SessionBoard;
import dev.copresence.http.identity.IdentityRefusals.Cause;
import dev.copresence.http.identity.IdentityRefusals.IdentityRefusedException;
import io.quarkus.oidc.AuthorizationCodeTokens;
import io.quarkus.oidc.OidcRequestContext;
import io.quarkus.oidc.OidcTenantConfig;
import io.quarkus.oidc.common.runtime.OidcCommonUtils;
import io.quarkus.oidc.runtime.DefaultTokenStateManager;
import io.quarkus.oidc.runtime.OidcUtils;
import io.smallrye.mutiny.Uni;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Alternative;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * The tokens that a session cookie holds, as Quarkus keeps them in it. Before an expired session is renewed its instance takes
 * the turn, so that a refresh token is used once by all instances together: a provider that sees one twice takes it for stolen
 * and ends the session. Who comes later gets what the renewal has led to.
 */
@Alternative
@Priority(1)
@ApplicationScoped
class SessionTokens extends DefaultTokenStateManager {

    private static final Logger LOG = Logger.getLogger(SessionTokens.class);

    private static final String TURN = SessionTokens.class.getName() + ".turn";
    private static final String LINES = SessionTokens.class.getName() + ".lines";

    /** The time for which the outcome of a renewal is known: for requests that were on their way, and a tab whose answer was lost. */
    static final Duration OUTCOME_KEPT = Duration.ofSeconds(20);

    /** The time that a provider may take; after that somebody else may try. */
    private static final Duration LONGEST_TURN = Duration.ofSeconds(10);

    private static final Duration LOOK_AGAIN = Duration.ofMillis(50);
    private static final int LOOKS = (int) (LONGEST_TURN.toMillis() / LOOK_AGAIN.toMillis()) + 1;

    /** The way to run work that blocks, which there is none of here. */
    private static final OidcRequestContext<AuthorizationCodeTokens> NOTHING_BLOCKS =
            work -> Uni.createFrom().item(work);

    private final SessionBoard board;
    private final EndedSessions ended;
    private final Clock clock;

    SessionTokens(SessionBoard board, EndedSessions ended, Clock clock) {
        this.board = board;
        this.ended = ended;
        this.clock = clock;
    }

    @Override
    public Uni<AuthorizationCodeTokens> getTokens(
            RoutingContext context,
            OidcTenantConfig config,
            String state,
            OidcRequestContext<AuthorizationCodeTokens> request) {
        return read(context, config, state, request)
                .call(this::refuseEnded)
                .chain(tokens -> isDue(tokens, config)
                        ? renew(context, tokens, state)
                        : Uni.createFrom().item(tokens));
    }

    private Uni<AuthorizationCodeTokens> read(
            RoutingContext context,
            OidcTenantConfig config,
            String state,
            OidcRequestContext<AuthorizationCodeTokens> request) {
        return Uni.createFrom().deferred(() -> super.getTokens(context, config, state, request));
    }

    private Uni<Void> refuseEnded(AuthorizationCodeTokens tokens) {
        return ended.isEnded(session(tokens))
                .invoke(over -> {
                    if (over) {
                        throw new IdentityRefusedException(Cause.SESSION_ENDED, "The session was ended by a logout");
                    }
                })
                .replaceWithVoid();
    }

    /** The login that a cookie's tokens belong to. */
    static LoginSession session(AuthorizationCodeTokens tokens) {
        return LoginSession.of(claims(tokens), tokens.getIdToken());
    }

    private static JsonObject claims(AuthorizationCodeTokens tokens) {
        var claims = OidcCommonUtils.decodeJwtContent(tokens.getIdToken());
        if (claims == null) {
            throw new IdentityRefusedException(Cause.SESSION_UNREADABLE, "The session has no ID token");
        }
        return claims;
    }

    /** True if Quarkus is about to refresh these tokens, or nearly so: a turn that is taken in vain is given back. */
    private boolean isDue(AuthorizationCodeTokens tokens, OidcTenantConfig config) {
        if (tokens.getRefreshToken() == null || !config.token().refreshExpired()) {
            return false;
        }
        var ahead = config.token().refreshTokenTimeSkew().orElse(Duration.ZERO);
        var expiry = claims(tokens).getLong("exp", Long.MAX_VALUE);
        var grace = ahead.isZero() ? config.token().lifespanGrace().orElse(0) - 1L : -ahead.toSeconds() - 1;
        return expiry + grace <= clock.instant().getEpochSecond();
    }

    private Uni<AuthorizationCodeTokens> renew(RoutingContext context, AuthorizationCodeTokens tokens, String state) {
        var sealed = new SealedOutcome(state);
        var here = context.vertx().getOrCreateContext();
        return turn(sealed.name(), LOOKS)
                .onFailure()
                .invoke(failure -> LOG.debug("A session is renewed without asking the other instances", failure))
                // What helps several instances must not stop one.
                .onFailure()
                .recoverWithItem(SessionBoard.Turn.OURS)
                .emitOn(step -> here.runOnContext(on -> step.run()))
                .map(turn -> {
                    var outcome = turn.outcome() == null ? null : sealed.open(turn.outcome());
                    if (outcome == null) {
                        context.put(TURN, sealed);
                        return tokens;
                    }
                    context.put(LINES, outcome.lines());
                    return outcome.tokens();
                });
    }

    private Uni<SessionBoard.Turn> turn(String name, int looks) {
        return board.claim(name, LONGEST_TURN)
                .chain(turn -> turn.isOurs() || turn.outcome() != null || looks == 0
                        ? Uni.createFrom().item(turn)
                        : Uni.createFrom()
                                .nullItem()
                                .onItem()
                                .delayIt()
                                .by(LOOK_AGAIN)
                                .chain(() -> turn(name, looks - 1)));
    }

    /**
     * The news for the browser of a request whose session was renewed for that request elsewhere:
     * {@code Set-Cookie} lines that the response has not got yet.
     */
    static List<String> linesFromElsewhere(RoutingContext context) {
        List<String> lines = context.get(LINES);
        return lines == null ? List.of() : lines;
    }

    /** Ends the request's turn, if it has one. */
    void endTurn(RoutingContext context, List<String> lines) {
        SealedOutcome sealed = context.remove(TURN);
        if (sealed == null) {
            return;
        }
        AuthorizationCodeTokens tokens = context.get(AuthorizationCodeTokens.class.getName());
        var told = lines.isEmpty() || tokens == null
                ? board.giveBack(sealed.name())
                : board.post(sealed.name(), sealed.close(new SealedOutcome.Outcome(lines, tokens)), OUTCOME_KEPT);
        told.subscribe()
                .with(
                        done -> {},
                        failure -> LOG.debug("The other instances could not be told of a renewed session", failure));
    }

    /** The tokens of the request's session cookie, be they good or not; empty if it has none that can be read. */
    Uni<Optional<AuthorizationCodeTokens>> ofRequest(RoutingContext context, OidcTenantConfig config) {
        return Uni.createFrom()
                .deferred(() -> {
                    var state = OidcUtils.getSessionCookie(context, config);
                    return state == null
                            ? Uni.createFrom().item(Optional.<AuthorizationCodeTokens>empty())
                            : read(context, config, state, NOTHING_BLOCKS).map(Optional::of);
                })
                // A cookie that nobody can read is no session.
                .onFailure()
                .recoverWithItem(Optional.empty());
    }

    /** The moment at which a token of these claims is no longer accepted. */
    static Instant end(long expiry, OidcTenantConfig config) {
        var grace = config.token().lifespanGrace().orElse(0);
        return Instant.ofEpochSecond(Math.min(expiry, Instant.MAX.getEpochSecond() - grace) + grace);
    }
}
