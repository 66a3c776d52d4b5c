package dev.copresence.store.redis;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.copresence.CacheSize;
import dev.copresence.Editing;
import dev.copresence.Heartbeat;
import dev.copresence.HeartbeatAnswer;
import dev.copresence.Incarnation;
import dev.copresence.Lease;
import dev.copresence.LeaseAnswer;
import dev.copresence.LeaseCommand;
import dev.copresence.LeaseRefusedException;
import dev.copresence.Leave;
import dev.copresence.Limit;
import dev.copresence.LimitExceededException;
import dev.copresence.Occupancy;
import dev.copresence.PagePath;
import dev.copresence.PresenceConfig;
import dev.copresence.PresenceSnapshot;
import dev.copresence.PresenceStore;
import dev.copresence.Section;
import dev.copresence.SessionBoard;
import dev.copresence.TabId;
import dev.copresence.User;
import dev.copresence.UserId;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Presence in Redis or Valkey, for any number of instances. Each step on a page is one script there, which changes the page
 * and announces it; no instance holds what the others do not.
 */
// A native executable has to be told which classes Caffeine chooses, by name, for a cache that is built like this one.
@RegisterForReflection(
        classNames = {
            "com.github.benmanes.caffeine.cache.SS",
            "com.github.benmanes.caffeine.cache.SSMW",
            "com.github.benmanes.caffeine.cache.SSMWA",
            "com.github.benmanes.caffeine.cache.PS",
            "com.github.benmanes.caffeine.cache.PSA",
            "com.github.benmanes.caffeine.cache.PSAMW"
        })
public class RedisPresenceStore implements PresenceStore, AutoCloseable {

    /*
     * A renewal is one script on the page, and that is all for a tab that is there already. A tab that is not, or that
     * speaks with another document or for another name, goes through the slot of its user, which says where each of their
     * tabs is: it is asked, then the page again, then the page that the tab was on before. Two keys cannot change in one
     * step on a cluster; what falls between them expires.
     *
     * Answers are handled on the event loop of the link, in the order in which Redis has executed the calls of a page. So
     * what is remembered of a page never gets older. It is asked for by version: a page's version changes exactly when its
     * snapshot does, and a snapshot crosses the wire only to who has another version.
     */

    private static final long LEASE = Duration.ofMinutes(10).toMillis();
    private static final long REMEMBERED = LEAVE_REMEMBERED.toMillis();
    private static final long RENAMED = RENAME_PACE.toMillis();

    /** The longest time, in ms, for which a count of all tabs holds that has found no room. */
    private static final long COUNTED = 1000;

    private static final String CLOCK = "copresence:time";

    /** How long the agreed time is kept, in ms: longer than anything that goes by it. */
    private static final long CLOCK_KEPT = Duration.ofDays(60).toMillis();

    private static final int PAGES_PER_SWEEP = 100;
    private static final long MAX_REMEMBERED_BYTES = 64L << 20;

    private final int maxListed;
    private final int maxTabs;
    private final int maxTabsPerUser;

    /** The life of a tab that is shown, in ms. */
    private final long shortestLife;

    private final CallsUnderWay calls = new CallsUnderWay();

    /** How long a slot outlives its last change: longer than any two lives, in ms. */
    private final long keep;

    private final SharedClock clock;
    private final RedisLink link;
    private final RedisNews news;
    private final RedisSessionBoard sessions;
    private final List<Consumer<PagePath>> listeners = new CopyOnWriteArrayList<>();

    /** One that no tab of this instance has asked of for the length of a life is of no use. */
    private final Cache<PagePath, RememberedPage> pages;

    /** The latest time of a call, in ms: none that follows is earlier. */
    private final AtomicLong newest = new AtomicLong();

    private final Tickets tickets = new Tickets();

    /** Live tabs in all, as far as known here: what was counted last and what has come and gone through here since. */
    private final AtomicLong tabs = new AtomicLong();

    private final AtomicLong expired = new AtomicLong();
    private final AtomicLong handedOver = new AtomicLong();
    private final AtomicLong overdue = new AtomicLong();
    private final AtomicLong takenOver = new AtomicLong();

    /** The count that is under way, so that many refusals at once count once; touched on the event loop alone. */
    private @Nullable Future<Occupancy> count;

