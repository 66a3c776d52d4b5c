package dev.copresence.store.redis;

import static dev.copresence.store.redis.ScriptArguments.flag;
import static dev.copresence.store.redis.ScriptArguments.id;
import static dev.copresence.store.redis.ScriptArguments.tab;
import static dev.copresence.store.redis.ScriptArguments.text;

import dev.copresence.HeartbeatAnswer;
import dev.copresence.Leave;
import dev.copresence.Limit;
import dev.copresence.LimitExceededException;
import dev.copresence.PagePath;
import dev.copresence.PresenceConfig;
import dev.copresence.PresenceStore;
import dev.copresence.TabId;
import dev.copresence.UserId;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The slots of users: each says where its user's tabs are, and which page they have left last. A slot hears of moves and
 * leaves, but not of expiries, so where that matters it has the pages asked.
 */
final class UserSlots {

    /** The time for which a page trusts what a slot has said of a tab. */
    private static final long SLOT_TRUST_MILLIS = Duration.ofMinutes(10).toMillis();

    private static final long LEAVE_REMEMBERED_MILLIS = PresenceStore.LEAVE_REMEMBERED.toMillis();
    private static final long RENAME_PACE_MILLIS = PresenceStore.RENAME_PACE.toMillis();

    private final RedisCalls redis;
    private final PageCalls pages;
    private final CallTime time;
    private final Room room;
    private final int maxTabsPerUser;

    /** The life of a tab that is shown, which no other life is shorter than. */
    private final long shortestLifeMillis;

    /** The time for which a slot outlives what it is trusted for: longer than any two lives. */
    private final long retentionMillis;

    UserSlots(RedisCalls redis, PageCalls pages, CallTime time, Room room, PresenceConfig config) {
        this.redis = redis;
        this.pages = pages;
        this.time = time;
        this.room = room;
        this.maxTabsPerUser = config.limits().tabsPerUser();
        this.shortestLifeMillis = config.ttl().toMillis();
        this.retentionMillis = 2 * config.awayTtl().plusSeconds(30).toMillis();
    }

    /**
     * Has the user's slot say where the tab is, and brings it to the page of the call.
     *
     * @param here whether that page says that the tab is there
     * @return fails with {@link LimitExceededException} if there is no room for it
     */
    Future<HeartbeatAnswer> place(Renewal call, boolean here) {
        return place(call, here, room.isThere(), Asked.NOT);
    }

    private Future<HeartbeatAnswer> place(Renewal call, boolean here, boolean hasRoom, Asked asked) {
        var heartbeat = call.heartbeat();
        var arguments = new ArrayList<Object>(List.of(
                time.notBeforeOthers(call.now()),
                retentionMillis,
                SLOT_TRUST_MILLIS,
                id(heartbeat.tab()),
                heartbeat.page().value(),
                text(heartbeat.incarnation()),
                flag(call.joining()),
                flag(here),
                PageReply.profile(call.user()),
                maxTabsPerUser,
                flag(hasRoom),
                LEAVE_REMEMBERED_MILLIS,
                Math.min(call.life().toMillis(), shortestLifeMillis),
                RENAME_PACE_MILLIS,
                flag(asked.done)));
        arguments.addAll(asked.answers);
        return redis.run(Script.PLACE, keys(call.user().id()), arguments).compose(said -> switch (said.text(0)) {
            case "placed" -> bring(call, said);
            case "late" ->
                pages.read(heartbeat.page(), call.now())
                        .map(snapshot -> new HeartbeatAnswer(snapshot, null, call.life()));
            case "ask" ->
                ask(call.user().id(), said, call.now()).compose(answers -> place(call, here, hasRoom, answers));
            case "too-many-tabs" -> Future.failedFuture(new LimitExceededException(Limit.TABS_PER_USER));
            case "no-room" -> room.make(call.now()).compose(made -> place(call, here, true, asked));
            default -> throw new IllegalStateException("A slot says what nobody knows: " + said.text(0));
        });
    }

