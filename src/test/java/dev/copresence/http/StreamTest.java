package dev.copresence.http;

import static dev.copresence.http.Caller.newPage;
import static dev.copresence.http.Caller.newTab;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.copresence.Heartbeat;
import dev.copresence.PagePath;
import dev.copresence.PresenceRegistry;
import dev.copresence.TabId;
import dev.copresence.User;
import dev.copresence.UserId;
import io.quarkus.test.junit.QuarkusMock;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams over real connections, in a time that is moved by hand. */
@QuarkusTest
@TestProfile(ManualTime.Profile.class)
class StreamTest {

    private static final Duration TTL = Duration.ofSeconds(45);
    private static final Duration COALESCE = Duration.ofMillis(250);
    private static final Duration PING_EVERY = Duration.ofSeconds(15);
    private static final int STREAMS_PER_USER = 20;

    @Inject
    ManualTime time;

    @Inject
    Streams streams;

    @Inject
    PresenceRegistry registry;

    private final List<AutoCloseable> open = new ArrayList<>();
    private final Caller ana = Caller.stranger("ana");
    private final String page = newPage();
    private final String tab = newTab();

    @AfterEach
    void closeAll() throws Exception {
        for (var client : open) {
            client.close();
        }
        // What a closed peer leaves behind is found by the connection's end.
        await().until(streams::count, is(0));
    }

    // --- What a stream begins with

    @Test
    void aStreamBeginsWithThePresentSnapshotAsListHasIt() throws Exception { // S1, S3, S4
        ana.join(page, tab);

        var first = opened(page).nextSnapshot();

        var list = ana.list(page);
        assertEquals(list.extract().asString(), first.data());
        assertEquals(list.extract().header("ETag"), '"' + first.id() + '"');
    }

    @Test
    void noCacheKeepsAStreamAndNoProxyHoldsItBack() throws Exception { // S5
        var stream = opened(page);

        assertEquals(List.of("text/event-stream"), stream.header("Content-Type"));
        assertEquals(List.of("no-store, no-transform"), stream.header("Cache-Control"));
        assertEquals(List.of("no"), stream.header("X-Accel-Buffering"));
    }

    @Test
    void whoHasThePresentSnapshotHearsNothingUntilItChanges() throws Exception { // S3
        ana.join(page, tab);
        var known = ana.list(page).extract().header("ETag").replace("\"", "");
        var stream = reopened(known, page);

        ana.beat(page, tab, true);

        assertEquals(ana.id, stream.nextSnapshot().json().getString("editorUserId"));
    }

    @Test
    void whoHasAnOlderSnapshotGetsThePresentOneAtOnce() throws Exception { // S3
        var older = opened(page).nextSnapshot().id();
        ana.join(page, tab);

        var first = reopened(older, page).nextSnapshot();

        assertEquals(ana.listed(page), first.data());
    }

    @Test
    void whoHasTheSnapshotOfOnePageGetsThoseOfTheOthers() throws Exception { // S3
        ana.join(page, tab);
        var other = newPage();
        var known = ana.list(page).extract().header("ETag").replace("\"", "");

        var first = reopened(known, page, other).nextSnapshot();

        assertEquals(other, first.json().getString("pagePath"));
    }

    @Test
    void aStreamShowsUpToTwentyPages() throws Exception {
        var pages = Stream.generate(Caller::newPage).limit(20).toArray(String[]::new);
        var stream = opened(pages);
        var shown = new HashSet<String>();
        for (var i = 0; i < pages.length; i++) {
            shown.add(stream.nextSnapshot().json().getString("pagePath"));
        }

        ana.join(pages[19], tab);

        assertEquals(Set.of(pages), shown);
        assertEquals(pages[19], stream.nextSnapshot().json().getString("pagePath"));
    }

    @Test
    void aPageInTwoSpellingsIsShownOnce() throws Exception { // P1
        var stream = opened(page, page + "/");
        stream.nextSnapshot();

        ana.join(page, tab);

        assertEquals(1, stream.nextSnapshot().json().getInt("tabCount"));
    }

