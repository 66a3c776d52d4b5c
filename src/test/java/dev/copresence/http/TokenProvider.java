package dev.copresence.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.lang.JoseException;

/**
 * An OIDC provider of the tests' own: discovery, keys, a log of what it was asked, and tokens of every kind, good and bad.
 * It also announces introspection and user info, so that a service that would use them would be seen to.
 */
public class TokenProvider implements QuarkusTestResourceLifecycleManager {

    static final String AUDIENCE = "copresence";
    static final String KEYS = "/keys";

    private static final String RSA_ID = "rsa-1";
    private static final String EC_ID = "ec-1";

    private final KeyPair rsa = keyPair("RSA", 2048);
    private final KeyPair ec = keyPair("EC", 256);
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private volatile Map<String, KeyPair> published = Map.of();
    private volatile KeyPair signing = rsa;
    private volatile String signingId = RSA_ID;
    private volatile boolean isDown;
    private HttpServer server;

    @Override
    public Map<String, String> start() {
        publishKeys();
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::answer);
        server.setExecutor(Executors.newCachedThreadPool(work -> {
            var thread = new Thread(work, "provider");
            thread.setDaemon(true);
            return thread;
        }));
        server.start();
        return Map.of(
                "quarkus.oidc.auth-server-url",
                issuer(),
                "quarkus.oidc.devservices.enabled",
                "false",
                "quarkus.keycloak.devservices.enabled",
                "false",
                "quarkus.oidc.token.audience",
                AUDIENCE);
    }

    @Override
    public void inject(TestInjector tests) {
        tests.injectIntoFields(this, new TestInjector.MatchesType(TokenProvider.class));
    }

    @Override
    public void stop() {
        if (server != null) {
            server.stop(0);
        }
    }

    String issuer() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** The paths asked for since the start, in order. */
    List<String> requests() {
        return List.copyOf(requests);
    }

    long keyRequests() {
        return requests.stream().filter(KEYS::equals).count();
    }

    void publishKeys() {
        isDown = false;
        signing = rsa;
        signingId = RSA_ID;
        published = Map.of(RSA_ID, rsa, EC_ID, ec);
    }

    void withdrawKeys() {
        published = Map.of();
    }

    /** From now on it signs with another key, and publishes only that. */
    public void rollKeys() {
        signing = keyPair("RSA", 2048);
        signingId = "rsa-" + UUID.randomUUID();
        published = Map.of(signingId, signing);
    }

    /** Until the keys are published again every request is cut off without an answer. */
    void goDown() {
        isDown = true;
    }

    KeyPair rsa() {
        return rsa;
    }

    /** A token that is good for an hour. No two are the same, so none has been seen before. */
    public TestToken good(String subject) {
        var now = Instant.now().getEpochSecond();
        return TestToken.signedBy(signing.getPrivate())
                .withHeader("alg", "RS256")
                .withHeader("typ", "JWT")
                .withHeader("kid", signingId)
                .with("iss", issuer())
                .with("aud", AUDIENCE)
                .with("sub", subject)
                .with("iat", now)
                .with("exp", now + 3600)
                .with("jti", UUID.randomUUID().toString());
    }

    /** As {@link #good(String)}, with an elliptic curve. */
    TestToken goodWithCurve(String subject) {
        return good(subject).withHeader("alg", "ES256").withHeader("kid", EC_ID).withKey(ec.getPrivate());
    }

    static KeyPair keyPair(String algorithm, int bits) {
        try {
            var generator = KeyPairGenerator.getInstance(algorithm);
            generator.initialize(bits);
            return generator.generateKeyPair();
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        var path = exchange.getRequestURI().getPath();
        requests.add(path);
        if (isDown) {
            exchange.close();
            return;
        }
        var body = switch (path) {
            case "/.well-known/openid-configuration" -> discovery();
            case KEYS -> keys();
            default -> otherwise(path, exchange);
        };
        if (body == null) {
            return;
        }
        var bytes = body.encode().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    /** The most dangerous answer there could be, so that whoever asks is found out; null if the exchange was answered. */
    JsonObject otherwise(String path, HttpExchange exchange) throws IOException {
        return new JsonObject().put("active", true).put("sub", "mallory");
    }

    JsonObject discovery() {
        return new JsonObject()
                .put("issuer", issuer())
                .put("jwks_uri", issuer() + KEYS)
                .put("authorization_endpoint", issuer() + "/authorize")
                .put("token_endpoint", issuer() + "/token")
                .put("introspection_endpoint", issuer() + "/introspect")
                .put("userinfo_endpoint", issuer() + "/userinfo")
                .put("end_session_endpoint", issuer() + "/logout");
    }

    private JsonObject keys() {
        var keys = new JsonArray();
        published.forEach((id, pair) -> keys.add(publicKey(id, pair)));
        return new JsonObject().put("keys", keys);
    }

    static JsonObject publicKey(String id, KeyPair pair) {
        try {
            var key = PublicJsonWebKey.Factory.newPublicJwk(pair.getPublic());
            key.setKeyId(id);
            key.setUse("sig");
            return new JsonObject(key.toJson());
        } catch (JoseException e) {
            throw new AssertionError(e);
        }
    }
}
