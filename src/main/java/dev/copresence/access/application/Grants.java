package dev.copresence.access.application;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.copresence.CacheSize;
import dev.copresence.CacheUpkeep;
import dev.copresence.InvalidValueException;
import dev.copresence.User;
import dev.copresence.access.Access;
import dev.copresence.access.AccessConfig;
import dev.copresence.access.Grant;
import dev.copresence.access.Right;
import dev.copresence.access.UndecidedException;
import dev.copresence.access.application.GrantKeys.Known;
import io.smallrye.mutiny.Uni;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.security.Key;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwk.VerificationJwkSelector;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwt.consumer.ErrorCodes;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.lang.JoseException;
import org.jose4j.lang.UnresolvableKeyException;
import org.jspecify.annotations.Nullable;

/**
 * The grants: what the application has signed that one user may on some pages. Each is verified once, and remembered until it ends or
 * its key may have been withdrawn.
 */
@ApplicationScoped
public class Grants {

    /** The header that a grant comes in. */
    public static final String HEADER = "Presence-Grant";

    /** The claim with what is granted, of a grant and of an access token. */
    public static final String CLAIM = "presence";

    /** The most characters of a grant. */
    static final int MAX_LENGTH = 4096;

    /** The most by which clocks may differ. */
    static final Duration SKEW = Duration.ofSeconds(10);

    private static final long MAX_REMEMBERED = 50_000;

    /** The heap that a grant is reckoned with: as many characters as it may have, since it is at most what it was read from. */
    private static final long BYTES_EACH = MAX_LENGTH;

    private static final Set<String> MEMBERS = Set.of("pages", "do");

    private static final AlgorithmConstraints ALGORITHMS = new AlgorithmConstraints(
            AlgorithmConstraints.ConstraintType.PERMIT,
            AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256,
            AlgorithmIdentifiers.RSA_USING_SHA256,
            AlgorithmIdentifiers.EDDSA);

    private record Verified(Grant grant, String subject, int keys) {}

    private final GrantKeys keys;
    private final Clock clock;
    private final boolean takes;
    private final boolean readsHeader;
    private final Duration longest;
    private final String audience;
    private final String[] issuers;

    /** The grants that were verified, by the digest of their text. */
    private final Cache<String, Verified> verified;

    Grants(Access access, AccessConfig config, GrantKeys keys, Clock clock) {
        this.keys = keys;
        this.clock = clock;
        takes = access.takesGrants();
        readsHeader =
                takes && config.grants().jwks().isPresent() && !config.grants().inTokenOnly();
        longest = config.grants().longest();
        audience = config.grants().audience();
        issuers = config.grants().issuers().orElse(List.of()).toArray(String[]::new);
        verified = Caffeine.newBuilder()
                .expireAfterWrite(longest.plus(SKEW).plus(SKEW))
                .executor(CacheUpkeep.ON_THE_SPOT)
                .maximumSize(CacheSize.atMost(MAX_REMEMBERED * BYTES_EACH) / BYTES_EACH)
                .build();
    }

    /** True if grants count for something. Where no rule says so nothing is looked at. */
    public boolean areTaken() {
        return takes;
    }

    /** True if the header is read: grants count, and there are keys to verify them by. */
    public boolean isHeaderRead() {
        return readsHeader;
    }

    /** The grant that {@code jws} is, if it was verified before and is good for the user still; null if it has to be verified. */
    public @Nullable Grant known(String jws, User user) {
        var known = jws.length() > MAX_LENGTH ? null : verified.getIfPresent(digest(jws));
        return known != null
                        && known.subject.equals(user.id().value())
                        && known.keys == keys.version()
                        && clock.instant().isBefore(known.grant.until())
                ? known.grant
                : null;
    }

    /**
     * The grant that {@code jws} is. It fails with {@link BadGrantException} if it is none for this user, and with {@link UndecidedException}
     * if the keys cannot be had.
     */
    public Uni<Grant> of(String jws, User user) {
        return Uni.createFrom().deferred(() -> {
            var known = known(jws, user);
            return known != null ? Uni.createFrom().item(known) : verify(jws, user);
        });
    }

    /**
     * The grant that stands in a token that was verified already.
     *
     * @param claim the value of its claim {@value #CLAIM}
     * @param until when the token ends
     * @throws BadGrantException if it grants nothing that can be understood
     */
    public Grant ofClaim(Object claim, Instant until) {
        return grant(claim, until);
    }

    private Uni<Grant> verify(String jws, User user) {
        if (jws.length() > MAX_LENGTH) {
            return Uni.createFrom().failure(new BadGrantException("it is longer than " + MAX_LENGTH + " characters"));
        }
        return keys.get()
                .chain(known -> select(jws, known) != null ? Uni.createFrom().item(known) : keys.again())
                .map(known -> verify(jws, user, known));
    }

