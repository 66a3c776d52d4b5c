package dev.copresence.http;

import dev.copresence.Initials;
import dev.copresence.PresenceSnapshot;
import dev.copresence.User;
import dev.copresence.UserId;
import dev.copresence.Viewer;
import dev.copresence.access.Level;
import dev.copresence.http.refusals.PersonBody;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The people of a page as somebody of a level sees them, beside the page's form: those whom a lease has to do with. Who sees
 * initials knows people by the ids of that form.
 *
 * @param snapshot the page, as it is when they are shown
 */
record Sight(Level level, PresenceSnapshot snapshot) {

    private static final int RADIX = 36;

    /** The id of a viewer for those who see initials: the number of their arrival on this page, to the base of 36. */
    static String arrivalId(Viewer viewer) {
        return Long.toString(viewer.arrival(), RADIX);
    }

    /** Somebody as they are seen; null if there is nobody, or they are not. */
    @Nullable
    PersonBody person(@Nullable User user) {
        if (user == null) {
            return null;
        }
        return switch (level) {
            case NAMES -> PersonBody.of(user);
            case INITIALS -> PersonBody.of(id(user.id()), Initials.of(user.name()));
            case COUNT, NONE -> null;
        };
    }

    /** The id by which somebody is known; null if they are not seen, or are not among the viewers that are listed. */
    @Nullable
    String id(@Nullable UserId user) {
        if (user == null) {
            return null;
        }
        return switch (level) {
            case NAMES -> user.value();
            case INITIALS -> viewer(user).map(Sight::arrivalId).orElse(null);
            case COUNT, NONE -> null;
        };
    }

    /** The id by which a caller finds themselves among the viewers; null if it is their own, or they are not among them. */
    @Nullable
    String selfId(UserId caller) {
        return level == Level.INITIALS ? id(caller) : null;
    }

    private Optional<Viewer> viewer(UserId user) {
        return snapshot.viewers().stream()
                .filter(viewer -> viewer.user().id().equals(user))
                .findFirst();
    }
}
