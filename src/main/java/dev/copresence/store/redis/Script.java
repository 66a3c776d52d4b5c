package dev.copresence.store.redis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.stream.Collectors;

/** The scripts that run inside Redis, one for each step on a page, in a user's slot or on a shard. */
enum Script {
    BEAT,
    RENEW(3),
    LEAVE,
    COMMAND(3),
    LEASE,
    VACATE,
    RENAME,
    READ(0),
    SEEN,
    SWEEP,
    PLACE,
    LEFT,
    CLOCK;

    private static final String INCLUDE = "-- include ";

    final String text;
    final String sha;

    /** Where its answer may have the page's snapshot, counted from behind the head; -1 if it has none. */
    final int snapshotAt;

    Script() {
        this(-1);
    }

    Script(int snapshotAt) {
        this.snapshotAt = snapshotAt;
        text = load(name().toLowerCase(Locale.ROOT));
        sha = sha(text);
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
