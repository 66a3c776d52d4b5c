package dev.copresence.wiring;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;

/**
 * The question whether the service of this machine is ready, asked from outside its process: for containers, whose image has
 * neither a shell nor an HTTP client that could ask.
 */
final class Probe {

    private static final int PATIENCE_MILLIS = 3000;

    private Probe() {}

    /** The exit code that a health check of a container is expected to have: 0 for ready, 1 for not. */
    static int exitCode(int managementPort) {
        try {
            var ready = URI.create("http://127.0.0.1:" + managementPort + "/q/health/ready");
            var connection = (HttpURLConnection) ready.toURL().openConnection();
            connection.setConnectTimeout(PATIENCE_MILLIS);
            connection.setReadTimeout(PATIENCE_MILLIS);
            return connection.getResponseCode() == HttpURLConnection.HTTP_OK ? 0 : 1;
        } catch (IOException e) {
            return 1;
        }
    }
}
