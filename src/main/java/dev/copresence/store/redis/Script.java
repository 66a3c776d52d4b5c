package dev.copresence.store.redis;

import com.google.errorprone.annotations.Immutable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.stream.Collectors;

/** The scripts that run inside Redis, one for each step on a page, in a user's slot or on a shard. */
enum Script {
    BEATS("page/beats"),
    RENEW("page/renew", true),
    LEAVE("page/leave"),
    COMMAND("page/command", true),
    LEASE("page/lease"),
    VACATE("page/vacate"),
    RENAME("page/rename"),
    READ("page/read", true),
    SEEN("page/seen"),
    SWEEP("page/sweep"),
    PLACE("slot/place"),
    LEFT("slot/left"),
    CLOCK("clock"),
    BY_SLOTS("page/by-slots");

    private static final String INCLUDE = "-- include ";

    private static final String TO_ALL_NODES = "'PUBLISH'";
    private static final String BY_THE_SLOT = "'SPUBLISH'";

    /** The script as it announces changes to all nodes. */
    private final Text toAllNodes;

    /** The script as it announces changes by their slots; the same if it announces none. */
    private final Text bySlots;

    /** True if its answer may have the page's snapshot, first behind the head. */
    final boolean givesSnapshot;

    Script(String file) {
        this(file, false);
    }

    Script(String file, boolean givesSnapshot) {
        this.givesSnapshot = givesSnapshot;
        var loaded = load(file);
        toAllNodes = new Text(loaded, sha(loaded));
        var other = loaded.replace(TO_ALL_NODES, BY_THE_SLOT);
        bySlots = new Text(other, sha(other));
    }

    /** The script, and the SHA-1 of it by which Redis knows one that it has seen. */
    @Immutable
    record Text(String lua, String sha) {}

    /** The text that announces changes to all nodes, or by slots. */
    Text text(boolean isBySlots) {
        return isBySlots ? bySlots : toAllNodes;
    }

    private static String load(String name) {
        try (var file = Script.class.getResourceAsStream(name + ".lua")) {
            if (file == null) {
                throw new IllegalStateException(name + ".lua is missing");
            }
            return new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> line.startsWith(INCLUDE) ? load(line.substring(INCLUDE.length())) : line)
                    .collect(Collectors.joining("\n"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String sha(String text) {
        try {
            var hash = MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }
}
