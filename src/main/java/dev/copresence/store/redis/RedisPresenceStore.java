package dev.copresence.store.redis;

import static dev.copresence.store.redis.ScriptArguments.named;
import static dev.copresence.store.redis.ScriptArguments.tab;
import static dev.copresence.store.redis.ScriptArguments.text;
import static dev.copresence.store.redis.ScriptArguments.word;

import dev.copresence.Heartbeat;
import dev.copresence.HeartbeatAnswer;
import dev.copresence.Lease;
import dev.copresence.LeaseAnswer;
import dev.copresence.LeaseCommand;
import dev.copresence.LeaseRefusedException;
import dev.copresence.Leave;
import dev.copresence.Occupancy;
import dev.copresence.PagePath;
import dev.copresence.PresenceConfig;
import dev.copresence.PresenceSnapshot;
import dev.copresence.PresenceStore;
import dev.copresence.Section;
import dev.copresence.SessionBoard;
import dev.copresence.StoreUnavailableException;
import dev.copresence.TabId;
import dev.copresence.TakenOver;
import dev.copresence.User;
import dev.copresence.UserId;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.redis.client.RedisClientType;
import io.vertx.redis.client.RedisOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Presence in Redis or Valkey, for any number of instances. Each step on a page is one script there, which changes the page
 * and announces it; no instance holds what the others do not.
 */
public class RedisPresenceStore implements PresenceStore, AutoCloseable {

    /*
     * A renewal is one script on the page, and that is all for a tab that is there already. A tab that is not, or that
     * speaks with another document or for another name, goes through the slot of its user, which says where each of their
     * tabs is: it is asked, then the page again, then the page that the tab was on before. Two keys cannot change in one
     * step on a cluster; what falls between them expires.
     *
     * Answers are handled on the event loop of the calls, in the order in which Redis has executed the calls of a page.
     */

    private static final Logger LOG = Logger.getLogger(RedisPresenceStore.class.getName());

    /** True until it is known whether changes can be announced by slots; touched on the event loop of the calls alone. */
    private boolean hasNewsToChoose;

    private final List<Consumer<PagePath>> listeners = new CopyOnWriteArrayList<>();
    private final CallsUnderWay underWay = new CallsUnderWay();
    private final Tally tally = new Tally();
    private final CallTime time;
    private final RedisCalls redis;
    private final Beats beats;
    private final Announcements announcements;
    private final RedisSessionBoard sessions;
    private final PageCache known;
    private final PageCalls pages;
    private final Shards shards;
    private final UserSlots slots;

    /**
     * A store on the Redis that {@code options} name, which need not be there yet.
     *
     * @param clock what the calls take their times from; it is kept in agreement with those of the other instances
     */
    public RedisPresenceStore(PresenceConfig config, SharedClock clock, Vertx vertx, RedisOptions options) {
        this.time = new CallTime(clock);
        this.known = new PageCache(config.ttl(), clock);
        this.hasNewsToChoose = config.redis().shardedNews() != PresenceConfig.ShardedNews.OFF
                && options.getType() == RedisClientType.CLUSTER;
        this.redis = new RedisCalls(vertx, options, this::greet);
        this.beats = new Beats(vertx, redis, options.getType() == RedisClientType.CLUSTER);
        this.announcements = new Announcements(vertx, redis.context(), options, this::onAnnouncement);
        this.sessions = new RedisSessionBoard(vertx, redis);
        this.pages = new PageCalls(redis, time, announcements, known, tally, config.maxListed(), this::announce);
        this.shards = new Shards(redis, time, tally, announcements, this::announce);
        var room = new Room(shards, tally, config.limits().tabs());
        this.slots = new UserSlots(redis, pages, time, room, config);
        redis.open();
    }

    /** The board of login sessions in the same Redis, over the same connection: it is there whenever the store is. */
    public SessionBoard sessions() {
        return sessions;
    }

    private Future<?> greet(ScriptRunner scripts) {
        return time.agree(scripts).onSuccess(agreed -> chooseNews(scripts));
    }

