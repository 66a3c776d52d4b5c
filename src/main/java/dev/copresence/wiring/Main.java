package dev.copresence.wiring;

import dev.copresence.http.door.ConnectionDoor;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;

/** Starts the service. */
@QuarkusMain
public final class Main {

    private Main() {}

    /** Runs until the process is told to stop; with the one argument {@code ready} only asks a service that runs. */
    public static void main(String... args) {
        if (args.length == 1 && args[0].equals("ready")) {
            var port = System.getenv().getOrDefault("QUARKUS_MANAGEMENT_PORT", "9000");
            System.exit(Probe.exitCode(Integer.parseInt(port)));
        }
        // The HTTP layer checks addresses itself, to refuse a bad one with a problem and not with an empty answer. The
        // server reads the property once, when its class is loaded; pom.xml sets it for tests and dev mode, and
        // application.properties for a native executable, where that is while it is built.
        System.setProperty("vertx.disableURIValidation", "true");
        System.setProperty(ConnectionDoor.SWITCH, ConnectionDoor.ON);
        Quarkus.run(args);
    }
}
