package dev.copresence.http;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonSerializable;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.jsontype.TypeSerializer;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A snapshot's bytes, the same in list, beat and stream, and the etag that is a hash of them. */
final class EncodedSnapshot implements JsonSerializable {

    /** The bytes, and not the text too: they are there for as long as the page does not change. */
    private final byte[] json;

    private final String etag;

    /** The event of a stream, null until the first one sends it; two threads may both make it, and the same. */
    private @Nullable Buffer event;

    EncodedSnapshot(byte[] json) {
        this.json = json;
        this.etag = EntityTags.of(json);
    }

    /** The bytes in UTF-8, which must not be changed: all readers share them. */
    byte[] bytes() {
        return json;
    }

    String etag() {
        return etag;
    }

    /** The snapshot as an event of a stream; like the bytes, shared by all. */
    Buffer event() {
        if (event == null) {
            event = Buffer.buffer("event: snapshot\nid: " + etag + "\ndata: ")
                    .appendBytes(json)
                    .appendString("\n\n");
        }
        return event;
    }

    @Override
    public void serialize(JsonGenerator generator, SerializerProvider serializers) throws IOException {
        generator.writeRawValue(new String(json, StandardCharsets.UTF_8));
    }

    @Override
    public void serializeWithType(JsonGenerator generator, SerializerProvider serializers, TypeSerializer typer)
            throws IOException {
        serialize(generator, serializers);
    }
}
