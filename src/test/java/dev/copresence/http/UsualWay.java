package dev.copresence.http;

import io.quarkus.vertx.http.runtime.filters.Filters;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts the calls that come by the server's own authentication, for tests that want to know which way a call has gone. */
@ApplicationScoped
public class UsualWay {

    /** Behind the server's authentication, which has 200. */
    private static final int BEHIND_AUTHENTICATION = 150;

    private final AtomicInteger calls = new AtomicInteger();

    void filter(@Observes Filters filters) {
        filters.register(
                context -> {
                    calls.incrementAndGet();
                    context.next();
                },
                BEHIND_AUTHENTICATION);
    }

    /** The number of calls so far. */
    public int calls() {
        return calls.get();
    }
}
