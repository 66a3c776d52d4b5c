package dev.copresence.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.copresence.PresenceConfig;
import dev.copresence.PresenceSnapshot;
import dev.copresence.access.Level;
import jakarta.enterprise.context.ApplicationScoped;

/** The encoder of the rows of lists, once for each change and level. */
@ApplicationScoped
class RowEncoder {

    private static final long MAX_BYTES_PER_LEVEL = 16L << 20;

    private final EncodedForms rows;

    RowEncoder(ObjectMapper mapper, PresenceConfig config) {
        var faces = config.lookup().faces();
        rows = new EncodedForms(
                mapper, (snapshot, level) -> RowForm.of(snapshot, level, faces), level -> MAX_BYTES_PER_LEVEL);
    }

    /** The row of a page that somebody is on, for who sees more of it than nothing. */
    EncodedSnapshot encode(PresenceSnapshot snapshot, Level level) {
        return rows.encode(snapshot, level);
    }
}
