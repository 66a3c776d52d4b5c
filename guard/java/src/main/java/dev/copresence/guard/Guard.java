package dev.copresence.guard;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.util.JSONObjectUtils;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The guard over the texts of a backend: it reads the headers, makes sure of the fence, calls the three statements, and
 * answers. It knows no framework; {@link JakartaGuard}, {@link SpringMvcGuard} and {@link WebFluxGuard} are for those.
 */
public final class Guard {

    /*
     * Any thread may call it. What it keeps are the public keys of the service, guarded by the lock of Keys; a key that is
     * not known is asked for by one thread while others wait for it, at most for the time of one question.
     */

    /** The page, and the section of it, that a request means; the section is null for the page as a whole. */
    public record TextName(String page, @Nullable String section) {}

    /** A text as it is stored. */
    public record Row(String text, long revision, long fence) {}

    /** The statements of docs/editing.md, on the application's own database. */
    public interface Store {

        /** The statement {@code read}; null if there is no such text. */
        @Nullable
        Row read(TextName name);

        /** The statements {@code open} and {@code read}, in one transaction; null if there is no such text. */
        @Nullable
        Row open(TextName name, long fence);

        /** The statement {@code save}: whether one row has changed. */
        boolean save(TextName name, long fence, long base, String text);
    }

    /** A request without its framework: headers by their names, who is signed in, and which text it means. */
    public record Call(
            UnaryOperator<@Nullable String> headers,
            @Nullable String user,
            @Nullable TextName text,
            String body) {

        @Nullable
        String header(String name) {
            var value = headers.apply(name);
            return value == null || value.isEmpty() ? null : value;
        }
    }

    /** An answer without a framework; its body is JSON. */
    public record Answer(int status, Map<String, String> headers, String body) {}

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration KEYS_FRESH = Duration.ofMinutes(5);
    private static final Duration KEYS_ASKED_AGAIN = Duration.ofSeconds(30);
    private static final Duration CLOCKS_DIFFER = Duration.ofSeconds(30);
    private static final long LARGEST = (1L << 53) - 1;
    private static final Pattern NUMBER = Pattern.compile("\\d{1,16}");
    private static final Pattern TAG = Pattern.compile("\"(\\d{1,16})\"");

    private static final Map<Integer, String> TITLES = Map.of(
            400, "Bad Request",
            401, "Unauthorized",
            404, "Not Found",
            409, "Conflict",
            412, "Precondition Failed",
            413, "Content Too Large",
            428, "Precondition Required",
            503, "Service Unavailable");

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(PATIENCE).build();
    private final Store store;
    private final URI service;
    private final Settings settings;
    private final Keys keys;

    /**
     * The settings of a guard: receipts, and how it asks.
     *
     * @param issuer whose receipts are taken; null if every open asks the service
     * @param audience for whom receipts have to be
     * @param keys the public keys; null if they are at {@code /api/presence/keys} of the service
     * @param verifier gives a token of the backend's own with the role {@code copresence-verifier}; null if the guard asks with
     *     the {@code Authorization} of the request
     * @param maxBytes the most bytes that a save may bring
     */
    public record Settings(
            @Nullable String issuer,
            @Nullable String audience,
            @Nullable JWKSet keys,
            @Nullable Supplier<String> verifier,
            int maxBytes,
            InstantSource clock) {

        /** No receipts, the request's own credential, texts up to 1 MiB. */
        public static Settings defaults() {
            return new Settings(null, null, null, null, 1 << 20, InstantSource.system());
        }

        /** The same, with receipts of this issuer for this site. */
        public Settings withReceipts(String issuer, String audience) {
            return new Settings(issuer, audience, keys, verifier, maxBytes, clock);
        }

        /** The same, with keys that are known. */
        public Settings withKeys(JWKSet keys) {
            return new Settings(issuer, audience, keys, verifier, maxBytes, clock);
        }

        /** The same, asking with a token of the backend's own. */
        public Settings withVerifier(Supplier<String> verifier) {
            return new Settings(issuer, audience, keys, verifier, maxBytes, clock);
        }

        /** The same, with another clock. */
        public Settings withClock(InstantSource clock) {
            return new Settings(issuer, audience, keys, verifier, maxBytes, clock);
        }

        /** The same, for texts of that many bytes at most. */
        public Settings withMaxBytes(int maxBytes) {
            return new Settings(issuer, audience, keys, verifier, maxBytes, clock);
        }
    }