    /**
     * Announces by slots from now on if all nodes know how to, and this user may. Nobody waits for that: a node that does not answer
     * now keeps the others from nothing.
     */
    private void chooseNews(ScriptRunner scripts) {
        if (!hasNewsToChoose) {
            return;
        }
        var asked = IntStream.range(0, PageKeys.SHARDS)
                .mapToObj(shard ->
                        scripts.run(Script.BY_SLOTS, PageKeys.ofShard(shard).subList(0, 1), List.of()))
                .toList();
        Future.all(asked).onSuccess(all -> {
            var refusal = asked.stream()
                    .map(said -> said.result().text(0))
                    .filter(said -> !said.isEmpty())
                    .findFirst();
            if (hasNewsToChoose && refusal.isEmpty()) {
                redis.announceBySlots();
                announcements.listenBySlots(new ShardsOfNodes(redis));
            } else if (hasNewsToChoose) {
                LOG.warning(() ->
                        "Changes are announced to all nodes of the Cluster, and not by their slots, which takes Redis 7 or"
                                + " Valkey and for its user the rights +spublish, +ssubscribe and +sunsubscribe: "
                                + refusal.get());
            }
            hasNewsToChoose = false;
        });
    }

    /**
     * Completes once Redis was met, or was found to be away, which will mend itself; fails with {@link OtherFormatException} if
     * another version's presence is there, which will not.
     */
    public Uni<Void> met() {
        return answer(redis.met());
    }

    @Override
    public Uni<HeartbeatAnswer> renew(User user, Heartbeat heartbeat, boolean joining, Duration life, Instant now) {
        var call = new Renewal(user, heartbeat, joining, life, time.at(now));
        var page = known.get(heartbeat.page());
        return answer(
                underWay.of(user.id(), () -> page != null && call.isPlain(page) ? beat(call, page) : renew(call)));
    }

    /** Renews a tab that claims nothing and has not changed, together with others. */
    private Future<HeartbeatAnswer> beat(Renewal call, RememberedPage page) {
        return beats.send(call.heartbeat().page(), call.beat(page.version()))
                // One page that cannot be read must not stand in the way of the others: each is tried by itself.
                .recover(failure -> failure instanceof StoreUnavailableException
                        ? Future.failedFuture(failure)
                        : Future.succeededFuture(0L))
                .compose(nextExpiry -> nextExpiry == 0
                        ? renew(call)
                        : Future.succeededFuture(new HeartbeatAnswer(page.snapshot(), null, call.life())));
    }

    private Future<HeartbeatAnswer> renew(Renewal call) {
        return pages.run(Script.RENEW, call.heartbeat().page(), call.now(), call.renew())
                .compose(reply -> switch (reply.outcome()) {
                    case "not-here" -> slots.place(call, false);
                    case "ask-slot" -> slots.place(call, true);
                    default ->
                        Future.succeededFuture(
                                new HeartbeatAnswer(reply.snapshot(), pages.editing(reply), call.life()));
                });
    }

    @Override
    public Uni<Void> leave(User user, Leave leave, Duration grace, Instant now) {
        var at = time.at(now);
        var tab = tab(leave.tab(), user.id());
        var incarnation = text(leave.incarnation());
        return answer(underWay.of(
                user.id(),
                () -> pages.run(Script.LEAVE, leave.page(), at, tab, incarnation, grace.toMillis())
                        .compose(reply -> reply.is("late")
                                ? Future.succeededFuture()
                                : slots.remember(user.id(), leave, reply, at))));
    }

    @Override
    public Uni<LeaseAnswer> command(User user, LeaseCommand command, Duration lasts, Instant now) {
        var at = time.at(now);
        var tab = tab(command.tab(), user.id());
        var word = word(command.kind());
        var section = text(command.section());
        return answer(underWay.of(
                user.id(),
                () -> pages.run(Script.COMMAND, command.page(), at, tab, word, section, lasts.toMillis())
                        .compose(reply -> reply.is("done") || reply.is("yielded")
                                ? Future.succeededFuture(answerTo(command.kind(), reply))
                                : Future.failedFuture(refusal(reply)))));
    }

