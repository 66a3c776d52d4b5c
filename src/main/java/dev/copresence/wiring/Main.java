package dev.copresence.wiring;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;

/** Starts the service. */
@QuarkusMain
public final class Main {

    private Main() {}

    /** Runs until the process is told to stop. */
    public static void main(String... args) {
        // The HTTP layer checks addresses itself, to refuse a bad one with a problem and not with an empty answer. The
        // server reads the property once, when its class is loaded; pom.xml sets it for tests and dev mode.
        System.setProperty("vertx.disableURIValidation", "true");
        Quarkus.run(args);
    }
}