    /** A guard over these texts, with the service at this address. */
    public Guard(URI service, Settings settings, Store store) {
        this.service = URI.create(service.toString().replaceAll("/+$", ""));
        this.settings = settings;
        this.store = store;
        this.keys = new Keys(settings.keys());
    }

    /** A refusal on its way to the answer. */
    private static final class Refused extends RuntimeException {

        private static final long serialVersionUID = 1;

        private final transient Map<String, Object> problem;

        Refused(int status, Map<String, Object> problem) {
            super(String.valueOf(status), null, false, false);
            this.problem = new LinkedHashMap<>(problem);
            this.problem.put("status", status);
        }
    }

    private static Refused refusal(int status, String type, String detail, Object... more) {
        var problem = new LinkedHashMap<String, Object>();
        problem.put("type", "urn:copresence:problem:" + type);
        problem.put("title", TITLES.get(status));
        problem.put("detail", detail);
        for (var i = 0; i < more.length; i += 2) {
            problem.put((String) more[i], more[i + 1]);
        }
        return new Refused(status, problem);
    }

    private static Refused badReceipt(String why) {
        return refusal(400, "invalid-input", "The receipt " + why + ".", "reason", "bad-receipt");
    }

    private static Refused nobodyKnows() {
        return refusal(503, "unavailable", "Copresence cannot be asked whether this is the present fence. Try again.");
    }

    /** The answer to a request that reads a text. */
    public Answer read(Call call) {
        return answered(() -> shown(known(store.read(text(call)))));
    }

    /** The answer to a request that opens a text. */
    public Answer open(Call call) {
        return answered(() -> {
            var user = user(call);
            var name = text(call);
            var stated = fence(call);
            var receipt = call.header("Presence-Receipt");
            if (receipt == null && stated == null) {
                throw refusal(
                        428,
                        "precondition-required",
                        "An open says the receipt or the fence of the lease.",
                        "reason",
                        "no-fence");
            }
            long fence = receipt == null ? askedFence(stated, user, name, call) : receiptFence(receipt, user, name);
            if (stated != null && stated != fence) {
                throw badReceipt("is for another fence than Presence-Fence says");
            }
            var row = known(store.open(name, fence));
            if (row.fence() < fence) {
                throw new IllegalStateException("Store.open must take the fence: see docs/editing.md");
            }
            if (row.fence() > fence) {
                throw lost(fence, row);
            }
            return shown(row);
        });
    }

    /** The answer to a request that saves a text. */
    public Answer save(Call call) {
        return answered(() -> {
            user(call);
            var name = text(call);
            var fence = fence(call);
            if (fence == null) {
                throw refusal(
                        428,
                        "precondition-required",
                        "A save says the fence under which the text was opened.",
                        "reason",
                        "no-fence");
            }
            var base = base(call);
            if (call.body().getBytes(StandardCharsets.UTF_8).length > settings.maxBytes()) {
                throw refusal(413, "body-too-large", "The text is too long.");
            }
            return store.save(name, fence, base, call.body()) ? saved(base + 1) : unchanged(name, fence, call.body());
        });
    }

    /** No row has changed: why, or that this very save has arrived before. */
    private Answer unchanged(TextName name, long fence, String text) {
        var row = known(store.read(name));
        if (row.fence() > fence) {
            throw lost(fence, row);
        }
        if (row.fence() < fence) {
            throw refusal(
                    409,
                    "lease-refused",
                    "This text was not opened under this fence.",
                    "reason",
                    "not-opened",
                    "fence",
                    fence,
                    "storedFence",
                    row.fence());
        }
        if (!row.text().equals(text)) {
            throw refusal(
                    412,
                    "changed",
                    "The text was changed by somebody who has no lease.",
                    "reason",
                    "changed",
                    "revision",
                    row.revision());
        }
        return saved(row.revision());
    }

    private static Refused lost(long fence, Row row) {
        return refusal(
                409,
                "lease-refused",
                "Somebody has opened this text later.",
                "reason",
                "lost",
                "fence",
                fence,
                "storedFence",
                row.fence());
    }

