package dev.copresence.store.redis;

import dev.copresence.PagePath;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The names of what Redis keeps for a page. A page belongs to one of {@value #SHARDS} shards; all names of a shard and its
 * pages share a hash tag, so one script may touch them all, on a cluster too.
 */
record PageKeys(PagePath path) {

    static final int SHARDS = 64;

    private static final List<String> TAGS = IntStream.range(0, SHARDS)
            .mapToObj(i -> "copresence:{p%02d}".formatted(i))
            .toList();

    /** The six keys that a script on the page takes, in its order. */
    List<String> all() {
        var tag = tag();
        var name = path.value();
        return List.of(
                tag + "page:" + name,
                tag + "until:" + name,
                tag + "viewers:" + name,
                tag + "claims:" + name,
                tag + "due",
                tag + "shard");
    }

    /** The first two of them, which beat.lua takes. */
    List<String> ofDeadlines() {
        var tag = tag();
        return List.of(tag + "page:" + path.value(), tag + "until:" + path.value());
    }

    /** The channel on which the page is announced. */
    String channel() {
        return tag() + "page:" + path.value();
    }

    private String tag() {
        return TAGS.get(Math.floorMod(path.value().hashCode(), SHARDS));
    }

    /** The keys of a shard, in the order in which sweep.lua takes them. */
    static List<String> ofShard(int shard) {
        return List.of(TAGS.get(shard) + "due", TAGS.get(shard) + "shard");
    }
}
