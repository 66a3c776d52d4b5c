package dev.copresence.http.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.copresence.CacheSize;
import dev.copresence.CacheUpkeep;
import dev.copresence.PresenceConfig;
import dev.copresence.SessionBoard.Ending;
import dev.copresence.http.identity.IdentityRefusals.Cause;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The memory of credentials: whom each was verified for, what the old cookie of a renewed session leads to, and which were
 * refused for good.
 */
@Singleton
class CredentialMemory {

    /** The time for which a credential is refused without a look at it that can only be refused again. */
    static final Duration REFUSED_FOR = Duration.ofSeconds(10);

    /** The most credentials that are remembered, of some 200 bytes each; fewer if the heap is small. */
    private static final long MAX_REMEMBERED = 500_000;

    /** The heap that a credential is reckoned with. Twice what it takes, since the tabs need the heap more. */
    private static final long BYTES_EACH = 800;

    private static final long MAX_REFUSED = 20_000;

    /** The most renewals that whoever is late by several is led along. */
    private static final int LONGEST_CHAIN = 16;

    /**
     * An identity, and the time from which on its credential has to be verified again.
     *
     * @param until that time, in ms since 1970
     * @param lines the {@code Set-Cookie} lines for who still has the old cookie of a renewed session; empty otherwise
     * @param successor what that session goes by since; null if it was not renewed
     */
    record Verified(
            CallerIdentity identity,
            long until,
            List<String> lines,
            @Nullable Credential successor) {}

    private record Refused(Cause cause, Instant until) {}

    private final Clock clock;
    private final Duration remembered;
    private final Cache<Credential, Verified> verified;

    /** The identities that the old cookies of renewed sessions lead to. */
    private final Cache<Credential, Verified> renewed;

    private final Cache<Credential, Refused> refused;

    CredentialMemory(Clock clock, PresenceConfig config) {
        this.clock = clock;
        this.remembered = config.identity().verifiedCache();
        var most = CacheSize.atMost(MAX_REMEMBERED * BYTES_EACH) / BYTES_EACH;
        this.verified = memory(VerifiedCredentials.LONGEST, most);
        this.renewed = memory(SessionTokens.OUTCOME_KEPT, most / 10);
        this.refused = memory(REFUSED_FOR, MAX_REFUSED);
    }

    private static <V> Cache<Credential, V> memory(Duration longest, long most) {
        return Caffeine.newBuilder()
                .expireAfterWrite(longest)
                .executor(CacheUpkeep.ON_THE_SPOT)
                .maximumSize(most)
                .build();
    }

    /** The identity that the credential itself was verified for; null if that is not known, or no longer good. */
    @Nullable
    Verified verified(Credential credential) {
        return good(verified.getIfPresent(credential), clock.millis());
    }

    /** The identity that the credential was verified for, or its session leads to since it was renewed; null if neither is known. */
    @Nullable
    Verified known(Credential credential) {
        var now = clock.millis();
        var known = good(verified.getIfPresent(credential), now);
        if (known != null) {
            return known;
        }
        known = good(renewed.getIfPresent(credential), now);
        // Who is late by two renewals must not put the first one's cookie over the second one's.
        for (var i = 0; known != null && i < LONGEST_CHAIN && known.successor() != null; i++) {
            var next = good(renewed.getIfPresent(known.successor()), now);
            if (next == null) {
                break;
            }
            known = next;
        }
        return known;
    }

    private static @Nullable Verified good(@Nullable Verified known, long now) {
        return known != null && now < known.until() ? known : null;
    }

    /** Remembers whom a credential was verified for, as long as is configured and no longer than until that expires. */
    Verified remember(Credential credential, CallerIdentity identity) {
        var until = earlier(remembered, identity);
        var known = new Verified(identity, until, List.of(), null);
        if (!remembered.isZero()) {
            verified.put(credential, known);
        }
        return known;
    }

    /** Remembers that a session was renewed, and what a browser that still has the old cookie is to be told. */
    Verified renew(Credential old, Credential successor, List<String> lines, CallerIdentity identity) {
        remember(successor, identity);
        var until = earlier(SessionTokens.OUTCOME_KEPT, identity);
        var known = new Verified(identity, until, lines, successor);
        renewed.put(old, known);
        return known;
    }

    /** The end of a time that begins now, or of the credential if that is earlier, in ms since 1970. */
    private long earlier(Duration time, CallerIdentity identity) {
        var end = clock.instant().plus(time);
        return (end.isBefore(identity.until()) ? end : identity.until()).toEpochMilli();
    }

    /** Remembers that a credential was refused, and can only be refused again. */
    void refuse(Credential credential, Cause cause) {
        refused.put(credential, new Refused(cause, clock.instant().plus(REFUSED_FOR)));
    }

    /** The cause for which the credential was refused lately; null if it was not. */
    @Nullable
    Cause refusal(Credential credential) {
        var last = refused.getIfPresent(credential);
        return last != null && clock.instant().isBefore(last.until()) ? last.cause() : null;
    }

    /** Forgets all that was verified for sessions that have ended. */
    void forgetEnded(@Observes Ending ending) {
        verified.asMap().values().removeIf(known -> known.identity().session().isEndedBy(ending));
        renewed.asMap().values().removeIf(known -> known.identity().session().isEndedBy(ending));
    }

    /** Forgets all that was verified for a session. */
    void forget(LoginSession session) {
        verified.asMap().values().removeIf(known -> known.identity().session().equals(session));
        renewed.asMap().values().removeIf(known -> known.identity().session().equals(session));
    }
}
