package dev.copresence.http;

import static java.util.Objects.requireNonNull;

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
import java.util.EnumMap;
import java.util.Map;

/**
 * Encodes each form of a snapshot once, however many read it, and only if somebody does: a page hands out the same snapshot object
 * until it changes, and the bytes are remembered for as long as that object lives and there is room.
 */
@ApplicationScoped
class SnapshotEncoder {

    private static final long MAX_NAMES_BYTES = 64L << 20;
    private static final long MAX_INITIALS_BYTES = 16L << 20;
    private static final long MAX_BYTES_OF_SMALL_FORMS = 2L << 20;

    private final ObjectWriter writer;

    /** The forms that were made, by level; the map itself never changes. */
    private final Map<Level, Cache<PresenceSnapshot, EncodedSnapshot>> encoded = new EnumMap<>(Level.class);

    SnapshotEncoder(ObjectMapper mapper) {
        writer = mapper.writer();
        for (var level : Level.values()) {
            encoded.put(level, memory(level));
        }
    }

    private static Cache<PresenceSnapshot, EncodedSnapshot> memory(Level level) {
        var most = switch (level) {
            case NAMES -> MAX_NAMES_BYTES;
            case INITIALS -> MAX_INITIALS_BYTES;
            case COUNT, NONE -> MAX_BYTES_OF_SMALL_FORMS;
        };
        return Caffeine.newBuilder()
                .weakKeys()
                .executor(CacheUpkeep.ON_THE_SPOT)
                .maximumWeight(CacheSize.atMost(most))
                .weigher((PresenceSnapshot snapshot, EncodedSnapshot bytes) -> bytes.bytes().length)
                .build();
    }

    /** The form of a snapshot that somebody of this level sees. */
    EncodedSnapshot encode(PresenceSnapshot snapshot, Level level) {
        var forms = requireNonNull(encoded.get(level));
        var remembered = forms.getIfPresent(snapshot);
        return remembered != null ? remembered : forms.get(snapshot, anew -> encodeAnew(anew, level));
    }

    private EncodedSnapshot encodeAnew(PresenceSnapshot snapshot, Level level) {
        try {
            return new EncodedSnapshot(writer.writeValueAsBytes(PageForm.of(snapshot, level)));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The number of snapshots that are remembered in the form of a level. */
    long remembered(Level level) {
        return requireNonNull(encoded.get(level)).estimatedSize();
    }
}
