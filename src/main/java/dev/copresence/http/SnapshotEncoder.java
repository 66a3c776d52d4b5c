package dev.copresence.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.copresence.PresenceSnapshot;
import dev.copresence.access.Level;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;

/** The encoder of pages, once for each change and level. */
@ApplicationScoped
class SnapshotEncoder {

    private static final long MAX_NAMES_BYTES = 256L << 20;
    private static final long MAX_INITIALS_BYTES = 16L << 20;
    private static final long MAX_BYTES_OF_SMALL_FORMS = 2L << 20;

    /** The time in which somebody reads the bytes of a page of which many do; for the others they are made anew in some µs. */
    private static final Duration UNREAD = Duration.ofSeconds(5);

    private final EncodedForms forms;

    SnapshotEncoder(ObjectMapper mapper) {
        forms = new EncodedForms(mapper, PageForm::of, UNREAD, SnapshotEncoder::mostBytes);
    }

    private static long mostBytes(Level level) {
        return switch (level) {
            case NAMES -> MAX_NAMES_BYTES;
            case INITIALS -> MAX_INITIALS_BYTES;
            case COUNT, NONE -> MAX_BYTES_OF_SMALL_FORMS;
        };
    }

    /** The form of a snapshot that somebody of this level sees. */
    EncodedSnapshot encode(PresenceSnapshot snapshot, Level level) {
        return forms.encode(snapshot, level);
    }

    /** The etag of that form. */
    String etag(PresenceSnapshot snapshot, Level level) {
        return forms.etag(snapshot, level);
    }

    /** The number of snapshots that are remembered in the form of a level. */
    long remembered(Level level) {
        return forms.remembered(level);
    }
}