    /** Brings a tab to the page where its slot has placed it, and has the other pages know. */
    private Future<HeartbeatAnswer> bring(Renewal call, Reply placed) {
        var move = placed.text(1);
        var trustedUntil = placed.text(2);
        var incarnation = placed.text(3);
        var lastPage = placed.text(4);
        var profile = placed.text(5);
        var there = pages.run(
                Script.RENEW,
                call.heartbeat().page(),
                call.now(),
                call.renew(profile, incarnation, trustedUntil, move));
        var others = new ArrayList<Future<PageReply>>();
        if (!lastPage.isEmpty()) {
            var tab = tab(call.heartbeat().tab(), call.user().id());
            others.add(pages.run(Script.VACATE, new PagePath(lastPage), call.now(), tab, move));
        }
        for (var i = 6; i < placed.size(); i++) {
            var user = call.user().id().value();
            others.add(pages.run(Script.RENAME, new PagePath(placed.text(i)), call.now(), user, profile));
        }
        return Future.all(others)
                .compose(done -> there)
                .map(reply -> new HeartbeatAnswer(reply.snapshot(), pages.editing(reply), call.life()));
    }

    /** Asks the pages that a slot has named whether the tabs are still there. */
    private Future<Asked> ask(UserId user, Reply said, long now) {
        var answers = new ArrayList<Future<PageReply>>();
        for (var i = 1; i < said.size(); i += 3) {
            answers.add(pages.run(Script.SEEN, new PagePath(said.text(i + 1)), now, tab(said.bytes(i), user)));
        }
        return Future.all(answers).map(all -> {
            var heard = new ArrayList<Object>();
            for (var i = 0; i < answers.size(); i++) {
                var answer = answers.get(i).result();
                heard.add(said.bytes(3 * i + 1));
                heard.add(said.text(3 * i + 3));
                // A tab that is shown again within its life begins the shorter life.
                heard.add(answer.is("here") ? Math.min(answer.number(1), now + shortestLifeMillis) : 0);
            }
            return new Asked(true, heard);
        });
    }

    /**
     * Remembers that a tab has left a page.
     *
     * @param left what the page has said, an answer of leave.lua that is not late
     */
    Future<Void> remember(UserId user, Leave leave, PageReply left, long now) {
        return remember(user, leave, left, now, Asked.NOT);
    }

    private Future<Void> remember(UserId user, Leave leave, PageReply left, long now, Asked asked) {
        var arguments = new ArrayList<Object>(List.of(
                time.notBeforeOthers(now),
                retentionMillis,
                SLOT_TRUST_MILLIS,
                id(leave.tab()),
                leave.page().value(),
                left.text(1),
                left.outcome(),
                left.text(0),
                LEAVE_REMEMBERED_MILLIS,
                maxTabsPerUser,
                flag(asked.done)));
        arguments.addAll(asked.answers);
        return redis.run(Script.LEFT, keys(user), arguments)
                .compose(said -> said.text(0).equals("ask")
                        ? ask(user, said, now).compose(answers -> remember(user, leave, left, now, answers))
                        : Future.succeededFuture());
    }

    /** The page where a tab was placed last; empty if that is not known, or the tab has left it. */
    Future<Optional<PagePath>> pageOf(UserId user, TabId tab) {
        var entry = Request.cmd(Command.HGET)
                .arg(keys(user).get(0))
                .arg(Buffer.buffer("t").appendBuffer(id(tab)));
        return redis.ask(entry).map(said -> {
            var page = said == null ? "-" : said.toString().split(" ", -1)[3];
            return page.equals("-") ? Optional.empty() : Optional.of(new PagePath(page));
        });
    }

    /** The keys of a user, in the order in which the scripts take them. */
    private static List<String> keys(UserId user) {
        var slot = "copresence:{u:" + user.value() + "}";
        return List.of(slot, slot + ":placed", slot + ":left");
    }

    /** The word of pages for tabs that a slot was not sure of, as the scripts of slots take it. */
    private record Asked(boolean done, List<Object> answers) {
        static final Asked NOT = new Asked(false, List.of());
    }
}
