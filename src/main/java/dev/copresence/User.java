package dev.copresence;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Somebody as others may see them: the id, a name of at most {@value #MAX_NAME_LENGTH} characters and, where there is
 * one, the address of a picture. All of it is vouched for by the identity provider. Users are equal if others see the same.
 *
 * @param name with nothing in it that hides or deceives; empty where there is none, which clients word
 * @param avatar an absolute https URL in the form that browsers give it, or null where there is no picture
 * @param standing how name and picture stand against those that other credentials of the user state
 */
public record User(UserId id, String name, @Nullable String avatar, Standing standing) {

    public static final int MAX_NAME_LENGTH = Name.MAX_LENGTH;

    /**
     * How much a name and a picture count: of two, the one of the higher number is shown. What is not stated at all counts 0.
     * A name of its own counts more than what stands in for it; then the newer credential does; at last, so that all
     * instances choose alike, what is stated decides.
     */
    public record Standing(long name, long avatar) {

        private static final int BITS_OF_TEXT = 29;
        private static final long MAX_SECONDS = (1L << 33) - 1;

        private static long of(@Nullable String stated, boolean own, Instant issued) {
            if (stated == null || stated.isEmpty()) {
                return 0;
            }
            var seconds = Math.max(0, Math.min(MAX_SECONDS, issued.getEpochSecond()));
            var text = stated.hashCode() & (1 << BITS_OF_TEXT) - 1;
            return Math.max(1, (own ? 1L << 62 : 0) | seconds << BITS_OF_TEXT | text);
        }

        /** True if neither name nor picture of {@code other} is to be shown instead. */
        public boolean covers(Standing other) {
            return name >= other.name && avatar >= other.avatar;
        }
    }

    /** Makes the name harmless, and drops what is no picture's address. */
    public User {
        name = Name.harmless(name);
        avatar = avatar == null ? null : Picture.canonical(avatar);
    }

    /** Somebody of whom it is not known when that was stated. */
    public User(UserId id, String name, @Nullable String avatar) {
        this(id, name, avatar, stated(id, List.of(name), avatar, Instant.EPOCH).standing);
    }

    /**
     * Somebody as a credential states it.
     *
     * @param names what it calls the user, the name first and then what may stand in for it: the first of which something is
     *     to be seen is shown
     * @param issued when the credential was
     */
    public static User stated(UserId id, List<String> names, @Nullable String picture, Instant issued) {
        var shown = names.stream().map(Name::harmless).toList();
        var name = shown.stream().filter(one -> !one.isEmpty()).findFirst().orElse("");
        var own = shown.indexOf(name) == 0;
        var avatar = picture == null ? null : Picture.canonical(picture);
        return new User(
                id, name, avatar, new Standing(Standing.of(name, own, issued), Standing.of(avatar, true, issued)));
    }

    /** The user with the name and the picture that {@code stated} has, each if it counts more; this one if none does. */
    public User with(User stated) {
        if (standing.covers(stated.standing)) {
            return this;
        }
        var named = stated.standing.name > standing.name ? stated : this;
        var pictured = stated.standing.avatar > standing.avatar ? stated : this;
        return new User(id, named.name, pictured.avatar, new Standing(named.standing.name, pictured.standing.avatar));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof User user
                && id.equals(user.id)
                && name.equals(user.name)
                && Objects.equals(avatar, user.avatar);
    }

    @Override
    public int hashCode() {
        return Objects.hash(id, name, avatar);
    }
}
