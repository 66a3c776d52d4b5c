package dev.copresence.store.redis;

import dev.copresence.Editing;
import dev.copresence.PagePath;
import dev.copresence.PresenceSnapshot;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The calls to pages: runs their scripts, and takes note of what every answer tells of its page. */
final class PageCalls {

    private final RedisCalls redis;
    private final CallTime time;
    private final Announcements announcements;
    private final PageCache pages;
    private final Tally tally;
    private final int maxListed;
    private final Consumer<PagePath> listener;

    /** @param listener is told of each page whose snapshot has turned out to be another one */
    PageCalls(
            RedisCalls redis,
            CallTime time,
            Announcements announcements,
            PageCache pages,
            Tally tally,
            int maxListed,
            Consumer<PagePath> listener) {
        this.redis = redis;
        this.time = time;
        this.announcements = announcements;
        this.pages = pages;
        this.tally = tally;
        this.maxListed = maxListed;
        this.listener = listener;
    }

    /** Runs a script on a page; {@code arguments} are those from the fifth on, see page.lua. */
    Future<PageReply> run(Script script, PagePath page, long now, Object... arguments) {
        return time.inTime(now, at -> {
            var announced = announcements.lastOf(page);
            var known = pages.get(page);
            var all = new ArrayList<Object>(arguments.length + 4);
            all.add(at);
            all.add(time.floor(at));
            all.add(maxListed);
            all.add(known == null ? "" : known.version());
            all.addAll(List.of(arguments));
            return redis.run(script, new PageKeys(page).all(), all).map(response -> {
                var reply = new PageReply(page, script, response, known, at);
                note(page, reply, announced, at);
                return reply;
            });
        });
    }

    private void note(PagePath page, PageReply reply, @Nullable Announcement announced, long now) {
        tally.expired.addAndGet(reply.expired());
        tally.overdue.addAndGet(reply.overdue());
        tally.tabs.addAndGet(reply.tabsAdded());
        tally.noteTaken(reply.taken());
        time.saw(reply.version());
        var isNew = pages.note(page, reply, announced, now);
        if (reply.changed() || isNew && announced != null) {
            listener.accept(page);
        }
    }

    /** The page as Redis has it now. */
    Future<PresenceSnapshot> read(PagePath page, long now) {
        return run(Script.READ, page, now).map(PageReply::snapshot);
    }

    /** The standing of the claim of the tab that has called; null if it makes none. */
    @Nullable
    Editing editing(PageReply reply) {
        var editing = reply.editing();
        if (editing instanceof Editing.Granted granted) {
            time.saw(granted.fence());
        }
        return editing;
    }
}
