package dev.copresence.http.receipts;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.copresence.CacheSize;
import dev.copresence.CacheUpkeep;
import dev.copresence.Editing;
import dev.copresence.PagePath;
import dev.copresence.PresenceConfig;
import dev.copresence.Section;
import dev.copresence.TabId;
import dev.copresence.UserId;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Objects;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;

/**
 * The receipts of leases: of each fence that a tab holds a JWS that says so, which any library for JWT verifies. Without keys there
 * are none.
 */
@ApplicationScoped
public class Receipts {

    /*
     * Any thread may ask. The last receipt of a tab is remembered here and nowhere else: another instance signs one of its own.
     * Two calls of a tab at the same time may sign twice, which does no harm.
     */

    private static final int MAX_REMEMBERED = 100_000;

    /** The heap that a receipt is reckoned with; one for a page with a long path takes twice that. */
    private static final int BYTES_EACH = 1000;

    private final @Nullable Signer signer;

    /**
     * The receipts as {@code config} wants them.
     *
     * @param clock the wall clock, since others compare its times with theirs
     * @throws UnusableKeysException if there are keys, and they are of no use
     */
    public Receipts(PresenceConfig config, Clock clock, ObjectMapper mapper) throws UnusableKeysException {
        var settings = config.receipts();
        var file = settings.keys().orElse(null);
        signer = file == null
                ? null
                : new Signer(
                        ReceiptKeys.read(file),
                        settings.issuer().orElseThrow(),
                        settings.audience().orElseThrow(),
                        settings.life(),
                        clock,
                        mapper);
    }

    /** The public parts of the keys, as the JSON of a JWKS; null without keys. */
    public @Nullable String publicKeys() {
        return signer == null ? null : signer.keys.published();
    }

    /**
     * The receipt for what a tab holds; null without keys, if the tab holds nothing, or if it is not to be told again.
     *
     * @param page where the tab is
     * @param editing how its claim stands
     * @param known true if the tab has one for this fence: then it is told of another one alone
     */
    public @Nullable String of(UserId user, TabId tab, PagePath page, @Nullable Editing editing, boolean known) {
        return signer != null && editing instanceof Editing.Granted granted
                ? signer.of(new Holder(user, tab), page, granted, known)
                : null;
    }

    /** A tab, which belongs to its user. */
    private record Holder(UserId user, TabId tab) {}

    /**
     * A receipt.
     *
     * @param section null for the page's own lease
     * @param issued the second in which it was signed
     * @param renewed the second from which on another one takes its place
     */
    private record Receipt(
            PagePath page, @Nullable Section section, long fence, long issued, long renewed, String text) {

        boolean isFor(PagePath page, Editing.Granted granted) {
            return fence == granted.fence() && this.page.equals(page) && Objects.equals(section, granted.section());
        }

        /** Tells whether it is young enough, and not of a time to come, from which the clock was set back. */
        boolean isGoodAt(long now) {
            return issued <= now && now < renewed;
        }
    }

    private static final class Signer {

        private final ReceiptKeys keys;
        private final String issuer;
        private final String audience;
        private final Duration life;
        private final Clock clock;
        private final ObjectMapper mapper;
        private final Cache<Holder, Receipt> receipts;

        Signer(ReceiptKeys keys, String issuer, String audience, Duration life, Clock clock, ObjectMapper mapper) {
            this.keys = keys;
            this.issuer = issuer;
            this.audience = audience;
            this.life = life;
            this.clock = clock;
            this.mapper = mapper;
            this.receipts = Caffeine.newBuilder()
                    .expireAfterWrite(life)
                    .executor(CacheUpkeep.ON_THE_SPOT)
                    .maximumSize(CacheSize.atMost((long) MAX_REMEMBERED * BYTES_EACH) / BYTES_EACH)
                    .build();
        }

        @Nullable
        String of(Holder holder, PagePath page, Editing.Granted granted, boolean known) {
            var now = clock.instant().getEpochSecond();
            var remembered = receipts.getIfPresent(holder);
            if (remembered != null && remembered.isFor(page, granted) && remembered.isGoodAt(now)) {
                return known ? null : remembered.text;
            }
            var text = sign(holder.user, page, granted, now);
            var renewed = now + life.toSeconds() / 2;
            receipts.put(holder, new Receipt(page, granted.section(), granted.fence(), now, renewed, text));
            return text;
        }

        private String sign(UserId user, PagePath page, Editing.Granted granted, long now) {
            var claims = new LinkedHashMap<String, Object>();
            claims.put("iss", issuer);
            claims.put("aud", audience);
            claims.put("sub", user.value());
            claims.put("page", page.value());
            if (granted.section() != null) {
                claims.put("section", granted.section().value());
            }
            claims.put("fence", granted.fence());
            claims.put("iat", now);
            claims.put("exp", now + life.toSeconds());
            var receipt = new JsonWebSignature();
            receipt.setAlgorithmHeaderValue(ReceiptKeys.ALGORITHM);
            receipt.setKeyIdHeaderValue(keys.kid());
            receipt.setKey(keys.signing());
            // The key was looked at when it was read.
            receipt.setDoKeyValidation(false);
            try {
                receipt.setPayload(mapper.writeValueAsString(claims));
                return receipt.getCompactSerialization();
            } catch (JoseException | JsonProcessingException e) {
                throw new IllegalStateException("A receipt cannot be signed", e);
            }
        }
    }
}
