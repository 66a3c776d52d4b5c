package dev.copresence.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.ext.Provider;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import org.jboss.resteasy.reactive.server.spi.ResteasyReactiveResourceInfo;
import org.jboss.resteasy.reactive.server.spi.ServerMessageBodyWriter;
import org.jboss.resteasy.reactive.server.spi.ServerRequestContext;

/** Writes the wire records of this service, each as one piece: the server's own writer goes by way of a stream and its buffers. */
@Provider
@Produces(MediaType.APPLICATION_JSON)
public class WireWriter implements ServerMessageBodyWriter<Record> {

    private static final String OURS = WireWriter.class.getPackageName();

    private final ObjectWriter writer;

    public WireWriter(ObjectMapper mapper) {
        writer = mapper.writer();
    }

    @Override
    public boolean isWriteable(Class<?> type, Type genericType, ResteasyReactiveResourceInfo resource, MediaType as) {
        return isOurs(type);
    }

    @Override
    public boolean isWriteable(Class<?> type, Type genericType, Annotation[] annotations, MediaType as) {
        return isOurs(type);
    }

    private static boolean isOurs(Class<?> type) {
        return type.isRecord() && type.getPackageName().equals(OURS);
    }

    @Override
    public void writeResponse(Record answer, Type genericType, ServerRequestContext context) throws IOException {
        context.serverResponse().end(writer.writeValueAsBytes(answer));
    }

    @Override
    public void writeTo(
            Record answer,
            Class<?> type,
            Type genericType,
            Annotation[] annotations,
            MediaType as,
            MultivaluedMap<String, Object> headers,
            OutputStream stream)
            throws IOException {
        stream.write(writer.writeValueAsBytes(answer));
    }
}
