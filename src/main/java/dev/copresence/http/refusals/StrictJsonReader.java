package dev.copresence.http.refusals;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.copresence.PagePath;
import jakarta.validation.Validator;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.ext.Provider;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import org.jboss.resteasy.reactive.server.spi.ResteasyReactiveResourceInfo;
import org.jboss.resteasy.reactive.server.spi.ServerMessageBodyReader;
import org.jboss.resteasy.reactive.server.spi.ServerRequestContext;

/**
 * Reads the wire records of this service, by the rules of {@link StrictJson} and the constraints of their fields. Those are looked
 * at here, and not by {@code @Valid}, since to have each call of a method intercepted costs several times the look.
 */
@Provider
@Consumes(MediaType.APPLICATION_JSON)
public class StrictJsonReader implements ServerMessageBodyReader<Object> {

    /** The bytes of the largest body. Beyond that the edge does not even buffer; see the input buffer in application.properties, which is the same. */
    public static final int MAX_BODY_BYTES = 64 << 10;

    /** The digits of a length that fits a number. */
    private static final int MAX_DIGITS = 9;

    private static final String OURS = PagePath.class.getPackageName() + ".";

    private final ObjectMapper mapper;
    private final Validator validator;

    public StrictJsonReader(ObjectMapper mapper, Validator validator) {
        this.mapper = mapper;
        this.validator = validator;
    }

    /** True for the value of a {@code Content-Length} up to which a body is read. */
    public static boolean isReadable(String contentLength) {
        return contentLength.length() <= MAX_DIGITS && Integer.parseInt(contentLength) <= MAX_BODY_BYTES;
    }

    @Override
    public boolean isReadable(
            Class<?> type, Type genericType, ResteasyReactiveResourceInfo resource, MediaType mediaType) {
        return isOurs(type);
    }

    @Override
    public boolean isReadable(Class<?> type, Type genericType, Annotation[] annotations, MediaType mediaType) {
        return isOurs(type);
    }

    private static boolean isOurs(Class<?> type) {
        return type.getPackageName().startsWith(OURS);
    }

    @Override
    public Object readFrom(Class<Object> type, Type genericType, MediaType mediaType, ServerRequestContext context)
            throws IOException {
        return read(context.getInputStream(), type);
    }

    @Override
    public Object readFrom(
            Class<Object> type,
            Type genericType,
            Annotation[] annotations,
            MediaType mediaType,
            MultivaluedMap<String, String> headers,
            InputStream body)
            throws IOException {
        return read(body, type);
    }

    private Object read(InputStream body, Class<?> type) throws IOException {
        // A body that is in memory already is copied as it is, others by way of buffers of some kB.
        var bytes =
                body instanceof ByteArrayInputStream whole ? whole.readAllBytes() : body.readNBytes(MAX_BODY_BYTES + 1);
        if (bytes.length > MAX_BODY_BYTES) {
            throw RefusedException.bodyTooLarge();
        }
        return StrictJson.read(mapper, validator, bytes, type);
    }
}