    /** Until when there is no room for another tab, as was counted, if none leaves; touched on the event loop alone. */
    private long fullUntil;

    /**
     * A store on the Redis that {@code options} name, which need not be there yet.
     *
     * @param clock what the calls take their times from; it is kept in agreement with those of the other instances
     */
    public RedisPresenceStore(PresenceConfig config, SharedClock clock, Vertx vertx, RedisOptions options) {
        this.maxListed = config.maxListed();
        this.maxTabs = config.limits().tabs();
        this.maxTabsPerUser = config.limits().tabsPerUser();
        this.shortestLife = config.ttl().toMillis();
        this.keep = 2 * config.awayTtl().plusSeconds(30).toMillis();
        this.clock = clock;
        this.pages = Caffeine.newBuilder()
                // On the spot: to wake another thread for it costs more than it is.
                .executor(Runnable::run)
                .maximumWeight(CacheSize.atMost(MAX_REMEMBERED_BYTES))
                .weigher((PagePath page, RememberedPage remembered) -> remembered.bytes())
                .expireAfterAccess(config.ttl())
                .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
                .build();
        this.link = new RedisLink(vertx, options, greeted -> agree(greeted::greet));
        this.news = new RedisNews(vertx, link.context(), options, this::hear);
        this.sessions = new RedisSessionBoard(vertx, link);
    }

    /** The board of login sessions in the same Redis, over the same connection: it is there whenever the store is. */
    public SessionBoard sessions() {
        return sessions;
    }

    @Override
    public Uni<HeartbeatAnswer> renew(User user, Heartbeat heartbeat, boolean joining, Duration life, Instant now) {
        var call = new Renewal(user, heartbeat, joining, life, at(now));
        var known = pages.getIfPresent(heartbeat.page());
        if (known == null
                || joining
                || heartbeat.typing()
                || !Boolean.FALSE.equals(heartbeat.editing())
                || call.now > known.bound()) {
            return answer(calls.of(user.id(), () -> renew(call)));
        }
        return answer(calls.of(user.id(), () -> beat(call, known)));
    }

    /** For a tab that is there already and wants no other than it did: two keys and few arguments cost half as much. */
    private Future<HeartbeatAnswer> beat(Renewal call, RememberedPage known) {
        var heartbeat = call.heartbeat;
        var record = "0" + flag(heartbeat.visible()) + "0 " + call.life.toMillis() + " " + text(heartbeat.incarnation())
                + " " + text(heartbeat.section()) + " ";
        var arguments = List.of(
                call.now,
                call.now + call.life.toMillis(),
                known.version(),
                key(heartbeat.tab(), call.user.id()),
                record,
                PageReply.standing(call.user));
        return link.runForNumber(Script.BEAT, new PageKeys(heartbeat.page()).ofDeadlines(), arguments)
                .compose(bound -> bound == 0
                        ? renew(call)
                        : Future.succeededFuture(new HeartbeatAnswer(known.snapshot(), null, call.life)));
    }

    private Future<HeartbeatAnswer> renew(Renewal call) {
        return renew(call, PageReply.profile(call.user), "", "", "")
                .compose(reply -> reply.outcome() < 2
                        ? Future.succeededFuture(beat(call, reply))
                        : place(call, reply.outcome() == 3, hasRoom(), Asked.NOT));
    }

    private Future<PageReply> renew(Renewal call, String profile, String incarnation, String lease, String placement) {
        var heartbeat = call.heartbeat;
        var wish = heartbeat.editing() == null ? "2" : flag(heartbeat.editing());
        var arguments = new ArrayList<Object>(List.of(
                key(heartbeat.tab(), call.user.id()),
                profile,
                call.life.toMillis(),
                flag(heartbeat.visible()) + wish + flag(call.joining),
                text(heartbeat.section()),
                placement.isEmpty() ? text(heartbeat.incarnation()) : incarnation,
                lease,
                placement));
        if (heartbeat.typing()) {
            arguments.add(TYPING.toMillis());
            arguments.add(TYPING_PACE.toMillis());
        }
        return onPage(Script.RENEW, heartbeat.page(), call.now, arguments.toArray());
    }

