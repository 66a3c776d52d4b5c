package dev.copresence.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.copresence.CacheSize;
import dev.copresence.PresenceSnapshot;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.UncheckedIOException;

/**
 * Encodes each snapshot once, however many read it: a page hands out the same snapshot object until it changes, and the
 * bytes are remembered for as long as that object lives and there is room.
 */
@ApplicationScoped
// A native executable has to be told which classes Caffeine chooses, by name, for a cache that is built like this one.
@RegisterForReflection(
        classNames = {
            "com.github.benmanes.caffeine.cache.WS",
            "com.github.benmanes.caffeine.cache.WSMW",
            "com.github.benmanes.caffeine.cache.FS",
            "com.github.benmanes.caffeine.cache.FSMW"
        })
class SnapshotEncoder {

    private static final long MAX_REMEMBERED_BYTES = 64L << 20;

    private final ObjectWriter writer;
    private final Cache<PresenceSnapshot, EncodedSnapshot> encoded = Caffeine.newBuilder()
            .weakKeys()
            // On the spot: to wake another thread for it costs more than it is.
            .executor(Runnable::run)
            .maximumWeight(CacheSize.atMost(MAX_REMEMBERED_BYTES))
            .weigher((PresenceSnapshot snapshot, EncodedSnapshot bytes) -> bytes.bytes().length)
            .build();

    SnapshotEncoder(ObjectMapper mapper) {
        writer = mapper.writerFor(SnapshotBody.class);
    }

    EncodedSnapshot encode(PresenceSnapshot snapshot) {
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