    @Test
    void aPageOfOddCharactersIsShownAsAnyOther() throws Exception { // P3
        var stream = opened(page + "/[slug]/100%");
        stream.nextSnapshot();

        ana.join(page + "/[slug]/100%", tab);

        assertEquals(page + "/%5Bslug%5D/100%25", stream.nextSnapshot().json().getString("pagePath"));
    }

    // --- Who gets none

    @Test
    void moreThanTwentyPagesAreRefused() throws Exception {
        var pages = Stream.generate(Caller::newPage).limit(21).toArray(String[]::new);

        SseClient.refusal(ana, pages).isProblem(400, "invalid-input").names("pagePath");
    }

    @ParameterizedTest
    @ValueSource(strings = {"docs", "/docs/../a", "/a?b", ""})
    void aStreamOfABadPageIsRefused(String bad) throws Exception { // P2
        SseClient.refusal(ana, page, bad).isProblem(400, "invalid-input").names("pagePath");
    }

    @Test
    void aStreamOfNoPageIsRefused() throws Exception {
        SseClient.refusal(ana).isProblem(400, "invalid-input").names("pagePath");
    }

    @Test
    void nobodyInParticularGetsNoStream() throws Exception { // I3
        SseClient.refusal(null, page).isProblem(401, "unauthenticated");
    }

    @Test
    void aUserGetsNoMoreStreamsThanTheLimitUntilOneIsClosed() throws Exception { // F3
        for (var i = 0; i < STREAMS_PER_USER; i++) {
            opened(page).nextSnapshot();
        }

        var refusal = SseClient.refusal(ana, page);
        open.remove(0).close();
        await().until(streams::count, is(STREAMS_PER_USER - 1));

        refusal.isProblem(429, "too-many-streams");
        assertEquals("15", refusal.header("Retry-After"));
        opened(page).nextSnapshot();
    }

    @Test
    void whoAsksForTheHeadersAloneHoldsNoStream() {
        var head = ana.request().queryParam("pagePath", page).head("/api/presence/stream");

        head.then().statusCode(200).header("Content-Type", is("text/event-stream"));
        assertEquals(0, streams.count());
    }

    // --- Changes

    @Test
    void joinEditAndLeaveAreAnnounced() throws Exception { // S1
        var stream = opened(page);
        stream.nextSnapshot();

        ana.join(page, tab);
        var joined = stream.nextSnapshot();
        time.advance(COALESCE);
        ana.beat(page, tab, true);
        var edited = stream.nextSnapshot();
        time.advance(COALESCE);
        ana.leave(page, tab);
        var left = stream.nextSnapshot();

        assertEquals(List.of(ana.id), joined.json().getList("viewers.id"));
        assertEquals(ana.id, edited.json().getString("editorUserId"));
        assertEquals(0, left.json().getInt("viewerCount"));
        assertEquals(ana.listed(page), left.data());
    }

    @Test
    void anExpiryIsAnnounced() throws Exception { // T4
        ana.join(page, tab);
        var stream = opened(page);
        stream.nextSnapshot();

        time.advance(TTL.plusMillis(1));

        assertEquals(0, stream.nextSnapshot().json().getInt("viewerCount"));
    }

    @Test
    void aHeartbeatThatChangesNothingIsNotAnnounced() throws Exception { // S2
        ana.join(page, tab);
        var stream = opened(page);
        stream.nextSnapshot();

        ana.beat(page, tab, false);
        ana.join(page, tab);
        time.advance(COALESCE);
        ana.beat(page, newTab(), false);

        assertEquals(2, stream.nextSnapshot().json().getInt("tabCount"));
    }

    @Test
    void aBatchIsAnnouncedLikeItsCalls() throws Exception {
        var stream = opened(page);
        stream.nextSnapshot();

        ana.post("batch", Map.of("heartbeats", List.of(Map.of("pagePath", page, "tabId", tab, "isEditing", true))));

        assertEquals(ana.id, stream.nextSnapshot().json().getString("editorUserId"));
    }

