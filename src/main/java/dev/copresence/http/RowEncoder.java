package dev.copresence.http;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.copresence.CacheSize;
import dev.copresence.CacheUpkeep;
import dev.copresence.PresenceConfig;
import dev.copresence.PresenceSnapshot;
import dev.copresence.access.Level;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.UncheckedIOException;
import java.util.EnumMap;
import java.util.Map;

/**
 * Encodes the row of a page once per change and level, however many lists have it: the bytes are remembered for as long as the
 * snapshot's object lives and there is room.
 */
@ApplicationScoped
class RowEncoder {

    private static final long MAX_BYTES_PER_LEVEL = 16L << 20;

    private final ObjectWriter writer;
    private final int faces;

    /** The rows that were made, by level; the map itself never changes. */
    private final Map<Level, Cache<PresenceSnapshot, EncodedSnapshot>> encoded = new EnumMap<>(Level.class);

    RowEncoder(ObjectMapper mapper, PresenceConfig config) {
        writer = mapper.writer();
        faces = config.lookup().faces();
        for (var level : Level.values()) {
            encoded.put(
                    level,
                    Caffeine.newBuilder()
                            .weakKeys()
                            .executor(CacheUpkeep.ON_THE_SPOT)
                            .maximumWeight(CacheSize.atMost(MAX_BYTES_PER_LEVEL))
                            .weigher((PresenceSnapshot snapshot, EncodedSnapshot row) -> row.bytes().length)
                            .build());
        }
    }

    /** The row of a page that somebody is on, for who sees more of it than nothing. */
    EncodedSnapshot encode(PresenceSnapshot snapshot, Level level) {
        return requireNonNull(encoded.get(level)).get(snapshot, anew -> encodeAnew(anew, level));
    }

    private EncodedSnapshot encodeAnew(PresenceSnapshot snapshot, Level level) {
        try {
            return new EncodedSnapshot(writer.writeValueAsBytes(RowForm.of(snapshot, level, faces)));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