    /** Has the user's slot say where the tab is, and brings it there. */
    private Future<HeartbeatAnswer> place(Renewal call, boolean here, boolean room, Asked asked) {
        var heartbeat = call.heartbeat;
        var arguments = new ArrayList<Object>(List.of(
                Math.max(call.now, newest.get()),
                keep,
                LEASE,
                id(heartbeat.tab()),
                heartbeat.page().value(),
                text(heartbeat.incarnation()),
                flag(call.joining),
                flag(here),
                PageReply.profile(call.user),
                maxTabsPerUser,
                flag(room),
                REMEMBERED,
                Math.min(call.life.toMillis(), shortestLife),
                RENAMED,
                flag(asked.done)));
        arguments.addAll(asked.answers);
        return link.run(Script.PLACE, slot(call.user.id()), arguments).compose(said -> switch ((int) said.number(0)) {
            case 0 -> bring(call, said);
            case 1 ->
                page(heartbeat.page(), call.now).map(reply -> new HeartbeatAnswer(reply.snapshot(), null, call.life));
            case 2 -> ask(call.user.id(), said, call.now).compose(pages -> place(call, here, room, pages));
            case 3 -> Future.failedFuture(new LimitExceededException(Limit.TABS_PER_USER));
            default -> makeRoom(call.now).compose(made -> place(call, here, true, asked));
        });
    }

    private Future<HeartbeatAnswer> bring(Renewal call, Reply said) {
        var placement = said.text(1);
        var profile = said.text(5);
        var there = renew(call, profile, said.text(3), said.text(2), placement);
        var others = new ArrayList<Future<PageReply>>();
        var last = said.text(4);
        if (!last.isEmpty()) {
            others.add(onPage(
                    Script.VACATE, new PagePath(last), call.now, key(call.heartbeat.tab(), call.user.id()), placement));
        }
        for (var i = 6; i < said.size(); i++) {
            others.add(onPage(
                    Script.RENAME,
                    new PagePath(said.text(i)),
                    call.now,
                    call.user.id().value(),
                    profile));
        }
        return Future.all(others).compose(done -> there).map(reply -> beat(call, reply));
    }

    /** Asks the pages that a slot has named whether the tabs are still there. */
    private Future<Asked> ask(UserId user, Reply said, long now) {
        var answers = new ArrayList<Future<PageReply>>();
        for (var i = 1; i < said.size(); i += 3) {
            var tab = key(said.bytes(i), user);
            answers.add(onPage(Script.SEEN, new PagePath(said.text(i + 1)), now, tab));
        }
        return Future.all(answers).map(all -> {
            var heard = new ArrayList<Object>();
            for (var i = 0; i < answers.size(); i++) {
                var answer = answers.get(i).result();
                heard.add(said.bytes(3 * i + 1));
                heard.add(said.text(3 * i + 3));
                // A tab that is shown again within its life begins the shorter life.
                heard.add(answer.outcome() == 0 ? 0 : Math.min(answer.number(1), now + shortestLife));
            }
            return new Asked(true, heard);
        });
    }

    private boolean hasRoom() {
        return tabs.get() < maxTabs;
    }

    /** Counts anew before somebody is refused: what is known here may be too much. */
    private Future<Void> makeRoom(long now) {
        if (tabs.get() >= maxTabs && now <= fullUntil) {
            return Future.failedFuture(new LimitExceededException(Limit.TABS));
        }
        if (count == null) {
            count = sweep(now).compose(swept -> count()).onComplete(done -> count = null);
        }
        return count.compose(found -> found.tabs() < maxTabs
                ? Future.succeededFuture()
                : firstEnd().compose(end -> {
                    fullUntil = Math.min(end, now + COUNTED);
                    return Future.failedFuture(new LimitExceededException(Limit.TABS));
                }));
    }

    /** The last ms in which all tabs that there are live, as things stand. */
    private Future<Long> firstEnd() {
        var shards = IntStream.range(0, PageKeys.SHARDS)
                .mapToObj(shard -> link.ask(Request.cmd(Command.ZRANGE)
                        .arg(PageKeys.ofShard(shard).get(0))
                        .arg(0)
                        .arg(0)
                        .arg("WITHSCORES")))
                .toList();
        return Future.all(shards)
                .map(all -> shards.stream()
                        .map(shard -> new Reply(shard.result()))
                        .filter(first -> first.size() > 0)
                        .mapToLong(RedisPresenceStore::score)
                        .min()
                        .orElse(Long.MAX_VALUE));
    }

