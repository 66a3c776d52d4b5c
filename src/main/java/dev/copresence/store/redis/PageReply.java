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

/** The answer of a script on a page, see {@code answer} in page.lua. */
final class PageReply {

    /** The length of the head, with which every such answer begins. */
    private static final int HEAD = 8;

    private static final int RADIX = 36;

    /** The number of digits that {@link User.Standing#MAX} takes. */
    private static final int DIGITS = 7;

    private static final long LEADING_ONE = (long) Math.pow(RADIX, DIGITS);

    private final Reply reply;
    private final long askedAtMillis;

    /** The page's snapshot; null if the answer has none and the caller does not have it either. */
    private final @Nullable PresenceSnapshot snapshot;

    /**
     * An answer to a call.
     *
     * @param known what the caller had of the page, which is not sent again
     */
    PageReply(PagePath page, Script script, Reply reply, @Nullable RememberedPage known, long askedAtMillis) {
        this.reply = reply;
        this.askedAtMillis = askedAtMillis;
        var shown = script.givesSnapshot ? reply.list(HEAD) : null;
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
        var viewers = new ArrayList<Viewer>((shown.size() - firstViewer) / 4);
        for (var i = firstViewer; i < shown.size(); i += 4) {
            viewers.add(viewer(user(shown.text(i), shown.text(i + 3)), shown.number(i + 1), shown.text(i + 2)));
        }
        return new PresenceSnapshot(
                page, viewers, userId(shown.text(2)), userId(shown.text(3)), sections, (int) shown.number(0), (int)
                        shown.number(1));
    }

    /** @param counts tabs and visible ones, and for few also those where somebody types, and a section */
    private static Viewer viewer(User user, long arrival, String counts) {
        var numbers = counts.split(" ", 4);
        var more = numbers.length > 2;
        return new Viewer(
                user,
                Integer.parseInt(numbers[0]),
                numbers[1].equals("0"),
                more && !numbers[3].isEmpty() ? new Section(numbers[3]) : null,
                more && !numbers[2].equals("0"),
                arrival);
    }

    private static @Nullable UserId userId(String id) {
        return id.isEmpty() ? null : new UserId(id);
    }

    /** The standing of the claim of the tab that has called, second behind the head; null if it makes none. */
    @Nullable
    Editing editing() {
        var stands = reply.list(HEAD + 1);
        if (stands == null) {
            return null;
        }
        var asked = stands.list(2);
        return switch (stands.text(0)) {
            case "granted" ->
                new Editing.Granted(Long.parseLong(stands.text(1)), section(stands.text(3)), request(asked));
            case "waiting" ->
                new Editing.Waiting(new UserId(stands.text(1)), (int) stands.number(3), request(asked), keptFor(asked));
            case "lost" -> {
                var to = Objects.requireNonNull(asked);
                yield new Editing.Lost(user(to.text(0), to.text(1)), userId(stands.text(1)));
            }
            default -> throw new IllegalStateException("A claim stands as nobody knows: " + stands.text(0));
        };
    }

    private static @Nullable Section section(String name) {
        return name.isEmpty() ? null : new Section(name);
    }

    private Editing.@Nullable Request request(@Nullable Reply asked) {
        return asked == null || asked.size() == 1
                ? null
                : new Editing.Request(user(asked.text(0), asked.text(1)), left(asked.number(2)), asked.number(3) == 1);
    }

    private Duration keptFor(@Nullable Reply asked) {
        return asked == null || asked.size() > 1 ? Duration.ZERO : left(asked.number(0));
    }

    /** The time from the call until the end of the ms {@code until}. */
    Duration left(long until) {
        return Duration.ofMillis(until - askedAtMillis + 1);
    }

    /** The user whose id and profile stand there; null if it is nobody's. */
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

    /** A user's profile, as {@link #user} reads it; see profile.lua. */
    static String profile(User user) {
        return standing(user) + Objects.requireNonNullElse(user.avatar(), "") + "\n" + user.name();
    }

    /** The first line of a profile, with its end: how much name and picture count. */
    static String standing(User user) {
        var name = user.standing().name();
        var avatar = user.standing().avatar();
        return (name == avatar ? digits(name) : digits(name) + " " + digits(avatar)) + "\n";
    }

    /** A number in {@value #DIGITS} digits, so that texts stand in the order of what they say. */
    private static String digits(long standing) {
        return Long.toString(LEADING_ONE + standing, RADIX).substring(1);
    }

    /** The outcome, one of the words that the script's head lists. */
    String outcome() {
        return reply.text(0);
    }

    /** Tells whether the outcome is this one. */
    boolean is(String outcome) {
        return outcome().equals(outcome);
    }

    /** Tells whether the call has changed the snapshot. */
    boolean changed() {
        return reply.number(1) == 1;
    }

    /** The number of tabs that the call has seen expire. */
    long expired() {
        return reply.number(2);
    }

    /** The number of leases that the call has seen go to who had asked because the holder gave no answer. */
    long overdue() {
        return reply.number(3);
    }

    /** The number of tabs that were added to the page, less those that are gone. */
    long tabsAdded() {
        return reply.number(4);
    }

    /** The version of the snapshot, 0 if nobody is there. */
    long version() {
        return reply.number(5);
    }

    /** The earliest moment at which anything on the page expires, in ms; 0 if nobody is there. */
    long nextExpiry() {
        return reply.number(6);
    }

    /** The take-overs that the call has seen done after their time, see {@link Tally#noteTaken}; null for none. */
    @Nullable
    Reply taken() {
        return reply.list(HEAD - 1);
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
