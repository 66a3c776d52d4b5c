package dev.copresence.access;

import dev.copresence.User;
import java.util.Set;

/**
 * Somebody who calls, as the verified credential describes them.
 *
 * @param roles the roles that the identity provider gives
 * @param groups the groups that the credential's claim for them names
 */
public record Caller(User user, Set<String> roles, Set<String> groups) {}
