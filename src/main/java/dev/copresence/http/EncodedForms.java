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
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.ToLongFunction;

/**
 * The bytes of what is made of snapshots, each made once, however many read it, and only if somebody does: a page hands out the same
 * snapshot object until it changes, and the bytes are remembered for as long as that object lives, somebody reads them and there
 * is room. Their etags are remembered longer, since nearly all heartbeats ask for nothing else.
 */
final class EncodedForms {

    /** The bytes of an etag and its place in the memory, about. */
    private static final int ETAG_BYTES = 200;

    private final ObjectWriter writer;
    private final BiFunction<PresenceSnapshot, Level, ?> form;

    /** The forms that were made, by level; the map itself never changes. */
    private final Map<Level, Memory> memories = new EnumMap<>(Level.class);

    /**
     * The memory of one kind of form.
     *
     * @param form makes the form of a snapshot that a level sees
     * @param unread the time after which bytes that nobody has read are given up
     * @param most gives the most bytes that are remembered of a level, where the heap is large enough
     */
    EncodedForms(
            ObjectMapper mapper,
            BiFunction<PresenceSnapshot, Level, ?> form,
            Duration unread,
            ToLongFunction<Level> most) {
        writer = mapper.writer();
        this.form = form;
        for (var level : Level.values()) {
            memories.put(level, memory(CacheSize.atMost(most.applyAsLong(level)), unread));
        }
    }

    /** The memory of a level. */
    private record Memory(Cache<PresenceSnapshot, EncodedSnapshot> forms, Cache<PresenceSnapshot, String> etags) {}

    private static Memory memory(long mostBytes, Duration unread) {
        var forms = Caffeine.newBuilder()
                .weakKeys()
                .executor(CacheUpkeep.ON_THE_SPOT)
                .expireAfterAccess(unread)
                .maximumWeight(mostBytes)
                .weigher((PresenceSnapshot snapshot, EncodedSnapshot bytes) -> bytes.bytes().length);
        var etags = Caffeine.newBuilder()
                .weakKeys()
                .executor(CacheUpkeep.ON_THE_SPOT)
                .maximumSize(mostBytes / ETAG_BYTES);
        return new Memory(forms.build(), etags.build());
    }

    /** The bytes of the form that somebody of this level sees. */
    EncodedSnapshot encode(PresenceSnapshot snapshot, Level level) {
        var memory = memory(level);
        var remembered = memory.forms().getIfPresent(snapshot);
        return remembered != null ? remembered : memory.forms().get(snapshot, anew -> encodeAnew(anew, level));
    }

    /** The etag of those bytes. */
    String etag(PresenceSnapshot snapshot, Level level) {
        var etags = memory(level).etags();
        var remembered = etags.getIfPresent(snapshot);
        if (remembered != null) {
            return remembered;
        }
        var etag = encode(snapshot, level).etag();
        etags.put(snapshot, etag);
        return etag;
    }

    private EncodedSnapshot encodeAnew(PresenceSnapshot snapshot, Level level) {
        try {
            return new EncodedSnapshot(writer.writeValueAsBytes(form.apply(snapshot, level)));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Memory memory(Level level) {
        return requireNonNull(memories.get(level));
    }

    /** The number of snapshots that are remembered in the form of a level. */
    long remembered(Level level) {
        return memory(level).forms().estimatedSize();
    }
}
