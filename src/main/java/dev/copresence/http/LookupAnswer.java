package dev.copresence.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a lookup, as the wire has it. It is put together from the bytes of its rows, which all who see them share.
 *
 * @param rows the rows of the pages that somebody is on and that are open to the caller, in the order of the question
 * @param spellings the canonical form of each page that was asked for in another spelling
 */
record LookupAnswer(List<EncodedSnapshot> rows, Map<String, String> spellings) {

    /** The members of an answer, as the description of the API has them. */
    @Schema(name = "LookupAnswer")
    record Members(
            @Schema(examples = "mcuf4anWIQln930J", description = "To send as known the next time.")
            String etag,

            @Schema(
                    description = "The pages that somebody is on, in the order of the question; one that is not here is"
                            + " empty, or not open to the caller. Absent if the caller has them already.")
            @Nullable
            List<RowForm> pages,

            @Schema(
                    description = "The canonical form of each page that was asked for in another spelling; absent if"
                            + " there is none.")
            @Nullable
            Map<String, String> spellings,

            @Schema(examples = "15000", description = "In how many ms to look again.")
            long nextLookupMs) {}

    /** A hash of the rows: equal answers have equal etags, on every instance. */
    String etag() {
        return EntityTags.of(rows.stream()
                .map(row -> row.etag().getBytes(StandardCharsets.ISO_8859_1))
                .toArray(byte[][]::new));
    }

    /** The whole answer in UTF-8. */
    byte[] bytes(String etag, Duration next, ObjectMapper mapper) {
        var size = rows.stream().mapToInt(row -> row.bytes().length + 1).sum();
        var bytes = new ByteArrayOutputStream(size + 128);
        write(bytes, "{\"etag\":\"" + etag + "\",\"pages\":[");
        var separator = "";
        for (var row : rows) {
            write(bytes, separator);
            bytes.writeBytes(row.bytes());
            separator = ",";
        }
        write(bytes, "]");
        if (!spellings.isEmpty()) {
            write(bytes, ",\"spellings\":");
            bytes.writeBytes(json(mapper));
        }
        write(bytes, ",\"nextLookupMs\":" + next.toMillis() + "}");
        return bytes.toByteArray();
    }

    private byte[] json(ObjectMapper mapper) {
        try {
            return mapper.writeValueAsBytes(spellings);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The answer to who has these rows already. */
    static byte[] unchanged(String etag, Duration next) {
        return ("{\"etag\":\"" + etag + "\",\"nextLookupMs\":" + next.toMillis() + "}")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static void write(ByteArrayOutputStream bytes, String ascii) {
        bytes.writeBytes(ascii.getBytes(StandardCharsets.US_ASCII));
    }
}
