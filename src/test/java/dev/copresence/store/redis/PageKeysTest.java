package dev.copresence.store.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.copresence.PagePath;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Y2: pages are spread evenly over shards, and shards over the nodes of a cluster. */
class PageKeysTest {

    private static final int SLOTS = 16384;
    private static final int PATHS = 10_000;

    @Test
    void theSlotsOfTheTagsLie256Apart() {
        var off = 0;
        for (var shard = 0; shard < PageKeys.SHARDS; shard++) {
            assertEquals(slotOf(shard), PageKeys.slot(shard));
            var distance = Math.abs(slotOf(shard) - (128 + 256 * shard));
            assertTrue(distance <= 1, PageKeys.TAGS.get(shard));
            off += distance;
        }

        assertEquals(PageKeys.SHARDS, new HashSet<>(PageKeys.TAGS).size());
        assertTrue(off <= 1, () -> "more than one tag lies off");
    }

    @ParameterizedTest
    @CsvSource({
        "3, numbered",
        "6, numbered",
        "12, numbered",
        "3, nested",
        "6, nested",
        "12, nested",
        "3, named",
        "6, named",
        "12, named"
    })
    void theBusiestNodeHasAFifthMoreThanTheMeanAtMost(int nodes, String family) {
        var pagesOf = new int[nodes];
        IntStream.range(0, PATHS)
                .mapToObj(pathsOf(family))
                .forEach(path -> pagesOf[slotOf(new PageKeys(new PagePath(path)).shard()) * nodes / SLOTS]++);

        var busiest = IntStream.of(pagesOf).max().orElseThrow() / ((double) PATHS / nodes);
        assertTrue(busiest <= 1.2, () -> "the busiest of " + nodes + " nodes has " + busiest + " times the mean");
    }

    @Test
    void theNumberOfAShardIsTheOneThatIsWrittenDown() {
        // As another program computes it: the last six bits of fmix32 of MurmurHash3 over the path's String.hashCode.
        assertEquals(42, shardOf("/"));
        assertEquals(54, shardOf("/docs/a"));
        assertEquals(20, shardOf("/tickets/12345"));
    }

    private static int shardOf(String path) {
        return new PageKeys(new PagePath(path)).shard();
    }

    private static IntFunction<String> pathsOf(String family) {
        return switch (family) {
            case "numbered" -> i -> "/tickets/" + i;
            case "nested" -> i -> "/wiki/space-" + i % 40 + "/page-" + i / 40 + "/edit";
            default -> i -> "/docs/" + Integer.toString(i * 7919, 36) + "-guide";
        };
    }

    private static int slotOf(int shard) {
        var name = PageKeys.TAGS.get(shard);
        var tag = name.substring(name.indexOf('{') + 1, name.indexOf('}'));
        return crc16(tag.getBytes(StandardCharsets.US_ASCII)) % SLOTS;
    }

    /** CRC-16/XMODEM, by which a cluster finds the slot of a tag. */
    private static int crc16(byte[] bytes) {
        var crc = 0;
        for (var one : bytes) {
            crc ^= (one & 0xff) << 8;
            for (var bit = 0; bit < 8; bit++) {
                crc = (crc & 0x8000) != 0 ? crc << 1 ^ 0x1021 : crc << 1;
            }
            crc &= 0xffff;
        }
        return crc;
    }
}
