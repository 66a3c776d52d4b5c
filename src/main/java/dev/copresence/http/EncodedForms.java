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
import java.io.UncheckedIOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.ToLongFunction;

/**
 * The bytes of what is made of snapshots, each made once, however many read it, and only if somebody does: a page hands out the same
 * snapshot object until it changes, and the bytes are remembered for as long as that object lives and there is room.
 */
final class EncodedForms {

    private final ObjectWriter writer;
    private final BiFunction<PresenceSnapshot, Level, ?> form;

    /** The forms that were made, by level; the map itself never changes. */
    private final Map<Level, Cache<PresenceSnapshot, EncodedSnapshot>> encoded = new EnumMap<>(Level.class);

    /**
     * The memory of one kind of form.
     *
     * @param form makes the form of a snapshot that a level sees
     * @param most gives the most bytes that are remembered of a level, where the heap is large enough
     */
    EncodedForms(ObjectMapper mapper, BiFunction<PresenceSnapshot, Level, ?> form, ToLongFunction<Level> most) {
        writer = mapper.writer();
        this.form = form;
        for (var level : Level.values()) {
            encoded.put(level, memory(CacheSize.atMost(most.applyAsLong(level))));
        }
    }

    private static Cache<PresenceSnapshot, EncodedSnapshot> memory(long mostBytes) {
        return Caffeine.newBuilder()
                .weakKeys()
                .executor(CacheUpkeep.ON_THE_SPOT)
                .maximumWeight(mostBytes)
                .weigher((PresenceSnapshot snapshot, EncodedSnapshot bytes) -> bytes.bytes().length)
                .build();
    }

    /** The bytes of the form that somebody of this level sees. */
    EncodedSnapshot encode(PresenceSnapshot snapshot, Level level) {
        var forms = requireNonNull(encoded.get(level));
        var remembered = forms.getIfPresent(snapshot);
        return remembered != null ? remembered : forms.get(snapshot, anew -> encodeAnew(anew, level));
    }

    private EncodedSnapshot encodeAnew(PresenceSnapshot snapshot, Level level) {
        try {
            return new EncodedSnapshot(writer.writeValueAsBytes(form.apply(snapshot, level)));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The number of snapshots that are remembered in the form of a level. */
    long remembered(Level level) {
        return requireNonNull(encoded.get(level)).estimatedSize();
    }
}
