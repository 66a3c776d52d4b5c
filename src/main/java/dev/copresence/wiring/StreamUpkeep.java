package dev.copresence.wiring;

import dev.copresence.Recurring;
import dev.copresence.http.Streams;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.common.annotation.NonBlocking;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/** When the open streams are tended, and when they end because the service does. */
@ApplicationScoped
class StreamUpkeep {

    private final Streams streams;
    private final Recurring tending = new Recurring("The care of open streams");

    StreamUpkeep(Streams streams) {
        this.streams = streams;
    }

    @Scheduled(every = "1s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    @NonBlocking
    void tend() {
        tending.run(streams::tend);
    }

    /** Before the server waits for requests to end, of which an open stream is one. */
    void delayed(@Observes ShutdownDelayInitiatedEvent shutdown) {
        streams.shutDown();
    }

    void stopping(@Observes ShutdownEvent shutdown) {
        streams.shutDown();
    }
}
