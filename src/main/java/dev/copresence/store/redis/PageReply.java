package dev.copresence.store.redis;

import dev.copresence.EditedSection;
import dev.copresence.Editing;
import dev.copresence.PagePath;
import dev.copresence.PresenceSnapshot;
import dev.copresence.Section;
import dev.copresence.User;
import dev.copresence.UserId;
import dev.copresence.Viewer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a script on a page has answered, see page.lua. */
final class PageReply {

    /** How much every such answer begins with. */
    private static final int HEAD = 7;

    private static final int RADIX = 36;

    /** As many as {@link User.Standing#MAX} takes. */
    private static final int DIGITS = 7;

    private static final long LEADING_ONE = (long) Math.pow(RADIX, DIGITS);

    private final Reply reply;
    private final long asked;

    /** Null if the answer has none and the caller does not have it either. */
    private final @Nullable PresenceSnapshot snapshot;

    /**
     * An answer to a call.
     *
     * @param known what the caller had of the page, which is not sent again
     * @param asked the time of the call, in ms
     */
    PageReply(PagePath page, Reply reply, @Nullable RememberedPage known, int snapshotAt, long asked) {
        this.reply = reply;
        this.asked = asked;
        var shown = snapshotAt < 0 ? null : reply.list(HEAD + snapshotAt);
        if (shown != null) {
            snapshot = snapshot(page, shown);
        } else {
            snapshot = known != null && known.version() == version() ? known.snapshot() : null;
        }
    }

    private static PresenceSnapshot snapshot(PagePath page, Reply shown) {
        var firstViewer = 5 + 3 * (int) shown.number(4);
        var sections = new ArrayList<EditedSection>();
        for (var i = 5; i < firstViewer; i += 3) {
            sections.add(new EditedSection(
                    new Section(shown.text(i)), new UserId(shown.text(i + 1)), userId(shown.text(i + 2))));
        }
        var viewers = new ArrayList<Viewer>((shown.size() - firstViewer) / 3);
        for (var i = firstViewer; i < shown.size(); i += 3) {
            viewers.add(viewer(user(shown.text(i), shown.text(i + 2)), shown.text(i + 1)));
        }
        return new PresenceSnapshot(
                page, viewers, userId(shown.text(2)), userId(shown.text(3)), sections, (int) shown.number(0), (int)
                        shown.number(1));
    }

    /** @param counts tabs and visible ones, and for few also those where somebody types, and a section */
    private static Viewer viewer(User user, String counts) {
        var numbers = counts.split(" ", 4);
        var more = numbers.length > 2;
        return new Viewer(
                user,
                Integer.parseInt(numbers[0]),
                numbers[1].equals("0"),
                more && !numbers[3].isEmpty() ? new Section(numbers[3]) : null,
                more && !numbers[2].equals("0"));
    }

    private static @Nullable UserId userId(String id) {
        return id.isEmpty() ? null : new UserId(id);
    }

    /** How the claim of a tab stands that has called, or null if it makes none. */
    @Nullable
    Editing editing() {
        var place = (int) number(0);
        if (place == -1) {
            return null;
        }
        var more = reply.list(HEAD + 2);
        if (place == -2) {
            var to = Objects.requireNonNull(more);
            return new Editing.Lost(user(to.text(0), to.text(1)), userId(text(1)));
        }
        var request = more == null || more.size() == 1
                ? null
                : new Editing.Request(user(more.text(0), more.text(1)), left(more.number(2)));
        if (place == 0) {
            return new Editing.Granted(Long.parseLong(text(1)), request);
        }
        var keptFor = more == null || more.size() > 1 ? Duration.ZERO : left(more.number(0));
        return new Editing.Waiting(new UserId(text(1)), place, request, keptFor);
    }

    /** How long it is from the call until the end of the ms {@code until}. */
    Duration left(long until) {
        return Duration.ofMillis(until - asked + 1);
    }

    /** Whose id and profile stand there, or null if it is nobody's. */
    @Nullable
    User user(int indexBehindHead) {
        var id = text(indexBehindHead);
        return id.isEmpty() ? null : user(id, text(indexBehindHead + 1));
    }

    private static User user(String id, String profile) {
        var behindStanding = profile.indexOf('\n') + 1;
        var behindAvatar = profile.indexOf('\n', behindStanding) + 1;
        var name = standing(profile, 0);
        return new User(
                new UserId(id),
                profile.substring(behindAvatar),
                behindAvatar - 1 == behindStanding ? null : profile.substring(behindStanding, behindAvatar - 1),
                new User.Standing(name, behindStanding > DIGITS + 1 ? standing(profile, DIGITS + 1) : name));
    }

    private static long standing(String profile, int start) {
        return Long.parseLong(profile, start, start + DIGITS, RADIX);
    }

    /** How a profile is written, that of {@link #user}; see profile.lua. */
    static String profile(User user) {
        return standing(user) + "\n" + Objects.requireNonNullElse(user.avatar(), "") + "\n" + user.name();
    }

    /** What a profile begins with: how much name and picture count. */
    static String standing(User user) {
        var name = user.standing().name();
        var avatar = user.standing().avatar();
        return name == avatar ? digits(name) : digits(name) + " " + digits(avatar);
    }

    /** Always as many, so that texts stand in the order of what they say. */
    private static String digits(long standing) {
        return Long.toString(LEADING_ONE + standing, RADIX).substring(1);
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

    /** How many leases the call has seen go to who had asked because the holder gave no answer. */
    long overdue() {
        return reply.number(3);
    }

    /** How many tabs there are more than before, on the page. */
    long more() {
        return reply.number(4);
    }

    long version() {
        return reply.number(5);
    }

    /** Before which nothing ends by itself, in ms; 0 if nobody is there. */
    long bound() {
        return reply.number(6);
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
