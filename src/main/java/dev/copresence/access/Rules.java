package dev.copresence.access;

import dev.copresence.PagePath;
import dev.copresence.UserId;
import dev.copresence.access.Rule.Settled;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** The rules, of which the first that is about a page decides, alone; and what holds where none is. */
final class Rules {

    private static final int ALL =
            Stream.of(Right.values()).mapToInt(Right::bit).sum();
    private static final Settled EVERYTHING = new Settled(ALL, 0);

    /**
     * A pattern of a rule.
     *
     * @param userAt see {@link PathPattern#userAt()}
     */
    record Entry(PathPattern pattern, int userAt, Rule rule) {

        Entry(PathPattern pattern, Rule rule) {
            this(pattern, pattern.userAt(), rule);
        }
    }

    private final PathTrie patterns = new PathTrie();
    private final Entry[] entries;
    private final Settled otherwise;

    /** @param allowsOtherwise whether a page that no rule is about is open to everybody, or there for nobody */
    Rules(List<Entry> entries, boolean allowsOtherwise) {
        this.entries = entries.toArray(Entry[]::new);
        entries.forEach(entry -> patterns.add(entry.pattern));
        otherwise = allowsOtherwise ? EVERYTHING : Settled.NOTHING;
    }

    /** The rights of the caller on the page, by the rules. */
    Settled settle(Caller caller, PagePath page) {
        if (entries.length == 0) {
            return otherwise;
        }
        var path = PathPattern.segmentsOf(page);
        var number = patterns.first(path);
        if (number == PathTrie.NONE) {
            return otherwise;
        }
        var entry = entries[number];
        return entry.rule.settle(caller, page, isSelf(entry, path, caller.user().id()));
    }

    private static boolean isSelf(Entry entry, String[] path, UserId caller) {
        if (entry.userAt == Integer.MIN_VALUE || !entry.rule.saysSelf()) {
            return false;
        }
        return isSpelled(path[entry.userAt < 0 ? path.length + entry.userAt : entry.userAt], caller.value());
    }

    /** True if a segment of a canonical path is the id, percent-encoded in whatever way. */
    static boolean isSpelled(String segment, String id) {
        // Without escapes it is plain ASCII, of which no other spelling is the same text.
        return segment.indexOf('%') < 0
                ? segment.equals(id)
                : decoded(segment).equals(Normalizer.normalize(id, Normalizer.Form.NFC));
    }

    private static String decoded(String segment) {
        var bytes = new ByteArrayOutputStream();
        for (var at = 0; at < segment.length(); at++) {
            if (segment.charAt(at) == '%') {
                bytes.write(HexFormat.fromHexDigits(segment, at + 1, at + 3));
                at += 2;
            } else {
                bytes.write(segment.charAt(at));
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
