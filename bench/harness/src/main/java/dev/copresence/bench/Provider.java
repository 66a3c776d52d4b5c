package dev.copresence.bench;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A small OpenID Connect provider: discovery, keys, RS256 tokens, and a login page that signs in whoever comes, as the
 * account whose number the path names.
 *
 * <p>The key and the tokens are kept in a folder and used again while they are good, since signing many takes a while.
 */
final class Provider implements AutoCloseable {

    static final int PORT = 18090;
    static final String ISSUER = "http://127.0.0.1:" + PORT;
    static final String CLIENT = "copresence";
    static final String SECRET = "secret-of-the-bench-32-characters";

    private static final Duration LIFE = Duration.ofHours(12);
    private static final String KEY_ID = "bench";
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

    private final Path folder;
    private final KeyPair keys;
    private final HttpServer server;

    Provider(Path folder) throws IOException, GeneralSecurityException {
        this.folder = Files.createDirectories(folder);
        keys = keys(folder.resolve("key.pkcs8"));
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), PORT), 64);
        server.createContext("/", this::answer);
        server.start();
    }

    /** The first {@code count} accounts. */
    List<Account> accounts(int count) throws IOException {
        var file = folder.resolve("tokens-" + count);
        var fresh = Instant.now().minus(LIFE.dividedBy(2));
        if (!Files.exists(file) || Files.getLastModifiedTime(file).toInstant().isBefore(fresh)) {
            System.err.println("signing " + count + " tokens");
            var tokens = IntStream.range(0, count)
                    .parallel()
                    .mapToObj(number -> token(number, ""))
                    .toList();
            Files.write(file, tokens);
        }
        var tokens = Files.readAllLines(file);
        return IntStream.range(0, count)
                .mapToObj(number -> new Account(
                        Account.id(number), Account.name(number), Account.avatar(number), tokens.get(number)))
                .toList();
    }

    /** The account of that number with a token that says this name, or none if it is null. */
    Account account(int number, String name) {
        return new Account(Account.id(number), name, null, token(number, name, null, ""));
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private static KeyPair keys(Path file) throws IOException, GeneralSecurityException {
        if (!Files.exists(file)) {
            var generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            Files.write(file, generator.generateKeyPair().getPrivate().getEncoded());
        }
        var factory = KeyFactory.getInstance("RSA");
        PrivateKey secret = factory.generatePrivate(new PKCS8EncodedKeySpec(Files.readAllBytes(file)));
        var numbers = (RSAPrivateCrtKey) secret;
        var open = factory.generatePublic(new RSAPublicKeySpec(numbers.getModulus(), numbers.getPublicExponent()));
        return new KeyPair(open, secret);
    }

    private String token(int number, String more) {
        return token(number, Account.name(number), Account.avatar(number), more);
    }

    private String token(int number, String name, String avatar, String more) {
        var now = Instant.now().getEpochSecond();
        var claims = """
                {"iss":"%s","aud":"%s","sub":"%s"%s,"iat":%d,"exp":%d,"jti":"%032x"%s}""".formatted(
                        ISSUER,
                        CLIENT,
                        Account.id(number),
                        name == null
                                ? ""
                                : ",\"name\":\"%s\",\"preferred_username\":\"%s\"".formatted(name, Account.id(number))
                                        + (avatar == null ? "" : ",\"picture\":\"" + avatar + "\""),
                        now,
                        now + LIFE.toSeconds(),
                        number,
                        more);
        var head = "{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"" + KEY_ID + "\"}";
        var signed = base64(head) + "." + base64(claims);
        try {
            var signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(keys.getPrivate());
            signature.update(signed.getBytes(StandardCharsets.US_ASCII));
            return signed + "." + BASE64.encodeToString(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String base64(String text) {
        return BASE64.encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private void answer(HttpExchange exchange) throws IOException {
        var path = exchange.getRequestURI().getPath();
        switch (path) {
            case "/.well-known/openid-configuration" -> send(exchange, discovery());
            case "/keys" -> send(exchange, jwks());
            case "/authorize" -> authorize(exchange);
            case "/token" ->
                send(exchange, tokens(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
            default -> exchange.sendResponseHeaders(404, -1);
        }
        exchange.close();
    }

    private static String discovery() {
        return """
                {"issuer":"%1$s","jwks_uri":"%1$s/keys","authorization_endpoint":"%1$s/authorize",\
                "token_endpoint":"%1$s/token","end_session_endpoint":"%1$s/logout"}""".formatted(ISSUER);
    }

    private String jwks() {
        var key = (RSAPublicKey) keys.getPublic();
        return """
                {"keys":[{"kty":"RSA","use":"sig","alg":"RS256","kid":"%s","n":"%s","e":"%s"}]}""".formatted(
                        KEY_ID,
                        BASE64.encodeToString(unsigned(key.getModulus().toByteArray())),
                        BASE64.encodeToString(unsigned(key.getPublicExponent().toByteArray())));
    }

    private static byte[] unsigned(byte[] number) {
        return number[0] == 0 ? java.util.Arrays.copyOfRange(number, 1, number.length) : number;
    }

    /** Whoever wants to log in says as whom with a cookie that only the bench sends. */
    private static void authorize(HttpExchange exchange) throws IOException {
        var query = exchange.getRequestURI().getRawQuery();
        var cookie = exchange.getRequestHeaders().getFirst("Cookie");
        var code = cookie.substring(cookie.indexOf("account=") + "account=".length());
        exchange.getResponseHeaders()
                .set(
                        "Location",
                        parameter(query, "redirect_uri") + "?code=" + code + "&state=" + parameter(query, "state"));
        exchange.sendResponseHeaders(302, -1);
    }

    private String tokens(String form) {
        var token = token(Integer.parseInt(parameter(form, "code")), "");
        return """
                {"token_type":"Bearer","expires_in":%d,"id_token":"%s","access_token":"%s","refresh_token":"%s"}""".formatted(LIFE.toSeconds(), token, token, "refresh");
    }

    private static String parameter(String form, String name) {
        for (var pair : form.split("&")) {
            if (pair.startsWith(name + "=")) {
                return URLDecoder.decode(pair.substring(name.length() + 1), StandardCharsets.UTF_8);
            }
        }
        throw new IllegalArgumentException("no " + name);
    }

    private static void send(HttpExchange exchange, String json) throws IOException {
        var bytes = json.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes);
    }
}
