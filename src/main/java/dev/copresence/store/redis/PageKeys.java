package dev.copresence.store.redis;

import dev.copresence.PagePath;
import java.util.List;
import java.util.stream.Stream;

/**
 * The names of what Redis keeps for a page. A page belongs to one of {@value #SHARDS} shards; all names of a shard and its
 * pages share a hash tag, so one script may touch them all, on a cluster too.
 */
record PageKeys(PagePath path) {

    static final int SHARDS = 64;

    /**
     * The beginnings of the names of each shard. The hash slots of these tags lie 256 apart (one of them one off), so nodes that
     * share the slots evenly share the shards evenly.
     */
    static final List<String> TAGS = Stream.of(("53t j3j if5 kec 574 74b akm 6bk 96a frw 0ip oin d1i 38o 0m0 2nf "
                            + "he6 box 40w c9q hav 7ah 447 67a 1js fcu 0xr gqt 1n3 3me e2j gu4 "
                            + "712 52d cmk 4dm 75r h5l 7av ice 3y7 1za 2k6 8ax wu7 931 2ov 8e8 "
                            + "7d8 5gn 621 41g jc0 qkn 66q i6o 3h5 1kc 2z4 0yb 3lu des o94 802")
                    .split(" "))
            .map(tag -> "copresence:{" + tag + "}")
            .toList();

    private static final int ALL_SLOTS = 16384;

    private static final int[] SLOTS = TAGS.stream().mapToInt(PageKeys::slotOf).toArray();

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

    /** The first of them, which beats.lua takes; it is the channel, too, on which the page is announced. */
    String channel() {
        return channel(shard(), path.value());
    }

    /** The channel of a page whose shard is known. */
    static String channel(int shard, String path) {
        return TAGS.get(shard) + "page:" + path;
    }

    /** The tag of the shard that the name of a key or channel begins with. */
    static String tagOf(String name) {
        return name.substring(0, TAGS.get(0).length());
    }

    /** The number of the page's shard. */
    int shard() {
        return mixed(path.value().hashCode()) & SHARDS - 1;
    }

    private String tag() {
        return TAGS.get(shard());
    }

    /** The finalizer of MurmurHash3: without it paths that differ in their last digits alone would crowd in few shards. */
    private static int mixed(int hash) {
        var mixed = hash;
        mixed ^= mixed >>> 16;
        mixed *= 0x85ebca6b;
        mixed ^= mixed >>> 13;
        mixed *= 0xc2b2ae35;
        return mixed ^ mixed >>> 16;
    }

    /** The hash slot of a shard's keys and channels. */
    static int slot(int shard) {
        return SLOTS[shard];
    }

    /** The slot of a name with this beginning: the CRC-16 (XMODEM) of what stands in braces. */
    private static int slotOf(String beginning) {
        var crc = 0;
        for (var i = beginning.indexOf('{') + 1; i < beginning.indexOf('}'); i++) {
            crc ^= beginning.charAt(i) << 8;
            for (var bit = 0; bit < 8; bit++) {
                crc = crc << 1 ^ ((crc & 0x8000) == 0 ? 0 : 0x1021);
            }
            crc &= 0xffff;
        }
        return crc % ALL_SLOTS;
    }

    /** The keys of a shard, in the order in which sweep.lua takes them. */
    static List<String> ofShard(int shard) {
        return List.of(TAGS.get(shard) + "due", TAGS.get(shard) + "shard");
    }

    /** The key of the paths of a shard's pages where somebody is. */
    static String ofPaths(int shard) {
        return TAGS.get(shard) + "pages";
    }
}
