package dev.copresence.access;

import dev.copresence.InvalidValueException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The people whom the words of a rule name.
 *
 * @param self whether the user of the path is one of them
 * @param grant whether those are whom the application has signed the right for
 * @param ask whether those are of whom the application says so when it is asked
 */
record Who(boolean users, boolean self, boolean grant, boolean ask, Set<String> roles, Set<String> groups) {

    static final Who NOBODY = new Who(false, false, false, false, Set.of(), Set.of());

    private static final String ROLE = "role:";
    private static final String GROUP = "group:";

    /**
     * The people whom {@code words} name, any of them.
     *
     * @throws InvalidValueException if one of them is no such word; the message says which
     */
    static Who of(List<String> words) {
        Set<String> plain = new HashSet<>();
        Set<String> roles = new HashSet<>();
        Set<String> groups = new HashSet<>();
        for (var word : words) {
            if (word.startsWith(ROLE)) {
                roles.add(named(word, ROLE));
            } else if (word.startsWith(GROUP)) {
                groups.add(named(word, GROUP));
            } else if (Set.of("users", "nobody", "self", "grant", "ask").contains(word)) {
                plain.add(word);
            } else {
                throw new InvalidValueException(
                        "holds \"" + word + "\", which is none of users, nobody, self, role:…, group:…, grant and ask");
            }
        }
        if (words.isEmpty()) {
            throw new InvalidValueException("is empty; the word for that is nobody");
        }
        if (plain.contains("nobody") && words.size() > 1) {
            throw new InvalidValueException("holds nobody beside others");
        }
        return new Who(
                plain.contains("users"),
                plain.contains("self"),
                plain.contains("grant"),
                plain.contains("ask"),
                Set.copyOf(roles),
                Set.copyOf(groups));
    }

    private static String named(String word, String kind) {
        var name = word.substring(kind.length());
        if (name.isBlank()) {
            throw new InvalidValueException("holds \"" + word + "\", which names none");
        }
        return name;
    }

    /** Those of them who are only known by asking. */
    Who onlyAsked() {
        return new Who(false, false, false, ask, Set.of(), Set.of());
    }

    /** True if the caller is one of them by what the caller is, without any grant and without asking. */
    boolean names(Caller caller, boolean isSelf) {
        return users || self && isSelf || meet(roles, caller.roles()) || meet(groups, caller.groups());
    }

    private static boolean meet(Collection<String> few, Set<String> others) {
        if (few.isEmpty() || others.isEmpty()) {
            return false;
        }
        for (var one : few) {
            if (others.contains(one)) {
                return true;
            }
        }
        return false;
    }
}
