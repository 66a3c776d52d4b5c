package dev.copresence.wiring;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a container's health check says of the service beside it. */
class ProbeTest {

    @ParameterizedTest
    @CsvSource({"200, 0", "503, 1", "404, 1"})
    void itSaysWhatReadinessSays(int status, int exitCode) throws IOException {
        // given
        var service = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        service.createContext("/q/health/ready", exchange -> {
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        service.start();

        // then
        try {
            assertEquals(exitCode, Probe.exitCode(service.getAddress().getPort()));
        } finally {
            service.stop(0);
        }
    }

    @Test
    void aServiceThatIsNotThereIsNotReady() throws IOException {
        // given
        var gone = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        var port = gone.getAddress().getPort();
        gone.start();
        gone.stop(0);

        // then
        assertEquals(1, Probe.exitCode(port));
    }
}
