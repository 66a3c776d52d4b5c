package dev.copresence.store.redis;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.copresence.SessionBoard.Ending;
import dev.copresence.SessionBoard.Turn;
import dev.copresence.StoreUnavailableException;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.RedisOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What two instances tell one another of sessions over a real Redis. */
class RedisSessionBoardTest {

    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Vertx vertx = Vertx.vertx();
    private final RedisServer redis = RedisServer.start();
    private final List<RedisCalls> links = List.of(link(), link());
    private final RedisSessionBoard one = new RedisSessionBoard(vertx, links.get(0));
    private final RedisSessionBoard other = new RedisSessionBoard(vertx, links.get(1));
    private final String session = UUID.randomUUID().toString();

    private RedisCalls link() {
        var options = new RedisOptions().setConnectionString("redis://127.0.0.1:" + redis.port());
        var calls = new RedisCalls(vertx, options, made -> Future.succeededFuture());
        calls.open();
        return calls;
    }

    @BeforeEach
    void bothAreConnected() {
        for (var board : List.of(one, other)) {
            await().atMost(PATIENCE)
                    .ignoreExceptions()
                    .until(() -> get(board.endOf("nobody")).isEmpty());
        }
    }

    @AfterEach
    void close() {
        one.close();
        other.close();
        links.forEach(RedisCalls::close);
        redis.close();
        vertx.close();
    }

    @Test
    void oneHasTheTurnUntilItPostsTheOutcome() {
        assertEquals(Turn.OURS, get(one.claim(session, LONG)));
        assertEquals(Turn.THEIRS, get(other.claim(session, LONG)));
        assertEquals(Turn.THEIRS, get(one.claim(session, LONG)));

        get(one.post(session, "outcome", LONG));

        assertEquals(new Turn(false, "outcome"), get(other.claim(session, LONG)));
        assertEquals(new Turn(false, "outcome"), get(one.claim(session, LONG)));
    }

    @Test
    void aTurnThatIsGivenBackIsAnybodys() {
        get(one.claim(session, LONG));

        get(one.giveBack(session));

        assertEquals(Turn.OURS, get(other.claim(session, LONG)));
    }

    @Test
    void aTurnThatIsNotUsedPasses() {
        get(one.claim(session, Duration.ofMillis(50)));

        await().atMost(PATIENCE).until(() -> get(other.claim(session, LONG)).isOurs());
    }

    @Test
    void anEndingIsToldToTheOtherAndKept() {
        var told = new CopyOnWriteArrayList<Ending>();
        other.listen(told::add);
        var ending = new Ending(session, Instant.ofEpochMilli(1_700_000_000_123L));
        // The first look at the endings only finds out where they are.
        await().atMost(PATIENCE).until(() -> {
            get(one.end(ending, LONG));
            return told.contains(ending);
        });

        assertEquals(Optional.of(ending.at()), get(other.endOf(session)));
        assertEquals(Optional.empty(), get(other.endOf("another")));
    }

    @Test
    void withoutRedisEachCallFails() {
        redis.kill();

        assertThrows(StoreUnavailableException.class, () -> get(one.claim(session, LONG)));
        assertThrows(StoreUnavailableException.class, () -> get(one.endOf(session)));
    }

    private static <T> T get(Uni<T> answer) {
        return answer.await().atMost(PATIENCE);
    }
}