    private HeartbeatAnswer beat(Renewal call, PageReply reply) {
        return new HeartbeatAnswer(reply.snapshot(), editing(reply), call.life);
    }

    private @Nullable Editing editing(PageReply reply) {
        var editing = reply.editing();
        if (editing instanceof Editing.Granted granted) {
            tickets.see(granted.fence(), clock.millis());
        }
        return editing;
    }

    @Override
    public Uni<Void> leave(User user, Leave leave, Duration grace, Instant now) {
        var at = at(now);
        return answer(calls.of(
                user.id(),
                () -> onPage(
                                Script.LEAVE,
                                leave.page(),
                                at,
                                key(leave.tab(), user.id()),
                                text(leave.incarnation()),
                                grace.toMillis())
                        .compose(reply -> reply.outcome() == 0
                                ? Future.<Void>succeededFuture()
                                : remember(user.id(), leave, reply, at, Asked.NOT))));
    }

    private Future<Void> remember(UserId user, Leave leave, PageReply left, long now, Asked asked) {
        var arguments = new ArrayList<Object>(List.of(
                Math.max(now, newest.get()),
                keep,
                LEASE,
                id(leave.tab()),
                leave.page().value(),
                left.text(1),
                left.outcome(),
                left.text(0),
                REMEMBERED,
                maxTabsPerUser,
                flag(asked.done)));
        arguments.addAll(asked.answers);
        return link.run(Script.LEFT, slot(user), arguments)
                .compose(said -> said.number(0) == 0
                        ? Future.succeededFuture()
                        : ask(user, said, now).compose(pages -> remember(user, leave, left, now, pages)));
    }

    @Override
    public Uni<LeaseAnswer> command(User user, LeaseCommand command, Duration lasts, Instant now) {
        var at = at(now);
        var tab = key(command.tab(), user.id());
        return answer(calls.of(
                user.id(),
                () -> onPage(
                                Script.COMMAND,
                                command.page(),
                                at,
                                tab,
                                named(command.kind()),
                                text(command.section()),
                                lasts.toMillis())
                        .compose(reply -> reply.outcome() == 0
                                ? Future.succeededFuture(answerTo(command.kind(), reply))
                                : Future.failedFuture(refusal(reply)))));
    }

    private static String named(LeaseCommand.Kind kind) {
        return switch (kind) {
            case REQUEST -> "request";
            case HAND_OVER -> "hand over";
            case KEEP -> "keep";
            case TAKE_OVER -> "take over";
        };
    }

    private LeaseAnswer answerTo(LeaseCommand.Kind kind, PageReply reply) {
        var loser = reply.user(4);
        if (loser != null) {
            (kind == LeaseCommand.Kind.TAKE_OVER ? takenOver : handedOver).incrementAndGet();
        }
        return new LeaseAnswer(reply.snapshot(), editing(reply), loser);
    }

    private static LeaseRefusedException refusal(PageReply reply) {
        var reason = switch (reply.outcome()) {
            case 1 -> LeaseRefusedException.Reason.NO_CLAIM;
            case 2 -> LeaseRefusedException.Reason.NOT_EDITOR;
            case 3 -> LeaseRefusedException.Reason.NOT_REQUESTED;
            case 4 -> LeaseRefusedException.Reason.REQUESTED_BY_OTHER;
            default -> LeaseRefusedException.Reason.EDITOR_KEEPS;
        };
        var until = reply.number(2);
        return new LeaseRefusedException(reason, reply.user(0), until == 0 ? Duration.ZERO : reply.left(until));
    }

    @Override
    public Uni<Optional<Lease>> lease(PagePath page, @Nullable Section section, Instant now) {
        return answer(onPage(Script.LEASE, page, at(now), text(section))
                .map(reply -> reply.outcome() == 0 ? Optional.empty() : Optional.of(lease(reply))));
    }

    private Lease lease(PageReply reply) {
        tickets.see(reply.number(0), clock.millis());
        return new Lease(Objects.requireNonNull(reply.user(1)), reply.number(0));
    }

