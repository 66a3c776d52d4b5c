package dev.copresence.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.copresence.CacheSize;
import dev.copresence.CacheUpkeep;
import dev.copresence.PresenceSnapshot;
import dev.copresence.access.Level;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.UncheckedIOException;

/**
 * Encodes each snapshot once, however many read it: a page hands out the same snapshot object until it changes, and the
 * bytes are remembered for as long as that object lives and there is room.
 */
@ApplicationScoped
class SnapshotEncoder {

    private static final long MAX_REMEMBERED_BYTES = 64L << 20;

    private final ObjectWriter writer;
    private final Cache<PresenceSnapshot, EncodedSnapshot> encoded = Caffeine.newBuilder()
            .weakKeys()
            .executor(CacheUpkeep.ON_THE_SPOT)
            .maximumWeight(CacheSize.atMost(MAX_REMEMBERED_BYTES))
            .weigher((PresenceSnapshot snapshot, EncodedSnapshot bytes) -> bytes.bytes().length)
            .build();

    SnapshotEncoder(ObjectMapper mapper) {
        writer = mapper.writerFor(SnapshotBody.class);
    }

    /** The form of a snapshot that somebody of this level sees. */
    EncodedSnapshot encode(PresenceSnapshot snapshot, Level level) {
        var remembered = encoded.getIfPresent(snapshot);
        return remembered != null ? remembered : encoded.get(snapshot, this::encodeAnew);
    }

    private EncodedSnapshot encodeAnew(PresenceSnapshot snapshot) {
        try {
            return new EncodedSnapshot(writer.writeValueAsBytes(SnapshotBody.of(snapshot)));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
