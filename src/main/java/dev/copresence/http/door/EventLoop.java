package dev.copresence.http.door;

import io.vertx.core.Vertx;
import java.util.concurrent.Executor;

/** The way back to where a request is served, for an answer for which many requests wait. */
public final class EventLoop {

    private EventLoop() {}

    /** The event loop of this moment, to run later steps on; without one they run where they come from. */
    public static Executor current() {
        var here = Vertx.currentContext();
        return step -> {
            if (here == null) {
                step.run();
            } else {
                here.runOnContext(on -> step.run());
            }
        };
    }
}
