package dev.copresence.http;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.Map;

/** A free port for what operators ask, so that a packaged service can run beside whatever has the usual one. */
public class ManagementPort implements QuarkusTestResourceLifecycleManager {

    private final int port = freePort();

    @Override
    public Map<String, String> start() {
        return Map.of("quarkus.management.port", String.valueOf(port));
    }

    @Override
    public void inject(TestInjector tests) {
        tests.injectIntoFields(this, new TestInjector.MatchesType(ManagementPort.class));
    }

    @Override
    public void stop() {}

    /** The address of a path, such as {@code /q/metrics}. */
    URI at(String path) {
        return URI.create("http://localhost:" + port + path);
    }

    static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
