package dev.copresence.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.copresence.PresenceConfig;
import dev.copresence.PresenceSnapshot;
import dev.copresence.access.Level;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;

/** The encoder of the rows of lists, once for each change and level. */
@ApplicationScoped
class RowEncoder {

    private static final long MAX_BYTES_PER_LEVEL = 16L << 20;

    /** The time for which a page is kept that was looked up: lists ask again several times in it. */
    private static final Duration UNREAD = Duration.ofMinutes(1);

    private final EncodedForms rows;

    RowEncoder(ObjectMapper mapper, PresenceConfig config) {
        var faces = config.lookup().faces();
        rows = new EncodedForms(
                mapper, (snapshot, level) -> RowForm.of(snapshot, level, faces), UNREAD, level -> MAX_BYTES_PER_LEVEL);
    }

    /** The row of a page that somebody is on, for who sees more of it than nothing. */
    EncodedSnapshot encode(PresenceSnapshot snapshot, Level level) {
        return rows.encode(snapshot, level);
    }
}
