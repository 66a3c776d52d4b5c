package dev.copresence.http;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of the sessions of browsers: how they begin, are renewed, go bad and end. */
@QuarkusTest
@TestProfile(SessionsTest.Profile.class)
class SessionsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int LONG_AGO = -600;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String sid = UUID.randomUUID().toString();

    /** Set by the test resource. */
    LoginProvider provider;

    @TestHTTPResource
    URI service;

    @BeforeEach
    void allIsWell() {
        provider.publishKeys();
        provider.cancel(false);
        provider.setInTrouble(false);
    }

    // --- A login heals itself

    static Stream<Arguments> badCookies() {
        var name = LoginProvider.COOKIE;
        var garbage = LoginProvider.encrypt("not|what|it|should|be", LoginProvider.SECRET);
        return Stream.of(
                        name + "=",
                        name + "=bogus",
                        name + "=a.b.c.d.e",
                        name + "=a|b|c",
                        name + "=" + garbage,
                        name + "=" + LoginProvider.encrypt("x", "another-secret-that-was-used-before-a-change"),
                        name + "_chunk_1=bogus",
                        name + "_chunk_2=bogus",
                        name + "_chunk_x=bogus; " + name + "_chunk_1=bogus",
                        name + "=; " + name + "_chunk_1=bogus",
                        "q_session=another-application; " + name + "=bogus")
                .flatMap(cookie ->
                        Stream.of("/login?to=/docs/a", "/docs/welcome/").map(page -> arguments(cookie, page)));
    }

    @ParameterizedTest
    @MethodSource("badCookies")
    @DisplayName("I3: whatever is wrong with the cookie, a page leads to the provider and the cookie is removed")
    void aBadCookieLeadsToTheProvider(String cookie, String page) throws Exception {
        // when
        var answer = open(page, cookie);

        // then
        assertIsOnTheWay(answer);
        for (var one : cookie.split("; ")) {
            var name = one.split("=")[0];
            if (name.startsWith(LoginProvider.COOKIE)) {
                assertTrue(removed(answer).contains(name), () -> name + ": " + answer.headers());
            }
        }
        assertFalse(
                removed(answer).contains("q_session"), () -> answer.headers().toString());
    }

    @Test
    @DisplayName("I3: a session that the provider has ended leads to the provider, and to machines it is a 401")
    void anEndedSessionLeadsToTheProvider() throws Exception {
        // given
        var cookie = provider.cookie("alice", sid, LONG_AGO);
        provider.end(sid);

        // then
        Answers.isProblem(me(cookie), 401, "unauthenticated");
        assertIsOnTheWay(open("/login", cookie));
        assertEquals(List.of(LoginProvider.COOKIE), removed(open("/docs/welcome/", cookie)));
    }

    @Test
    @DisplayName("I3: a session whose key the provider has withdrawn leads to the provider")
    void aSessionOfAWithdrawnKeyLeadsToTheProvider() throws Exception {
        // given
        var cookie = provider.cookie("alice", sid, 600);
        provider.rollKeys();
        bearerOfAnUnknownKey();

        // then
        await().atMost(PATIENCE).untilAsserted(() -> assertIsOnTheWay(open("/login", cookie)));

        provider.publishKeys();
        await().atMost(PATIENCE)
                .until(() -> bearer(provider.good("alice").compact()).statusCode() == 200);
    }

    @Test
    @DisplayName("F1: while the provider is away an expired session is kept, and its browser told so")
    void anOutageEndsNoSession() throws Exception {
        // given
        var cookie = provider.cookie("alice", sid, LONG_AGO);

        // when
        provider.setInTrouble(true);
        var page = open("/docs/welcome/", cookie);
        var call = me(cookie);
        provider.setInTrouble(false);

        // then
        assertEquals(503, page.statusCode(), page::body);
        assertTrue(page.headers().firstValue("Content-Type").orElse("").startsWith("text/html"));
        assertEquals("5", page.headers().firstValue("Retry-After").orElse(""));
        assertTrue(setCookies(page).isEmpty(), () -> page.headers().toString());
        assertEquals(503, call.statusCode(), call::body);
        assertEquals(200, me(cookie).statusCode());
    }

    @Test
    @DisplayName("I3: a browser with a bad cookie is signed in and comes back to its page")
    void aBrowserWithABadCookieIsSignedIn() throws Exception {
        // given
        var jar = new TreeMap<>(Map.of(LoginProvider.COOKIE, "bogus", LoginProvider.COOKIE + "_chunk_1", "bogus"));

        // when
        var page = follow("/login?to=/docs/welcome/", jar);

        // then
        assertEquals(200, page.statusCode(), page::body);
        assertEquals("/docs/welcome/", page.uri().getPath());
        assertEquals(200, me(cookies(jar)).statusCode());
    }

    @Test
    @DisplayName("I3: a bad cookie that comes back during the login does not stop it")
    void aBadCookieDoesNotStopALogin() throws Exception {
        // given
        var jar = new TreeMap<String, String>();
        var way = open("/login?to=/docs/welcome/", "");
        keep(way, jar);
        var back = send(URI.create(location(way)), "");
        jar.put(LoginProvider.COOKIE, "bogus");

        // when
        var page = send(URI.create(location(back)), cookies(jar));
        keep(page, jar);

        // then
        assertEquals(302, page.statusCode(), page::body);
        assertEquals(200, me(cookies(jar)).statusCode());
    }

    @Test
    @DisplayName("I3: a login that was cancelled ends on a page that leads on, and in no circle")
    void aCancelledLoginEndsOnAPage() throws Exception {
        // given
        provider.cancel(true);

        // when
        var page = follow("/login?to=/docs/welcome/", new TreeMap<>());

        // then
        assertLoginPage(page);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/login?code=bogus&state=bogus",
                "/login?error=access_denied&state=bogus",
                "/login?error=access_denied",
                "/login?code=bogus",
                "/login?state=bogus",
                "/login?state=a&state=b&code=c"
            })
    @DisplayName("I3: a return from the provider that is stale ends on a page, with other logins under way or without")
    void aStaleReturnEndsOnAPage(String address) throws Exception {
        // given
        var jar = new TreeMap<String, String>();
        keep(open("/login", ""), jar);

        // then
        assertLoginPage(open(address, ""));
        var page = open(address, cookies(jar));
        assertLoginPage(page);
        assertEquals(List.copyOf(jar.keySet()), removed(page));
    }

    @Test
    @DisplayName("I3: the back button to a return from the provider leads on, signed in or not")
    void aReturnThatWasUsedLeadsOn() throws Exception {
        // given
        var jar = new TreeMap<String, String>();
        keep(open("/login?to=/docs/welcome/", ""), jar);
        var before = new TreeMap<>(jar);
        var return1 = location(send(URI.create(location(open("/login", ""))), ""));
        var page = follow("/login?to=/docs/welcome/", jar);
        assertEquals(200, page.statusCode());

        // then
        var again = send(URI.create(return1), cookies(jar));
        assertTrue(again.statusCode() == 302 || again.statusCode() == 303, again::body);
        assertLoginPage(send(URI.create(return1), cookies(before)));
    }

    @Test
    @DisplayName("I3: logins that are begun and not ended do not pile up")
    void loginsDoNotPileUp() throws Exception {
        // given
        var jar = new TreeMap<String, String>();

        // when
        for (var i = 0; i < 30; i++) {
            keep(open("/login?to=/docs/" + "x".repeat(200), cookies(jar)), jar);

            // then
            assertTrue(
                    cookies(jar).length() < 10_000,
                    "length of the cookies: " + cookies(jar).length());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cors", "no-cors", "same-origin", "websocket"})
    @DisplayName("I3: what could not show the provider's form is not sent there")
    void aScriptIsNotSentToTheProvider(String mode) throws Exception {
        // when
        var answer = http.send(
                request("/docs/welcome/", "").header("Sec-Fetch-Mode", mode).build(), BodyHandlers.ofString());

        // then
        Answers.isProblem(answer, 401, "unauthenticated");
        assertTrue(setCookies(answer).isEmpty(), () -> answer.headers().toString());
    }

    // --- A session is renewed once

    @Test
    @DisplayName(
            "I4: calls and pages that come at once with an expired session have it renewed once, and all go on with it")
    void parallelRequestsRenewASessionOnce() throws Exception {
        // given
        var cookie = provider.cookie("alice", sid, LONG_AGO);
        var before = provider.refreshed().size();
        var go = provider.holdRefreshes();
        var answers = new ArrayList<CompletableFuture<HttpResponse<String>>>();

        // when
        answers.add(later("/api/presence/me", cookie));
        await().atMost(PATIENCE).until(() -> provider.refreshed().size() > before);
        IntStream.range(0, 5).forEach(i -> answers.add(later("/api/presence/me", cookie)));
        answers.add(later("/docs/welcome/", cookie));
        go.countDown();

        // then
        var sessions = answers.stream()
                .map(CompletableFuture::join)
                .peek(answer -> {
                    assertEquals(200, answer.statusCode(), answer::body);
                })
                .map(answer -> session(answer))
                .distinct()
                .toList();
        assertEquals(1, sessions.size(), sessions::toString);
        assertEquals(before + 1, provider.refreshed().size());
        assertFalse(provider.hasEnded(sid));
    }

    @Test
    @DisplayName("I4: who comes late with the old cookie is told the new one, and no refresh token is used twice")
    void aLateCallerIsToldTheNewSession() throws Exception {
        // given
        var old = provider.cookie("alice", sid, LONG_AGO);
        var first = me(old);

        // when
        var late = me(old);
        var next = me(session(first));

        // then
        assertEquals(200, late.statusCode());
        assertEquals(session(first), session(late));
        assertEquals(200, next.statusCode());
        assertTrue(setCookies(next).isEmpty(), () -> next.headers().toString());
        assertFalse(provider.hasEnded(sid));
    }

    @Test
    @DisplayName("I4: a session that cannot be renewed is asked about once in a while and not with each call")
    void aDeadSessionIsNotAskedAboutEachTime() throws Exception {
        // given
        var cookie = provider.cookie("alice", sid, LONG_AGO);
        provider.end(sid);
        var before = provider.refreshed().size();

        // when
        for (var i = 0; i < 10; i++) {
            Answers.isProblem(me(cookie), 401, "unauthenticated");
        }

        // then
        assertEquals(before + 1, provider.refreshed().size());
    }

    @Test
    @DisplayName("I3: only the session's own cookies count: no other is remembered, or leads around the memory")
    void otherCookiesDoNotCount() throws Exception {
        // given
        var cookie = provider.cookie("alice", sid, LONG_AGO);
        me(cookie);
        var before = provider.refreshed().size();

        // then
        for (var other : List.of(
                "q_session_z=x; %s",
                "%s; q_session=x",
                "a=b; %s; " + LoginProvider.COOKIE + "_chunk_7=x",
                "%s;" + LoginProvider.COOKIE + "x=y")) {
            assertEquals(200, me(other.formatted(cookie)).statusCode(), other);
        }
        assertEquals(before, provider.refreshed().size());
    }

    @Test
    @DisplayName("I5: the text of a cookie that is remembered is nobody's as a bearer")
    void aCookieIsNoBearer() throws Exception {
        // given
        var cookie = provider.cookie("alice", sid, 600);
        assertEquals(200, me(cookie).statusCode());

        // when
        var answer = http.send(
                request("/api/presence/me", "").header("Authorization", cookie).build(), BodyHandlers.ofString());

        // then
        Answers.isProblem(answer, 401, "unauthenticated");
    }

    // --- A session ends

    @Test
    @DisplayName("I3: after a logout a copy of the cookie is no good, and the provider ends its session too")
    void aLogoutEndsTheSession() throws Exception {
        // given
        var cookie = provider.cookie("alice", sid, 600);
        var older = provider.cookie("alice", sid, LONG_AGO);
        assertEquals(200, me(cookie).statusCode());
        var before = provider.refreshed().size();

        // when
        var answer = open("/logout", cookie);

        // then
        assertEquals(303, answer.statusCode(), answer::body);
        assertTrue(location(answer).startsWith(provider.issuer() + "/logout?id_token_hint="), location(answer));
        assertTrue(location(answer).contains("&post_logout_redirect_uri="), location(answer));
        assertEquals(List.of(LoginProvider.COOKIE), removed(answer));
        Answers.isProblem(me(cookie), 401, "unauthenticated");
        Answers.isProblem(me(older), 401, "unauthenticated");
        assertEquals(before, provider.refreshed().size());
        assertIsOnTheWay(open("/docs/welcome/", cookie));
    }

    @ParameterizedTest
    @MethodSource("badCookies")
    @DisplayName("I3: a logout with a bad cookie, or none, ends where a logout ends")
    void aLogoutWithABadCookieEndsToo(String cookie, String page) throws Exception {
        for (var one : List.of("", cookie)) {
            var answer = open("/logout", one);

            assertEquals(303, answer.statusCode(), answer::body);
            assertEquals("/", URI.create(location(answer)).getPath());
        }
    }

    static Stream<Map<String, String>> foreignPages() {
        return Stream.of(
                Map.of("Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate"),
                Map.of("Sec-Fetch-Site", "same-site", "Sec-Fetch-Mode", "navigate"),
                Map.of("Sec-Fetch-Site", "same-origin", "Sec-Fetch-Mode", "no-cors"),
                Map.of("Sec-Fetch-Site", "same-origin", "Sec-Fetch-Mode", "navigate", "Sec-Purpose", "prefetch"),
                Map.of("Referer", "https://evil.example/"));
    }

    @ParameterizedTest
    @MethodSource("foreignPages")
    @DisplayName("I5: no page of another site, picture or prefetch signs anybody out")
    void aForeignPageSignsNobodyOut(Map<String, String> headers) throws Exception {
        // given
        var cookie = provider.cookie("alice", sid, 600);
        var request = request("/logout", cookie);
        headers.forEach(request::header);

        // when
        var answer = http.send(request.build(), BodyHandlers.ofString());

        // then
        assertEquals(403, answer.statusCode(), answer::body);
        assertTrue(answer.body().contains("href=\"/logout\""), answer::body);
        assertTrue(setCookies(answer).isEmpty(), () -> answer.headers().toString());
        assertEquals(200, me(cookie).statusCode());
    }

    @Test
    @DisplayName("I3: the provider's word that a session has ended ends it here, for cookies, bearers and streams")
    void theProviderEndsASession() throws Exception {
        // given
        var cookie = provider.cookie("alice", sid, 600);
        var bearer = provider.good("alice").with("sid", sid).compact();
        var other = provider.cookie("alice", "another", 600);
        assertEquals(200, me(cookie).statusCode());
        assertEquals(200, bearer(bearer).statusCode());
        try (var stream = OpenStream.of(service, "/sessions/back-channel", bearer)) {
            stream.next("snapshot");

            // when
            var answer = backChannel(provider.logoutToken().with("sid", sid).compact());

            // then
            assertEquals(200, answer.statusCode(), answer::body);
            Answers.isProblem(me(cookie), 401, "unauthenticated");
            Answers.isProblem(bearer(bearer), 401, "unauthenticated");
            assertEquals(200, me(other).statusCode());
            stream.next("bye");
        }
    }

    @Test
    @DisplayName("I3: the provider's word on a user ends what was issued before")
    void theProviderEndsAllSessionsOfAUser() throws Exception {
        // given
        var user = "user-" + sid;
        var cookie = provider.cookie(user, sid, 600);
        assertEquals(200, me(cookie).statusCode());
        var now = Instant.now().getEpochSecond();

        // when
        var answer = backChannel(
                provider.logoutToken().with("sub", user).with("iat", now - 60).compact());

        // then
        assertEquals(200, answer.statusCode(), answer::body);
        Answers.isProblem(me(cookie), 401, "unauthenticated");
        assertEquals(200, bearer(provider.good(user).compact()).statusCode());
    }

    @Test
    @DisplayName("I3: what is no logout token of the provider's ends nothing")
    void aForgedLogoutTokenEndsNothing() throws Exception {
        // given
        var cookie = provider.cookie("alice", sid, 600);
        var good = provider.logoutToken().with("sid", sid);

        // then
        for (var bad : List.of(
                "",
                "bogus",
                provider.good("alice").with("sid", sid).compact(),
                good.with("nonce", "n").compact(),
                good.with("events", "x").compact(),
                good.without("events").compact(),
                good.with("exp", 1).compact(),
                good.with("iss", "https://issuer.example").compact(),
                good.with("aud", "another-service").compact(),
                good.withKey(TokenProvider.keyPair("RSA", 2048).getPrivate()).compact())) {
            Answers.isProblem(backChannel(bad), 400, "invalid-input");
        }
        assertEquals(200, me(cookie).statusCode());
    }

    private HttpResponse<String> backChannel(String token) throws Exception {
        return http.send(
                HttpRequest.newBuilder(service.resolve("/logout/backchannel"))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(BodyPublishers.ofString(
                                "logout_token=" + URLEncoder.encode(token, StandardCharsets.UTF_8)))
                        .build(),
                BodyHandlers.ofString());
    }

    private void bearerOfAnUnknownKey() throws Exception {
        bearer(provider.good("alice").compact());
    }

    private HttpResponse<String> bearer(String token) throws Exception {
        return http.send(
                request("/api/presence/me", "")
                        .header("Authorization", "Bearer " + token)
                        .build(),
                BodyHandlers.ofString());
    }

    private HttpResponse<String> me(String cookie) throws Exception {
        return send(service.resolve("/api/presence/me"), cookie);
    }

    private HttpResponse<String> open(String page, String cookie) throws Exception {
        return send(service.resolve(page), cookie);
    }

    private HttpResponse<String> send(URI address, String cookie) throws Exception {
        return http.send(request(address, cookie).build(), BodyHandlers.ofString());
    }

    private CompletableFuture<HttpResponse<String>> later(String page, String cookie) {
        return http.sendAsync(request(page, cookie).build(), BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String page, String cookie) {
        return request(service.resolve(page), cookie);
    }

    private static HttpRequest.Builder request(URI address, String cookie) {
        var request = HttpRequest.newBuilder(address)
                .timeout(PATIENCE)
                .header("Accept", "text/html,application/xhtml+xml,*/*;q=0.8");
        return cookie.isEmpty() ? request : request.header("Cookie", cookie);
    }

    private HttpResponse<String> follow(String page, Map<String, String> jar) throws Exception {
        var answer = open(page, cookies(jar));
        for (var i = 0; i < 10 && answer.statusCode() / 100 == 3; i++) {
            var from = answer.uri();
            if (from.getPort() == service.getPort()) {
                keep(answer, jar);
            }
            var to = from.resolve(location(answer));
            answer = send(to, to.getPort() == service.getPort() ? cookies(jar) : "");
        }
        return answer;
    }

    private static String cookies(Map<String, String> jar) {
        var pairs = new ArrayList<String>();
        jar.forEach((name, value) -> pairs.add(name + "=" + value));
        return String.join("; ", pairs);
    }

    private static void keep(HttpResponse<?> answer, Map<String, String> jar) {
        removed(answer).forEach(jar::remove);
        setCookies(answer).forEach(pair -> jar.put(pair.split("=", 2)[0], pair.split("=", 2)[1]));
    }

    private static String location(HttpResponse<?> answer) {
        return answer.headers().firstValue("Location").orElse("");
    }

    /** Of the cookies that an answer sets, the session, as a browser sends it. */
    private static String session(HttpResponse<?> answer) {
        return setCookies(answer).stream()
                .filter(pair -> pair.startsWith(LoginProvider.COOKIE))
                .findFirst()
                .orElse("none");
    }

    private static List<String> setCookies(HttpResponse<?> answer) {
        return answer.headers().allValues("Set-Cookie").stream()
                .filter(line -> !line.contains("Max-Age=0"))
                .map(line -> line.split(";")[0])
                .toList();
    }

    private static List<String> removed(HttpResponse<?> answer) {
        return answer.headers().allValues("Set-Cookie").stream()
                .filter(line -> line.contains("Max-Age=0"))
                .map(line -> line.split("=")[0])
                .sorted()
                .toList();
    }

    private void assertIsOnTheWay(HttpResponse<String> answer) {
        assertEquals(302, answer.statusCode(), answer::body);
        assertTrue(location(answer).startsWith(provider.issuer() + "/authorize?"), location(answer));
        assertTrue(location(answer).contains("code_challenge_method=S256"), location(answer));
        assertTrue(location(answer).contains("&nonce="), location(answer));
    }

    private static void assertLoginPage(HttpResponse<String> answer) {
        assertEquals(401, answer.statusCode(), () -> answer.headers() + answer.body());
        assertTrue(answer.body().contains("href=\"/login\""), answer::body);
    }

    /** With a provider of the test's own that logs people in. */
    public static class Profile implements QuarkusTestProfile {

        @Override
        public List<TestResourceEntry> testResources() {
            return List.of(new TestResourceEntry(LoginProvider.class));
        }
    }
}