    private LeaseAnswer answerTo(LeaseCommand.Kind kind, PageReply reply) {
        var loser = reply.user(2);
        if (loser != null && reply.is("done")) {
            (kind == LeaseCommand.Kind.TAKE_OVER ? tally.takenOver : tally.handedOver).incrementAndGet();
        }
        return new LeaseAnswer(reply.snapshot(), pages.editing(reply), loser);
    }

    private static LeaseRefusedException refusal(PageReply reply) {
        var reason = named(LeaseRefusedException.Reason.class, reply.outcome());
        var until = reply.number(3);
        return new LeaseRefusedException(reason, reply.user(1), until == 0 ? Duration.ZERO : reply.left(until));
    }

    @Override
    public Uni<Optional<Lease>> lease(PagePath page, @Nullable Section section, Instant now) {
        return answer(pages.run(Script.LEASE, page, time.at(now), text(section))
                .map(reply -> reply.is("held") ? Optional.of(lease(reply)) : Optional.empty()));
    }

    private Lease lease(PageReply reply) {
        var fence = reply.number(0);
        time.saw(fence);
        return new Lease(Objects.requireNonNull(reply.user(1)), fence);
    }

    @Override
    public Uni<PresenceSnapshot> read(PagePath page, Instant now) {
        var at = time.at(now);
        var current = known.current(page, at, announcements.lastOf(page));
        return current != null ? Uni.createFrom().item(current) : answer(pages.read(page, at));
    }

    @Override
    public Uni<Optional<Instant>> lastSeen(UserId user, TabId tab, Instant now) {
        var at = time.at(now);
        return answer(slots.pageOf(user, tab)
                .compose(page -> page.isEmpty()
                        ? Future.succeededFuture(Optional.empty())
                        : pages.run(Script.SEEN, page.get(), at, tab(tab, user))
                                .map(reply -> reply.is("here")
                                        ? Optional.of(Instant.ofEpochMilli(reply.number(0)))
                                        : Optional.empty())));
    }

    @Override
    public Uni<Occupancy> sweep(Instant now) {
        var at = time.at(now);
        known.cleanUp();
        // The time first: who was away for long must not sweep by a time that is past.
        return answer(time.agree(redis::run)
                .onSuccess(agreed -> chooseNews(redis::run))
                .compose(agreed -> shards.sweep(at)));
    }

    @Override
    public Uni<Occupancy> occupancy() {
        return answer(shards.count());
    }

    @Override
    public Uni<List<PagePath>> pagesUnder(PagePath prefix, int most) {
        return answer(shards.pagesUnder(prefix, most));
    }

    @Override
    public void onChange(Consumer<PagePath> listener) {
        listeners.add(listener);
    }

    @Override
    public void onTakeOver(Consumer<TakenOver> listener) {
        tally.onTakeOver(listener);
    }

    @Override
    public Watch watch(PagePath page) {
        var open = new AtomicBoolean(true);
        announcements.watch(page);
        return () -> {
            if (open.getAndSet(false)) {
                announcements.unwatch(page);
            }
        };
    }

    @Override
    public void close() {
        sessions.close();
        redis.close();
        announcements.close();
    }

    /** The number of pages that are remembered. */
    long remembered() {
        return known.size();
    }

    /** Takes note of an announcement or a change from elsewhere, or from here; what is known already is not told again. */
    private void onAnnouncement(PagePath page, long version) {
        if (version != Announcement.UNKNOWN) {
            time.saw(version);
        }
        if (known.isNews(page, version)) {
            announce(page);
        }
    }

    private void announce(PagePath page) {
        listeners.forEach(listener -> listener.accept(page));
    }

    /** Answers where it was asked, if that is an event loop. */
    private static <T> Uni<T> answer(Future<T> future) {
        var caller = Vertx.currentContext();
        if (caller == null) {
            return Uni.createFrom().completionStage(future.toCompletionStage());
        }
        var answer = Promise.<T>promise();
        future.onComplete(done -> caller.runOnContext(on -> answer.handle(done)));
        return Uni.createFrom().completionStage(answer.future().toCompletionStage());
    }
}