    @Override
    public Uni<PresenceSnapshot> read(PagePath page, Instant now) {
        var at = at(now);
        var heard = news.heard(page);
        var known = pages.getIfPresent(page);
        if (heard != null && known != null && known.isGoodAt(at, heard)) {
            return Uni.createFrom().item(known.snapshot());
        }
        return answer(page(page, at).map(reply -> reply.snapshot()));
    }

    private Future<PageReply> page(PagePath page, long now) {
        return onPage(Script.READ, page, now);
    }

    @Override
    public Uni<Optional<Instant>> lastSeen(UserId user, TabId tab, Instant now) {
        var at = at(now);
        var entry = Request.cmd(Command.HGET)
                .arg(slot(user).get(0))
                .arg(Buffer.buffer("t").appendBuffer(id(tab)));
        return answer(link.ask(entry).compose(said -> {
            var page = said == null ? "-" : said.toString().split(" ", -1)[3];
            if (page.equals("-")) {
                return Future.succeededFuture(Optional.<Instant>empty());
            }
            return onPage(Script.SEEN, new PagePath(page), at, key(tab, user))
                    .map(reply -> reply.outcome() == 0
                            ? Optional.empty()
                            : Optional.of(Instant.ofEpochMilli(reply.number(0))));
        }));
    }

    @Override
    public Uni<Void> sweep(Instant now) {
        var at = at(now);
        pages.cleanUp();
        // The time first: who was away for long must not sweep by a time that is past.
        return answer(agree(link::run).compose(agreed -> sweep(at)));
    }

    private Future<Void> sweep(long now) {
        var shards = IntStream.range(0, PageKeys.SHARDS)
                .mapToObj(shard -> sweep(shard, now))
                .toList();
        return Future.all(shards).mapEmpty();
    }

    private Future<Void> sweep(int shard, long now) {
        return inTime(
                        now,
                        at -> link.run(
                                Script.SWEEP, PageKeys.ofShard(shard), List.of(at, tickets.floor(at), PAGES_PER_SWEEP)))
                .compose(swept -> {
                    expired.addAndGet(swept.number(1));
                    overdue.addAndGet(swept.number(2));
                    tabs.addAndGet(-swept.number(3));
                    for (var i = 4; i < swept.size(); i += 2) {
                        tickets.see(swept.number(i + 1), clock.millis());
                        announce(new PagePath(swept.text(i)));
                    }
                    return swept.number(0) == 1 ? sweep(shard, now) : Future.succeededFuture();
                });
    }

    /** Makes a call by the time {@code now}, or by a later one: again if it turns out that this is long past for others. */
    private <T> Future<T> inTime(long now, LongFunction<Future<T>> call) {
        return call.apply(Math.max(now, newest.get())).recover(failure -> {
            if (!(failure instanceof BehindException behind)) {
                return Future.failedFuture(failure);
            }
            clock.reach(behind.at());
            newest.accumulateAndGet(behind.at(), Math::max);
            return inTime(now, call);
        });
    }

    private Future<Void> agree(Runner runner) {
        var asked = clock.millis();
        var arguments = List.of(
                asked,
                clock.hasAgreed() ? clock.sinceAgreement(asked) : "",
                clock.wallMillis(),
                tickets.lead(),
                SharedClock.TOLERATED_SKEW,
                CLOCK_KEPT);
        return runner.run(Script.CLOCK, List.of(CLOCK), arguments).map(said -> {
            clock.agree(asked, said.number(0), said.number(1));
            tickets.hear(said.number(2));
            return null;
        });
    }

    @Override
    public Uni<Occupancy> occupancy() {
        return answer(count());
    }

    private Future<Occupancy> count() {
        var shards = IntStream.range(0, PageKeys.SHARDS)
                .mapToObj(shard -> link.ask(Request.cmd(Command.HMGET)
                        .arg(PageKeys.ofShard(shard).get(1))
                        .arg("pages")
                        .arg("tabs")
                        .arg("leases")
                        .arg("waits")))
                .map(answer -> answer.map(Reply::new))
                .toList();
        return Future.all(shards).map(all -> {
            var sums = IntStream.range(0, 4)
                    .mapToLong(i -> shards.stream()
                            .mapToLong(shard -> shard.result().number(i))
                            .sum())
                    .toArray();
            tabs.set(sums[1]);
            var transfers = new Occupancy.Transfers(handedOver.get(), overdue.get(), takenOver.get());
            return new Occupancy(sums[0], sums[1], sums[2], sums[3], expired.get(), transfers);
        });
    }