    private static String user(Call call) {
        if (call.user() == null || call.user().isEmpty()) {
            throw refusal(401, "unauthenticated", "Nobody is signed in.");
        }
        return call.user();
    }

    private static TextName text(Call call) {
        if (call.text() == null) {
            throw refusal(404, "not-found", "There is no such text.");
        }
        return call.text();
    }

    private static Row known(@Nullable Row row) {
        if (row == null) {
            throw refusal(404, "not-found", "There is no such text.");
        }
        return row;
    }

    private static @Nullable Long fence(Call call) {
        var said = call.header("Presence-Fence");
        if (said == null) {
            return null;
        }
        if (!NUMBER.matcher(said).matches() || !isFence(Long.parseLong(said))) {
            throw refusal(
                    400,
                    "invalid-input",
                    "Presence-Fence must be a whole number from 1 to 2^53 - 1.",
                    "reason",
                    "bad-fence");
        }
        return Long.valueOf(said);
    }

    private static boolean isFence(long number) {
        return number > 0 && number <= LARGEST;
    }

    /** One strong entity tag, since {@code *} and a list would save over a text that nobody has seen. */
    private static long base(Call call) {
        var said = call.header("If-Match");
        if (said == null) {
            throw refusal(
                    428,
                    "precondition-required",
                    "A save says in If-Match over which revision it was written.",
                    "reason",
                    "no-base");
        }
        var tag = TAG.matcher(said);
        if (!tag.matches()) {
            throw refusal(
                    400,
                    "invalid-input",
                    "If-Match must be one revision in quotation marks, as ETag says it.",
                    "reason",
                    "bad-base");
        }
        return Long.parseLong(tag.group(1));
    }

