package dev.copresence.access;

import dev.copresence.User;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who calls, as the verified credential describes them.
 *
 * @param roles the roles that the identity provider gives
 * @param groups the groups that the credential's claim for them names
 * @param grant what the application has signed for them; null if they have sent nothing of that kind
 */
public record Caller(
        User user,
        Set<String> roles,
        Set<String> groups,
        @Nullable Grant grant) {

    /** Somebody without a grant. */
    public Caller(User user, Set<String> roles, Set<String> groups) {
        this(user, roles, groups, null);
    }
}