    @Override
    public void onChange(Consumer<PagePath> listener) {
        listeners.add(listener);
    }

    @Override
    public Watch watch(PagePath page) {
        var open = new AtomicBoolean(true);
        news.watch(page);
        return () -> {
            if (open.getAndSet(false)) {
                news.unwatch(page);
            }
        };
    }

    @Override
    public void close() {
        sessions.close();
        link.close();
        news.close();
    }

    /** How many pages are remembered. */
    long remembered() {
        return pages.estimatedSize();
    }

    /** What has been announced from elsewhere, or from here and is known already. */
    private void hear(PagePath page, long version) {
        if (version != RedisNews.UNKNOWN) {
            tickets.see(version, clock.millis());
        }
        var known = pages.getIfPresent(page);
        if (known == null || known.version() < version) {
            announce(page);
        }
    }

    private void announce(PagePath page) {
        listeners.forEach(listener -> listener.accept(page));
    }

    private Future<PageReply> onPage(Script script, PagePath page, long now, Object... arguments) {
        return inTime(now, at -> {
            var heard = news.heard(page);
            var known = pages.getIfPresent(page);
            var all = new ArrayList<Object>(arguments.length + 4);
            all.add(at);
            all.add(tickets.floor(at));
            all.add(maxListed);
            all.add(known == null ? "" : known.version());
            all.addAll(List.of(arguments));
            return link.run(script, new PageKeys(page).all(), all).map(response -> {
                var reply = new PageReply(page, response, known, script.snapshotAt, at);
                note(page, reply, heard, at);
                return reply;
            });
        });
    }

    private void note(PagePath page, PageReply reply, RedisNews.@Nullable Heard heard, long now) {
        expired.addAndGet(reply.expired());
        overdue.addAndGet(reply.overdue());
        tabs.addAndGet(reply.more());
        tickets.see(reply.version(), clock.millis());
        var known = pages.getIfPresent(page);
        var isNew = known != null && known.version() != reply.version();
        if (!reply.hasSnapshot() || heard == null && reply.snapshot().tabCount() == 0) {
            if (isNew) {
                pages.invalidate(page);
            }
        } else {
            pages.put(page, new RememberedPage(reply.version(), reply.snapshot(), reply.bound(), now, heard));
        }
        if (reply.changed() || isNew && heard != null) {
            announce(page);
        }
    }

    private static long score(Reply first) {
        // As RESP3 has it, a pair of its own.
        var pair = first.list(0);
        return pair != null && pair.size() == 2 ? pair.number(1) : first.number(1);
    }

    private long at(Instant now) {
        return newest.accumulateAndGet(now.toEpochMilli(), Math::max);
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

    /** What Redis keeps for a user, in the order in which the scripts take it. */
    private static List<String> slot(UserId user) {
        var slot = "copresence:{u:" + user.value() + "}";
        return List.of(slot, slot + ":placed", slot + ":left");
    }

    private static Buffer id(TabId tab) {
        return Buffer.buffer(16).appendLong(tab.mostSignificantBits()).appendLong(tab.leastSignificantBits());
    }

    private static Buffer key(TabId tab, UserId user) {
        return key(id(tab), user);
    }

    private static Buffer key(Buffer id, UserId user) {
        return Buffer.buffer().appendBuffer(id).appendString(user.value());
    }

    private static String text(@Nullable Incarnation incarnation) {
        return incarnation == null ? "" : Double.toString(incarnation.value());
    }

    private static String text(@Nullable Section section) {
        return section == null ? "" : section.value();
    }

    private static String flag(boolean value) {
        return value ? "1" : "0";
    }

    private interface Runner {
        Future<Reply> run(Script script, List<String> keys, List<?> arguments);
    }

    private record Renewal(User user, Heartbeat heartbeat, boolean joining, Duration life, long now) {}

    /** What pages have said of tabs that a slot was not sure of, as the scripts of slots take it. */
    private record Asked(boolean done, List<Object> answers) {
        static final Asked NOT = new Asked(false, List.of());
    }
}
