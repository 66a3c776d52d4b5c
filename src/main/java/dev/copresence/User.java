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
     * The weight of a name and a picture: 0 for what is not stated at all; then more the newer the credential is; and a name
     * of its own more than all that stand in for one.
     */
    public record Standing(long name, long avatar) {

        /** The statement that counts more than any other. */
        public static final long MAX = (1L << 35) - 1;

        private static final long OWN = 1L << 34;

        private static long of(@Nullable String stated, boolean own, Instant issued) {
            var seconds = Math.max(1, Math.min(OWN - 1, issued.getEpochSecond()));
            return stated == null || stated.isEmpty() ? 0 : own ? OWN + seconds : seconds;
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

    /** True if {@code stated} has neither a name nor a picture that counts more. */
    public boolean covers(User stated) {
        return counts(standing.name, name, stated.standing.name, stated.name)
                && counts(standing.avatar, avatar, stated.standing.avatar, stated.avatar);
    }

    /** Orders statements of the same second by what they say, so that it does not matter which came first. */
    private static boolean counts(long own, @Nullable String text, long others, @Nullable String other) {
        return own > others
                || own == others && (text == null || other == null || text.equals(other) || text.compareTo(other) > 0);
    }

    /** The user with the name and the picture that {@code stated} has, each if it counts more; this one if none does. */
    public User with(User stated) {
        if (covers(stated)) {
            return this;
        }
        var named = counts(standing.name, name, stated.standing.name, stated.name) ? this : stated;
        var pictured = counts(standing.avatar, avatar, stated.standing.avatar, stated.avatar) ? this : stated;
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
