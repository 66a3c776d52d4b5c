package dev.copresence.store;

import dev.copresence.PagePath;
import dev.copresence.PresenceSnapshot;
import dev.copresence.User;
import dev.copresence.UserId;
import dev.copresence.Viewer;
import java.util.ArrayList;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a script on a page has answered, see page.lua. */
final class PageReply {

    /** How much every such answer begins with. */
    private static final int HEAD = 6;

    private final Reply reply;

    /** Null if the answer has none and the caller does not have it either. */
    private final @Nullable PresenceSnapshot snapshot;

    /** @param known what the caller had of the page, which is not sent again */
    PageReply(PagePath page, Reply reply, @Nullable RememberedPage known, int snapshotAt) {
        this.reply = reply;
        var shown = snapshotAt < 0 ? null : reply.list(HEAD + snapshotAt);
        if (shown != null) {
            snapshot = snapshot(page, shown);
        } else {
            snapshot = known != null && known.version() == version() ? known.snapshot() : null;
        }
    }

    private static PresenceSnapshot snapshot(PagePath page, Reply shown) {
        var viewers = new ArrayList<Viewer>(shown.size() / 3);
        for (var i = 3; i < shown.size(); i += 3) {
            viewers.add(viewer(shown.text(i), shown.text(i + 1), shown.text(i + 2)));
        }
        var editor = shown.text(2);
        return new PresenceSnapshot(
                page, viewers, editor.isEmpty() ? null : new UserId(editor), (int) shown.number(0), (int)
                        shown.number(1));
    }

    private static Viewer viewer(String id, String counts, String profile) {
        var space = counts.indexOf(' ');
        var line = profile.indexOf('\n');
        var user = new User(new UserId(id), profile.substring(line + 1), line == 0 ? null : profile.substring(0, line));
        return new Viewer(user, Integer.parseInt(counts.substring(0, space)), counts.endsWith(" 0"));
    }

    /** How a profile is written, that of {@link #viewer}. */
    static String profile(User user) {
        return Objects.requireNonNullElse(user.avatar(), "") + "\n" + user.name();
    }

    int outcome() {
        return (int) reply.number(0);
    }

    boolean changed() {
        return reply.number(1) == 1;
    }

    /** How many tabs the call has seen expire. */
    long expired() {
        return reply.number(2);
    }

    /** How many tabs there are more than before, on the page. */
    long more() {
        return reply.number(3);
    }

    long version() {
        return reply.number(4);
    }

    /** Before which nobody's life ends, in ms; 0 if nobody is there. */
    long bound() {
        return reply.number(5);
    }

    long number(int indexBehindHead) {
        return reply.number(HEAD + indexBehindHead);
    }

    String text(int indexBehindHead) {
        return reply.text(HEAD + indexBehindHead);
    }

    boolean hasSnapshot() {
        return snapshot != null;
    }

    PresenceSnapshot snapshot() {
        return Objects.requireNonNull(snapshot);
    }
}