    private long askedFence(long fence, String user, TextName name, Call call) {
        var verifier = settings.verifier();
        var authorization = verifier == null ? call.header("Authorization") : "Bearer " + verifier.get();
        if (authorization == null) {
            throw nobodyKnows();
        }
        var question = new LinkedHashMap<String, Object>();
        question.put("pagePath", name.page());
        question.put("fence", fence);
        if (name.section() != null) {
            question.put("section", name.section());
        }
        if (verifier != null) {
            question.put("userId", user);
        }
        var answer = ask(HttpRequest.newBuilder(URI.create(service + "/api/presence/editor/verify"))
                .header("Authorization", authorization)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(JSONObjectUtils.toJSONString(question))));
        if (answer == null || answer.statusCode() != 200 && answer.statusCode() != 409) {
            throw nobodyKnows();
        }
        try {
            var body = JSONObjectUtils.parse(answer.body());
            if (answer.statusCode() == 409) {
                body.put("fence", fence);
                throw new Refused(409, body);
            }
            var editor = JSONObjectUtils.getJSONObject(body, "editor");
            if (editor == null || !user.equals(editor.get("id"))) {
                throw refusal(400, "invalid-input", "The fence is of another user.", "reason", "bad-fence");
            }
            return fence;
        } catch (ParseException e) {
            throw nobodyKnows();
        }
    }

    /** The service's answer, or null if it gives none. */
    private @Nullable HttpResponse<String> ask(HttpRequest.Builder question) {
        try {
            return http.send(question.timeout(PATIENCE).build(), BodyHandlers.ofString());
        } catch (IOException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    private long receiptFence(String receipt, String user, TextName name) {
        if (settings.issuer() == null || settings.audience() == null) {
            throw badReceipt("is not taken here, since no issuer is configured");
        }
        try {
            var signed = SignedJWT.parse(receipt);
            var header = signed.getHeader();
            if (!JWSAlgorithm.ES256.equals(header.getAlgorithm()) || header.getKeyID() == null) {
                throw badReceipt("is not signed by the service");
            }
            if (!signed.verify(new ECDSAVerifier(keys.named(header.getKeyID())))) {
                throw badReceipt("is not signed by the service");
            }
            return fence(signed.getJWTClaimsSet(), user, name);
        } catch (ParseException | JOSEException e) {
            throw badReceipt("is not signed by the service");
        }
    }

    private long fence(JWTClaimsSet claims, String user, TextName name) throws ParseException {
        var now = settings.clock().instant();
        if (claims.getExpirationTime() == null || claims.getIssueTime() == null) {
            throw badReceipt("has no time");
        }
        if (now.isAfter(claims.getExpirationTime().toInstant().plus(CLOCKS_DIFFER))) {
            throw badReceipt("has ended");
        }
        if (isAhead(claims.getIssueTime().toInstant(), now)
                || claims.getNotBeforeTime() != null
                        && isAhead(claims.getNotBeforeTime().toInstant(), now)) {
            throw badReceipt("is not good yet");
        }
        if (!Objects.equals(settings.issuer(), claims.getIssuer())
                || !claims.getAudience().contains(settings.audience())) {
            throw badReceipt("is not for here");
        }
        if (!user.equals(claims.getSubject())) {
            throw badReceipt("is for another user");
        }
        var page = claims.getStringClaim("page");
        if (page == null || !canonical(page).equals(canonical(name.page()))) {
            throw badReceipt("is for another page");
        }
        if (!Objects.equals(claims.getClaim("section"), name.section())) {
            throw badReceipt("is for another section");
        }
        if (claims.getClaim("fence") instanceof Long fence && isFence(fence)) {
            return fence;
        }
        throw badReceipt("has no fence");
    }

    private static boolean isAhead(Instant time, Instant now) {
        return time.isAfter(now.plus(CLOCKS_DIFFER));
    }

    private static Answer answered(Supplier<Answer> work) {
        try {
            return work.get();
        } catch (Refused refused) {
            var status = (int) refused.problem.get("status");
            var headers = new LinkedHashMap<String, String>();
            headers.put("Content-Type", "application/problem+json");
            headers.put("Cache-Control", "no-store");
            if (status == 503) {
                headers.put("Retry-After", "2");
            }
            return new Answer(status, headers, JSONObjectUtils.toJSONString(refused.problem));
        }
    }

    private static Answer shown(Row row) {
        var body = new LinkedHashMap<String, Object>();
        body.put("text", row.text());
        body.put("revision", row.revision());
        return good(row.revision(), body);
    }

    private static Answer saved(long revision) {
        return good(revision, Map.of("revision", revision));
    }

    private static Answer good(long revision, Map<String, Object> body) {
        var headers =
                Map.of("Content-Type", "application/json", "Cache-Control", "no-store", "ETag", "\"" + revision + "\"");
        return new Answer(200, headers, JSONObjectUtils.toJSONString(body));
    }

    /**
     * The public keys of the service. They are asked for again after five minutes, and for a key that is not among them at most
     * twice a minute. While the service is down the last ones stay good, so that receipts are.
     */
    private final class Keys {

        private final boolean areGiven;
        private @Nullable JWKSet known;
        private Instant knownAt = Instant.MIN;
        private Instant triedAt = Instant.MIN;
        private boolean hasFailed;

        Keys(@Nullable JWKSet given) {
            areGiven = given != null;
            known = given;
        }

        synchronized ECKey named(String id) {
            var now = settings.clock().instant();
            if (knownAt.isBefore(now.minus(KEYS_FRESH))) {
                refresh(now, known == null ? Duration.ofSeconds(1) : KEYS_ASKED_AGAIN);
            }
            var found = find(id);
            if (found == null) {
                refresh(now, KEYS_ASKED_AGAIN);
                found = find(id);
            }
            if (found instanceof ECKey key) {
                return key;
            }
            if (known == null || hasFailed) {
                throw nobodyKnows();
            }
            throw badReceipt("is not signed by the service");
        }

        private @Nullable JWK find(String id) {
            return known == null ? null : known.getKeyByKeyId(id);
        }

        private void refresh(Instant now, Duration after) {
            if (areGiven || now.isBefore(triedAt.equals(Instant.MIN) ? Instant.MIN : triedAt.plus(after))) {
                return;
            }
            triedAt = now;
            hasFailed = true;
            var answer = ask(HttpRequest.newBuilder(URI.create(service + "/api/presence/keys")));
            if (answer == null || answer.statusCode() != 200) {
                return;
            }
            try {
                known = JWKSet.parse(answer.body());
                knownAt = now;
                hasFailed = false;
            } catch (ParseException e) {
                // The last keys stay, as if there had been no answer.
                hasFailed = true;
            }
        }
    }

    private static final Pattern LONE_PERCENT = Pattern.compile("%(?![0-9a-fA-F]{2})");
    private static final Pattern BEYOND_ASCII = Pattern.compile("(?:%[89a-fA-F][0-9a-fA-F])+");
    private static final Pattern ASCII = Pattern.compile("%[0-7][0-9a-fA-F]");
    private static final Pattern UNESCAPED = Pattern.compile("[^\\x00-\\x7f]+|[\\[\\]^|]");

    /** The canonical form of a page's path, as Copresence has it, of a path that a browser has. */
    public static String canonical(String path) {
        var whole = LONE_PERCENT.matcher(path).replaceAll("%25");
        whole = BEYOND_ASCII.matcher(whole).replaceAll(Guard::decoded);
        whole = ASCII.matcher(whole).replaceAll(escape -> {
            var character = (char) Integer.parseInt(escape.group().substring(1), 16);
            var isPlain = Character.isLetterOrDigit(character) || "-._~".indexOf(character) >= 0;
            return isPlain ? String.valueOf(character) : escape.group().toUpperCase(Locale.ROOT);
        });
        whole = Normalizer.normalize(whole, Normalizer.Form.NFC);
        whole = UNESCAPED.matcher(whole).replaceAll(raw -> escaped(raw.group().getBytes(StandardCharsets.UTF_8)));
        return whole.length() > 1 && whole.endsWith("/") ? whole.substring(0, whole.length() - 1) : whole;
    }

    private static String decoded(MatchResult escapes) {
        var hex = escapes.group().split("%");
        var bytes = new byte[hex.length - 1];
        for (var i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) Integer.parseInt(hex[i + 1], 16);
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return escapes.group();
        }
    }

    private static String escaped(byte[] bytes) {
        var all = new StringBuilder();
        for (var one : bytes) {
            all.append(String.format(Locale.ROOT, "%%%02X", one & 0xff));
        }
        return all.toString();
    }

    /**
     * Plays the waiting writer, the sleeper, the invented fence and a request that arrives twice against a store, on a text that
     * must be there and be nobody's.
     *
     * @throws IllegalStateException with a sentence that says what was wrong
     */
    public static void check(Store store, TextName name) {
        var start = there(store.read(name));
        var ana = start.fence() + 1;
        var ben = start.fence() + 2;

        var opened = there(store.open(name, ana));
        require(opened.fence() == ana, "an open must take its fence");
        require(opened.text().equals(start.text()), "an open must not change the text");
        require(there(store.open(name, ana)).fence() == ana, "an open that is said twice must be good twice");
        var base = opened.revision();
        require(store.save(name, ana, base, "Ana"), "a save under the opened fence must be accepted");
        require(!store.save(name, ana, base, "Ana again"), "a save over an older revision must be refused");
        require(
                there(store.read(name)).equals(new Row("Ana", base + 1, ana)),
                "a save must store its text, add 1 to revision and leave the fence");
        require(!store.save(name, ben, base + 1, "Ben"), "the waiting writer must be refused until he has opened");
        require(!store.save(name, LARGEST, base + 1, "Mallory"), "a save under an invented fence must be refused");
        require(store.save(name, ana, base + 1, "Ana 2"), "an invented fence must not refuse the holder's next save");
        require(there(store.open(name, ben)).text().equals("Ana 2"), "an open must read what was saved before it");
        require(!store.save(name, ana, base + 2, "Ana 3"), "the sleeper must be refused once another has opened");
        require(there(store.open(name, ana)).fence() == ben, "an open under a lower fence must not take it");
        require(store.save(name, ben, base + 2, start.text()), "a save of the newest holder must be accepted");
    }

    private static Row there(@Nullable Row row) {
        if (row == null) {
            throw new IllegalStateException("there is no text to try with");
        }
        return row;
    }

    private static void require(boolean isSo, String sentence) {
        if (!isSo) {
            throw new IllegalStateException(sentence + ": see docs/editing.md");
        }
    }

    /** The answer by what the method means: GET and HEAD read, POST opens and PUT saves. */
    Answer answer(String method, Call call) {
        return switch (method) {
            case "POST" -> open(call);
            case "PUT" -> save(call);
            default -> read(call);
        };
    }
}
