package dev.copresence.http;

import com.sun.net.httpserver.HttpExchange;
import io.quarkus.oidc.runtime.OidcUtils;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.crypto.spec.SecretKeySpec;

/**
 * A provider at which everybody is logged in already: the code flow with PKCE and nonce, refresh tokens that are good once, and
 * the end of the whole session when one comes twice, as Keycloak, Auth0 and others have it.
 */
public class LoginProvider extends TokenProvider {

    static final String COOKIE = "q_session_Default_copresence";
    static final String SECRET = "a-secret-of-the-tests-for-the-cookies";

    private record Login(String subject, String sid, String nonce, String challenge) {}

    private final Map<String, Login> codes = new ConcurrentHashMap<>();
    private final Map<String, Login> refreshTokens = new ConcurrentHashMap<>();
    private final Set<String> used = ConcurrentHashMap.newKeySet();
    private final Set<String> ended = ConcurrentHashMap.newKeySet();
    private final List<String> refreshed = new CopyOnWriteArrayList<>();
    private volatile CountDownLatch mayRefresh = new CountDownLatch(0);
    private volatile boolean cancels;
    private volatile boolean isInTrouble;

    @Override
    public Map<String, String> start() {
        var config = new HashMap<>(super.start());
        config.put("quarkus.oidc.credentials.secret", "a-secret-of-the-tests");
        config.put("quarkus.oidc.authentication.nonce-required", "true");
        config.put("quarkus.oidc.token-state-manager.encryption-secret", SECRET);
        return config;
    }

    @Override
    public void inject(TestInjector tests) {
        tests.injectIntoFields(this, new TestInjector.MatchesType(LoginProvider.class));
    }

    /** The refresh tokens that were sent, good and bad. */
    List<String> refreshed() {
        return List.copyOf(refreshed);
    }

    boolean hasEnded(String sid) {
        return ended.contains(sid);
    }

    void end(String sid) {
        ended.add(sid);
    }

    /** From now on refreshing waits until the latch is open. */
    CountDownLatch holdRefreshes() {
        mayRefresh = new CountDownLatch(1);
        return mayRefresh;
    }

    /** From now on the user presses Cancel. */
    void cancel(boolean cancels) {
        this.cancels = cancels;
    }

    /** From now on a proxy answers for it that it is away. */
    void setInTrouble(boolean isInTrouble) {
        this.isInTrouble = isInTrouble;
    }

    /** A cookie as the service would have set it some time ago, whose ID token is good for that many seconds from now. */
    String cookie(String subject, String sid, long seconds) {
        return cookie(subject, sid, seconds, SECRET);
    }

    String cookie(String subject, String sid, long seconds, String secret) {
        var refresh = UUID.randomUUID().toString();
        refreshTokens.put(refresh, new Login(subject, sid, "", ""));
        var end = Instant.now().getEpochSecond() + seconds;
        var id = idToken(new Login(subject, sid, "", ""))
                .with("iat", end - 3600)
                .with("exp", end)
                .compact();
        return COOKIE + "=" + encrypt(id + "|" + good(subject).compact() + "|300||" + refresh, secret);
    }

    static String encrypt(String text, String secret) {
        try {
            return OidcUtils.encryptString(text, new SecretKeySpec(sha256(secret), "AES"));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private TestToken idToken(Login login) {
        var token = good(login.subject()).with("sid", login.sid());
        return login.nonce().isEmpty() ? token : token.with("nonce", login.nonce());
    }

    /** A back-channel logout token. */
    TestToken logoutToken() {
        var token = good("alice").without("sub").withHeader("typ", "logout+jwt");
        return token.with(
                "events", new JsonObject().put("http://schemas.openid.net/event/backchannel-logout", new JsonObject()));
    }

    @Override
    JsonObject discovery() {
        return super.discovery().put("revocation_endpoint", issuer() + "/revoke");
    }

    @Override
    JsonObject otherwise(String path, HttpExchange exchange) throws IOException {
        return switch (path) {
            case "/authorize" -> authorize(exchange);
            case "/token" -> token(exchange);
            case "/revoke" -> revoke(exchange);
            default -> super.otherwise(path, exchange);
        };
    }

    /** Who sits before the browser, if the browser has a cookie {@code user} that says so. */
    private static String cookie(HttpExchange exchange) {
        var cookie = exchange.getRequestHeaders().getFirst("Cookie");
        return cookie == null || !cookie.startsWith("user=") ? null : cookie.substring("user=".length());
    }

    private JsonObject authorize(HttpExchange exchange) throws IOException {
        var query = form(exchange.getRequestURI().getRawQuery());
        var back = URI.create(query.get("redirect_uri"));
        var code = UUID.randomUUID().toString();
        codes.put(
                code,
                new Login(
                        Objects.requireNonNullElse(cookie(exchange), "alice"),
                        UUID.randomUUID().toString(),
                        query.getOrDefault("nonce", ""),
                        query.getOrDefault("code_challenge", "")));
        var answer = cancels ? "error=access_denied" : "code=" + code;
        exchange.getResponseHeaders().set("Location", back + "?" + answer + "&state=" + query.get("state"));
        exchange.sendResponseHeaders(302, -1);
        exchange.close();
        return null;
    }

    private JsonObject token(HttpExchange exchange) throws IOException {
        var form = form(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        if (isInTrouble) {
            return answer(exchange, 502, "<html>Bad Gateway</html>");
        }
        if ("authorization_code".equals(form.get("grant_type"))) {
            var login = codes.remove(form.get("code"));
            if (login == null || !login.challenge().equals(challenge(form.getOrDefault("code_verifier", "")))) {
                return answer(
                        exchange,
                        400,
                        new JsonObject().put("error", "invalid_grant").encode());
            }
            return tokens(login);
        }
        var refresh = form.get("refresh_token");
        refreshed.add(refresh);
        awaitLeave();
        var login = refreshTokens.get(refresh);
        if (login != null && !used.add(refresh)) {
            ended.add(login.sid());
        }
        if (login == null || ended.contains(login.sid())) {
            return answer(
                    exchange,
                    400,
                    new JsonObject().put("error", "invalid_grant").encode());
        }
        return tokens(new Login(login.subject(), login.sid(), "", ""));
    }

    private void awaitLeave() {
        try {
            mayRefresh.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private JsonObject tokens(Login login) {
        var refresh = UUID.randomUUID().toString();
        refreshTokens.put(refresh, login);
        return new JsonObject()
                .put("access_token", good(login.subject()).compact())
                .put("id_token", idToken(login).compact())
                .put("refresh_token", refresh)
                .put("expires_in", 300)
                .put("token_type", "Bearer");
    }

    private JsonObject revoke(HttpExchange exchange) throws IOException {
        var form = form(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        var login = refreshTokens.get(form.get("token"));
        if (login != null) {
            ended.add(login.sid());
        }
        return answer(exchange, 200, "");
    }

    private static JsonObject answer(HttpExchange exchange, int status, String body) throws IOException {
        var bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
        return null;
    }

    private static Map<String, String> form(String text) {
        var fields = new HashMap<String, String>();
        for (var field : text.split("&")) {
            var parts = field.split("=", 2);
            fields.put(parts[0], URLDecoder.decode(parts.length == 1 ? "" : parts[1], StandardCharsets.UTF_8));
        }
        return fields;
    }

    private static String challenge(String verifier) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(sha256(verifier));
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
