package dev.copresence.access;

import dev.copresence.InvalidValueException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The rules as the settings write them, and the mistakes in these: a line for each, which begins with the property's name. */
public final class RulesReader {

    static final int MAX_RULES = 200;
    static final int MAX_PATTERNS = 20;

    private static final String PREFIX = "copresence.access.";

    private final AccessConfig config;
    private final List<String> mistakes = new ArrayList<>();
    private final List<Rules.Entry> entries = new ArrayList<>();

    /** The patterns of the rules read so far. */
    private final PathTrie earlier = new PathTrie();

    private boolean saysGrant;
    private boolean saysAsk;

    /** The words for those who may hide. */
    private final Who mayHide;

    /** Reads all rules. */
    public RulesReader(AccessConfig config) {
        this.config = config;
        mayHide = atAllTimes(PREFIX + "may-hide", config.mayHide());
        if (config.rules().size() > MAX_RULES) {
            mistakes.add(PREFIX + "rules must not be more than " + MAX_RULES);
            return;
        }
        for (var number = 0; number < config.rules().size(); number++) {
            read(PREFIX + "rules[" + number + "].", config.rules().get(number));
        }
    }

    /** The mistakes in the rules, from the top; there are none in rules that can be kept. */
    public List<String> mistakes() {
        return List.copyOf(mistakes);
    }

    /** True if some rule leaves somebody to what the application signs. */
    public boolean saysGrant() {
        return saysGrant;
    }

    /** True if some rule leaves somebody to what the application answers. */
    public boolean saysAsk() {
        return saysAsk;
    }

    /** @throws IllegalStateException if there are mistakes */
    Rules rules() {
        if (!mistakes.isEmpty()) {
            throw new IllegalStateException(String.join("\n", mistakes));
        }
        var otherwise = config.otherwise()
                .orElse(entries.isEmpty() ? AccessConfig.Otherwise.ALLOW : AccessConfig.Otherwise.DENY);
        return new Rules(entries, otherwise == AccessConfig.Otherwise.ALLOW);
    }

    /** Those who may be on pages without being shown there. */
    Who mayHide() {
        return mayHide;
    }

    /** Those whom the words of {@code property} name, which are of a kind that is known of everybody at all times. */
    private Who atAllTimes(String property, List<String> words) {
        var who = who(property, words);
        if (who.self() || who.grant() || who.ask()) {
            mistakes.add(property + " must be made of users, nobody, role:… and group:… alone");
        }
        return who;
    }

    private void read(String property, AccessConfig.Rule written) {
        var before = mistakes.size();
        var patterns = patterns(property + "paths", written.paths().orElse(List.of()));
        var rule = rule(property, written);
        if (mistakes.size() > before) {
            return;
        }
        saysGrant |= rule.saysGrant();
        saysAsk |= rule.saysAsk();
        var hasUser = patterns.stream().anyMatch(PathPattern::hasUser);
        if (hasUser && !rule.saysSelf()) {
            mistakes.add(property + "paths holds {user}, but the rule does not say self of anybody");
        }
        if (!hasUser && rule.saysSelf()) {
            mistakes.add(property + "paths must hold {user}, since the rule says self");
        }
        if (patterns.stream().allMatch(earlier::covers)) {
            mistakes.add(property + "paths can never match: the rules before it are about all of its pages");
        }
        patterns.forEach(earlier::add);
        patterns.forEach(pattern -> entries.add(new Rules.Entry(pattern, rule)));
    }

    private List<PathPattern> patterns(String property, List<String> written) {
        if (written.isEmpty() || written.size() > MAX_PATTERNS) {
            mistakes.add(property + " must list 1 to " + MAX_PATTERNS + " patterns");
            return List.of();
        }
        List<PathPattern> patterns = new ArrayList<>();
        for (var text : written) {
            try {
                patterns.add(PathPattern.of(text));
            } catch (InvalidValueException e) {
                mistakes.add(property + " holds \"" + text + "\", which is no pattern: one " + e.getMessage());
            }
        }
        return patterns;
    }

    private Rule rule(String property, AccessConfig.Rule written) {
        if (written.view().isEmpty()) {
            mistakes.add(property + "view must say who may know the pages");
        }
        var view = given(property + "view", written.view(), Who.NOBODY);
        var edit = given(property + "edit", written.edit(), view);
        var saysLess = written.initials().isPresent() || written.count().isPresent();
        if (saysLess && written.names().isEmpty()) {
            mistakes.add(
                    property + "names must be given where initials or count is, since it is else the same as view");
        }
        if (written.names().isEmpty()) {
            // Whoever decides about the page may say that this caller sees less of it.
            return new Rule(view, view, Who.NOBODY, view.onlyAsked(), edit);
        }
        return new Rule(
                view,
                given(property + "names", written.names(), view),
                given(property + "initials", written.initials(), Who.NOBODY),
                given(property + "count", written.count(), Who.NOBODY),
                edit);
    }

    private Who given(String property, Optional<List<String>> words, Who otherwise) {
        return words.map(given -> who(property, given)).orElse(otherwise);
    }

    private Who who(String property, List<String> words) {
        try {
            return Who.of(words);
        } catch (InvalidValueException e) {
            mistakes.add(property + " " + e.getMessage());
            return Who.NOBODY;
        }
    }
}