    @Test
    void anOpenStreamIsNotPresence() throws Exception { // S5
        var first = opened(page).nextSnapshot();

        assertEquals(0, first.json().getInt("viewerCount"));
        assertEquals(first.data(), ana.listed(page));
    }

    // --- Pings and ends

    @Test
    void aStreamIsPingedAgainAndAgain() throws Exception { // S5
        var stream = opened(page);
        stream.nextSnapshot();

        for (var i = 0; i < 2; i++) {
            time.advance(PING_EVERY);
            assertEquals("ping", stream.next().name());
        }
    }

    @Test
    void aStreamEndsWithItsCredentialAndSaysSo() throws Exception { // I4
        var stream = opened(page);
        stream.nextSnapshot();

        QuarkusMock.installMockForType(Clock.offset(Clock.systemUTC(), Duration.ofHours(13)), Clock.class);

        var bye = stream.next();
        assertEquals("bye", bye.name());
        assertEquals("expired", bye.json().getString("reason"));
        stream.assertEnds();
    }

    // --- Peers that do not read

    @Test
    void aReaderThatStopsDelaysNobodyAndGetsTheNewestWhenItReadsAgain() throws Exception { // S3
        crowd();
        var slow = stoppedReader();
        var quick = opened(page);
        quick.nextSnapshot();

        var changes = 40;
        var newest = "";
        for (var i = 0; i < changes; i++) {
            newest = change(i, quick);
        }

        var heard = 0;
        for (var line = slow.textLine(); !line.contains(newest); line = slow.textLine()) {
            heard += line.startsWith("data: ") ? 1 : 0;
        }
        assertTrue(heard < changes, () -> "it has skipped nothing");
    }

    @Test
    void aPeerThatTakesNothingLosesItsStream() throws Exception { // S3
        crowd();
        stoppedReader();
        var quick = opened(page);
        quick.nextSnapshot();
        for (var i = 0; i < 40; i++) {
            change(i, quick);
        }

        await().until(
                        () -> {
                            time.advance(PING_EVERY);
                            return streams.count();
                        },
                        is(1));
    }

    /** Has one of the crowd edit or stop it, and gives what the quick reader hears of that. */
    private String change(int number, SseClient quick) throws InterruptedException {
        time.advance(COALESCE);
        heartbeatOfTheCrowd(0, number % 2 == 0);
        return quick.nextSnapshot().id();
    }

    /** So many viewers, with all that a token may say of them, that the page's snapshot is some 200 KB. */
    private void crowd() {
        IntStream.range(0, 100).forEach(i -> heartbeatOfTheCrowd(i, false));
    }

    private void heartbeatOfTheCrowd(int number, boolean editing) {
        var picture = "https://pictures.example/" + "x".repeat(2000);
        var user = new User(new UserId(page + number), "n".repeat(User.MAX_NAME_LENGTH), picture);
        registry.heartbeat(user, new Heartbeat(new TabId(1, number), new PagePath(page), editing, false, null))
                .await()
                .indefinitely();
    }

    /** A stream whose reader has taken its head and then stops. */
    private RawConnection stoppedReader() throws IOException {
        var connection = RawConnection.withReceiveBuffer(4 << 10);
        open.add(connection);
        connection.sendHead(List.of(
                "GET /api/presence/stream?pagePath=" + page + " HTTP/1.1",
                "Host: " + RawConnection.host(),
                "Authorization: Bearer " + ana.token()));
        connection.textLine();
        return connection;
    }

    private SseClient opened(String... pages) throws IOException, InterruptedException {
        return reopened(null, pages);
    }

    private SseClient reopened(@Nullable String known, String... pages) throws IOException, InterruptedException {
        var client = SseClient.reopen(ana, known, pages);
        open.add(client);
        return client;
    }
}
