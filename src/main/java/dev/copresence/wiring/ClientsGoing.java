package dev.copresence.wiring;

import io.quarkus.logging.LoggingFilter;
import io.vertx.core.VertxException;
import java.util.logging.Filter;
import java.util.logging.LogRecord;

/**
 * Keeps out of the log that a client went in the middle of its request or of our answer: the HTTP layer logs each at ERROR with
 * a stack trace, so whoever reaches the port could fill the log. They are counted by {@code copresence.connections.reset}.
 */
@LoggingFilter(name = "clients-going")
final class ClientsGoing implements Filter {

    private static final String HTTP_LAYER = "io.quarkus.vertx.http.runtime.QuarkusErrorHandler";

    @Override
    public boolean isLoggable(LogRecord record) {
        // What Vert.x throws there is about the connection or the request; our own failures are of other types.
        return !(record.getThrown() instanceof VertxException && HTTP_LAYER.equals(record.getLoggerName()));
    }
}