    private Grant verify(String jws, User user, Known known) {
        var key = select(jws, known);
        if (key == null) {
            throw new BadGrantException("no key is known that it may be signed with");
        }
        var now = clock.instant();
        try {
            var claims = new JwtConsumerBuilder()
                    .setJwsAlgorithmConstraints(ALGORITHMS)
                    .setVerificationKey(key)
                    .setEvaluationTime(NumericDate.fromMilliseconds(now.toEpochMilli()))
                    .setAllowedClockSkewInSeconds((int) SKEW.toSeconds())
                    .setRequireExpirationTime()
                    .setExpectedIssuers(true, issuers)
                    .setExpectedAudience(true, audience)
                    .setExpectedSubject(user.id().value())
                    .build()
                    .processToClaims(jws);
            var grant = grant(claims.getClaimValue(CLAIM), end(claims, now).plus(SKEW));
            verified.put(digest(jws), new Verified(grant, user.id().value(), known.version()));
            return grant;
        } catch (InvalidJwtException e) {
            throw new BadGrantException(reason(e));
        } catch (MalformedClaimException e) {
            throw new BadGrantException("a claim of it is of another type than it has to be");
        }
    }

    private Instant end(JwtClaims claims, Instant now) throws MalformedClaimException {
        var end = Instant.ofEpochMilli(claims.getExpirationTime().getValueInMillis());
        var issued = claims.getIssuedAt();
        if (end.isAfter(now.plus(longest).plus(SKEW))
                || issued != null
                        && end.isAfter(
                                Instant.ofEpochMilli(issued.getValueInMillis()).plus(longest))) {
            throw new BadGrantException("it lives longer than " + longest.toSeconds() + " s");
        }
        if (issued != null && Instant.ofEpochMilli(issued.getValueInMillis()).isAfter(now.plus(SKEW))) {
            throw new BadGrantException("it was issued in the future");
        }
        return end;
    }

    private static @Nullable Key select(String jws, Known known) {
        try {
            var signature = new JsonWebSignature();
            signature.setCompactSerialization(jws);
            signature.setAlgorithmConstraints(ALGORITHMS);
            var jwk = new VerificationJwkSelector().select(signature, known.keys());
            return jwk == null ? null : jwk.getKey();
        } catch (UnresolvableKeyException e) {
            return null;
        } catch (JoseException e) {
            throw new BadGrantException("it is no JWS that is signed with ES256, RS256 or EdDSA");
        }
    }

    private static String reason(InvalidJwtException e) {
        var codes =
                e.getErrorDetails().stream().map(error -> error.getErrorCode()).toList();
        if (codes.contains(ErrorCodes.EXPIRED) || codes.contains(ErrorCodes.EXPIRATION_MISSING)) {
            return "it has ended, or does not say when it does";
        }
        if (codes.contains(ErrorCodes.ISSUER_INVALID) || codes.contains(ErrorCodes.ISSUER_MISSING)) {
            return "its issuer is none of those that are taken";
        }
        if (codes.contains(ErrorCodes.AUDIENCE_INVALID) || codes.contains(ErrorCodes.AUDIENCE_MISSING)) {
            return "it is for another audience";
        }
        if (codes.contains(ErrorCodes.SUBJECT_INVALID) || codes.contains(ErrorCodes.SUBJECT_MISSING)) {
            return "it is for another user";
        }
        if (codes.contains(ErrorCodes.SIGNATURE_INVALID)) {
            return "its signature is not right";
        }
        return "it is no JWS that is signed with ES256, RS256 or EdDSA, or a claim of it cannot be";
    }

    private static Grant grant(@Nullable Object claim, Instant until) {
        var list = claim instanceof List<?> items ? new JsonArray(items) : claim;
        if (!(list instanceof JsonArray items)) {
            throw new BadGrantException("its claim " + CLAIM + " is no list");
        }
        if (items.size() > Grant.MAX_ENTRIES) {
            throw new BadGrantException("it has more than " + Grant.MAX_ENTRIES + " entries");
        }
        List<Grant.Entry> entries = new ArrayList<>();
        for (var item : items) {
            entries.add(entry(item));
        }
        return new Grant(entries, until);
    }

    private static Grant.Entry entry(@Nullable Object item) {
        if (!(item instanceof JsonObject entry)
                || !entry.fieldNames().equals(MEMBERS)
                || !(entry.getValue("pages") instanceof String pages)
                || !(entry.getValue("do") instanceof JsonArray words)) {
            throw new BadGrantException("an entry of it is not made of pages and do");
        }
        var rights = EnumSet.noneOf(Right.class);
        words.forEach(word -> rights.add(right(word)));
        try {
            return new Grant.Entry(pages, rights);
        } catch (InvalidValueException e) {
            throw new BadGrantException("an entry's pages are no pattern: one " + e.getMessage());
        }
    }

    private static Right right(@Nullable Object word) {
        for (var right : Right.values()) {
            if (right.name().toLowerCase(Locale.ROOT).equals(word)) {
                return right;
            }
        }
        throw new BadGrantException(
                "an entry of it holds a word that is none of view, names, initials, count and edit");
    }

    private static String digest(String jws) {
        try {
            var bytes = MessageDigest.getInstance("SHA-256").digest(jws.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
