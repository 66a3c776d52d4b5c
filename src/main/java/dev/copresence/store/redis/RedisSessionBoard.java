package dev.copresence.store.redis;

import dev.copresence.SessionBoard;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The board of several instances, in Redis. Each note is one key that expires by itself; endings also stand in a stream, which
 * every instance reads once a second. While Redis is away all calls fail at once.
 */
final class RedisSessionBoard implements SessionBoard, AutoCloseable {

    private static final String RENEWAL = "copresence:renewal:";
    private static final String ENDED = "copresence:ended:";
    private static final String ENDINGS = "copresence:endings";

    private static final long READ_EVERY_MILLIS = 1000;
    private static final int ENDINGS_KEPT = 10_000;
    private static final int ENDINGS_AT_ONCE = 1000;
    private static final Duration ENDINGS_LIFE = Duration.ofDays(1);

    private final Vertx vertx;
    private final RedisCalls redis;
    private volatile @Nullable Consumer<Ending> listener;

    /** The last entry of the stream that was read, at first its beginning: what came before the first look is news here, too. */
    private volatile String read = "0-0";

    private final long timer;

    /** @param redis whoever gave it closes it */
    RedisSessionBoard(Vertx vertx, RedisCalls redis) {
        this.vertx = vertx;
        this.redis = redis;
        this.timer = vertx.setPeriodic(READ_EVERY_MILLIS, tick -> read());
    }

    @Override
    public Uni<Turn> claim(String renewal, Duration atMost) {
        var claim = Request.cmd(Command.SET)
                .arg(RENEWAL + renewal)
                .arg("")
                .arg("NX")
                .arg("PX")
                .arg(atMost.toMillis())
                .arg("GET");
        return ask(claim).map(RedisSessionBoard::turn);
    }

    private static Turn turn(@Nullable Response before) {
        if (before == null) {
            return Turn.OURS;
        }
        var outcome = before.toString();
        return outcome.isEmpty() ? Turn.THEIRS : new Turn(false, outcome);
    }

    @Override
    public Uni<Void> post(String renewal, String outcome, Duration keep) {
        return ask(Request.cmd(Command.SET)
                        .arg(RENEWAL + renewal)
                        .arg(outcome)
                        .arg("PX")
                        .arg(keep.toMillis()))
                .replaceWithVoid();
    }

    @Override
    public Uni<Void> giveBack(String renewal) {
        return ask(Request.cmd(Command.DEL).arg(RENEWAL + renewal)).replaceWithVoid();
    }

    @Override
    public Uni<Void> end(Ending ending, Duration keep) {
        var at = Long.toString(ending.at().toEpochMilli());
        var note = Request.cmd(Command.SET)
                .arg(ENDED + ending.session())
                .arg(at)
                .arg("PX")
                .arg(keep.toMillis());
        var news = Request.cmd(Command.XADD)
                .arg(ENDINGS)
                .arg("MAXLEN")
                .arg("~")
                .arg(ENDINGS_KEPT)
                .arg("*")
                .arg("session")
                .arg(ending.session())
                .arg("at")
                .arg(at);
        var life = Request.cmd(Command.PEXPIRE).arg(ENDINGS).arg(ENDINGS_LIFE.toMillis());
        return ask(note).chain(() -> ask(news)).chain(() -> ask(life)).replaceWithVoid();
    }

    @Override
    public Uni<Optional<Instant>> endOf(String session) {
        return ask(Request.cmd(Command.GET).arg(ENDED + session))
                .map(at -> Optional.ofNullable(at).map(RedisSessionBoard::moment));
    }

    @Override
    public void listen(Consumer<Ending> listener) {
        this.listener = listener;
    }

    private void read() {
        var told = listener;
        if (told == null) {
            return;
        }
        var news = Request.cmd(Command.XRANGE)
                .arg(ENDINGS)
                .arg("(" + read)
                .arg("+")
                .arg("COUNT")
                .arg(ENDINGS_AT_ONCE);
        redis.ask(news)
                .onSuccess(entries -> entries.forEach(entry -> {
                    read = entry.get(0).toString();
                    var fields = entry.get(1);
                    told.accept(new Ending(fields.get(1).toString(), moment(fields.get(3))));
                }));
    }

    private static Instant moment(Response millis) {
        return Instant.ofEpochMilli(Long.parseLong(millis.toString()));
    }

    private Uni<@Nullable Response> ask(Request request) {
        return Uni.createFrom().completionStage(() -> redis.ask(request).toCompletionStage());
    }

    @Override
    public void close() {
        vertx.cancelTimer(timer);
    }
}
